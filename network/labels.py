"""The five labels of the Traffic Light Protocol 2.0 (FIRST, August 2022) and what they say here."""

from __future__ import annotations

from django.db.models import IntegerChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Label(IntegerChoices):
    """How far a thing may go. The order is the rule: a greater label is a tighter one."""

    CLEAR = 0, "CLEAR"
    GREEN = 1, "GREEN"
    AMBER = 2, "AMBER"
    AMBER_STRICT = 3, "AMBER+STRICT"
    RED = 4, "RED"

    @classmethod
    def from_word(cls, word: str) -> Label:
        """The label that a form or an import names, e.g. "AMBER+STRICT". Raises ValueError."""
        for label in cls:
            if label.word == word:
                return label
        raise ValueError(word)

    @property
    def word(self) -> str:
        """As the standard writes it, without the prefix."""
        return str(self.label)

    @property
    def reach(self) -> Promise:
        """Whom it lets read, in words that stand beside the flag."""
        return REACH[self]


REACH: dict[Label, Promise] = {
    Label.CLEAR: _("may go anywhere"),
    Label.GREEN: _("stays among the partners of the network"),
    Label.AMBER: _("this room, and those at home who need it"),
    Label.AMBER_STRICT: _("only the partners it names"),
    Label.RED: _("only the people it names"),
}
