"""Names of people as others may rely on them: written in one alphabet, with nothing in them that one cannot see.

A letter of another alphabet that looks the same ("Аnna" with a Cyrillic А) would let somebody pass for another; signs
without a shape would make two of one name.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from network.sharing import LineField

# Alphabets of which a name uses one. Others, as the three of Japanese, stand beside one another in names.
ALPHABETS = {"LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "COPTIC", "CHEROKEE", "LISU", "DESERET", "OSAGE", "GEORGIAN"}
# What stands for no letter, but is none of the categories for that: fillers, a blank pattern, joiners, variants.
SHAPELESS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
MOST_MARKS = 3  # above or below one letter


def seen_only(name: str) -> str:
    """The name without signs that have no shape, each letter in its usual form."""
    plain = unicodedata.normalize("NFKC", SHAPELESS.sub("", name))
    kept = (sign for sign in plain if unicodedata.category(sign) not in ("Cf", "Cc", "Co", "Cn", "Cs"))
    return " ".join(SHAPELESS.sub("", "".join(kept)).split())


def alphabets(name: str) -> set[str]:
    """Which of ALPHABETS the letters of a name are of."""
    words = (unicodedata.name(sign, "").split(" ", 1)[0] for sign in name if sign.isalpha())
    return {word for word in words if word in ALPHABETS}


class NameField(LineField):
    """The name of a person."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        return text if "\0" in text else seen_only(text)

    def validate(self, value: Any) -> None:
        super().validate(value)
        check_name(value)


def check_name(name: str) -> None:
    """Raises ValidationError: letters of several alphabets, or more marks than a letter can carry."""
    if len(alphabets(name)) > 1:
        raise ValidationError(
            _("Write the name in one alphabet: this one has letters of several that look alike."), code="alphabets"
        )
    marks = 0
    for sign in unicodedata.normalize("NFC", name):
        marks = marks + 1 if unicodedata.combining(sign) else 0
        if marks > MOST_MARKS:
            raise ValidationError(_("A letter of this name carries more marks than can be read."), code="marks")
