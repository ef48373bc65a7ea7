"""Why something is not done, as types; every caller turns them into its own words and codes."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


class Refusal(Exception):  # noqa: N818 - it is an answer, not an error
    """An action that did not happen. `code` is the wire's word, `reason` a sentence for the reader."""

    code = "refused"

    def __init__(self, reason: Words) -> None:
        super().__init__(reason)
        self.reason = reason


class Unseen(Refusal):
    """The actor may not see it: to them it does not exist (404, `not_found`)."""

    code = "not_found"

    def __init__(self, reason: Words | None = None) -> None:
        super().__init__(reason or _("There is nothing here."))


class Forbidden(Refusal):
    """The actor sees it but may not do this (403, `forbidden`)."""

    code = "forbidden"


class NeedsSecondFactor(Forbidden):
    """The session must be assured first (403, `second_factor`)."""

    code = "second_factor"

    def __init__(self, reason: Words | None = None) -> None:
        super().__init__(reason or _("Confirm your second factor to open what is restricted like this."))


class Invalid(Refusal):
    """What was given cannot be used; `field` names where, "" for the whole."""

    code = "invalid"

    def __init__(self, field: str, reason: Words) -> None:
        super().__init__(reason)
        self.field = field


class TooFast(Invalid):
    """The actor has to wait (422 at the words, `too_fast`), for `retry_after` seconds."""

    code = "too_fast"

    def __init__(self, reason: Words, *, retry_after: int) -> None:
        super().__init__("body", reason)
        self.retry_after = retry_after
