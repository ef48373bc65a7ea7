"""What goes over the socket: frames as JSON text, read with suspicion and written compactly."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.utils.translation import gettext_lazy as _

from network.refusals import Invalid, Refusal, TooFast

LONGEST_FRAME = 64 * 1024  # bytes of UTF-8
MOST_REPLAYED = 1_000
LONGEST_ID = 100  # of what we send back as it came

SIGNED_OUT = 4003
FAILED = 1011
TRY_AGAIN = 1013
TOO_MANY_REFUSALS = 4008

Payload = dict[str, Any]


class TooLong(Refusal):
    """More was said than a message or a frame may hold."""

    code = "too_long"


class Frame:
    """One frame of a client. Its fields are asked for by type; what does not fit raises Invalid."""

    def __init__(self, fields: dict[str, Any]) -> None:
        self._fields = fields

    @property
    def type(self) -> str:
        return self.text("type")

    def __contains__(self, name: str) -> bool:
        """Whether the client wrote anything there but null."""
        return self._fields.get(name) is not None

    def text(self, name: str) -> str:
        """A string without what no database keeps: NUL and halves of surrogate pairs."""
        value = self._fields.get(name)
        if not isinstance(value, str) or "\0" in value or any("\ud800" <= mark <= "\udfff" for mark in value):
            raise Invalid(name, _("This field is missing or cannot be used."))
        return value

    def number(self, name: str) -> int | None:
        """A whole number from 0 on, or None where the field is null or left out."""
        value = self._fields.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise Invalid(name, _("This field must be a whole number."))
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        """True or false; `default` where the field is null or left out."""
        value = self._fields.get(name)
        if value is not None and not isinstance(value, bool):
            raise Invalid(name, _("This field must be true or false."))
        return default if value is None else value

    def uuid(self, name: str) -> uuid.UUID:
        """A UUID in its usual form of 36 characters."""
        value = self.text(name)
        try:
            found = uuid.UUID(value)
        except ValueError:
            found = None
        if found is None or str(found) != value.lower():
            raise Invalid(name, _("This field must be a UUID."))
        return found

    def echo(self, name: str) -> str | None:
        """What the client wrote there, to be sent back with an answer; None where it is no short string."""
        try:
            value = self.text(name)
        except Invalid:
            return None
        return value if len(value) <= LONGEST_ID else None


NO_FRAME = Frame({})


def read(text: str) -> Frame:
    """The frame in `text`; raises TooLong, or Invalid for what is no JSON object with a type."""
    if len(text) > LONGEST_FRAME or len(text.encode("utf-8", "surrogatepass")) > LONGEST_FRAME:
        raise TooLong(_("A frame may have 64 KiB at most."))
    try:
        fields = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Invalid("", _("This is not JSON.")) from None
    if not isinstance(fields, dict) or not isinstance(fields.get("type"), str):
        raise Invalid("", _("A frame is an object with a type."))
    return Frame(fields)


def _no_number(word: str) -> None:
    raise ValueError(word)  # NaN and Infinity are Python's, not JSON's


def encode(payload: Payload) -> str:
    """The text of one frame; made once, however many sockets get it."""
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"))


def error(refusal: Refusal, frame: Frame = NO_FRAME) -> Payload:
    """The frame that says why a frame of the client was not followed."""
    code = "forbidden" if refusal.code == "second_factor" else refusal.code
    payload: Payload = {"type": "error", "code": code, "detail": str(refusal.reason)}
    if isinstance(refusal, TooFast):
        payload["retry_after"] = refusal.retry_after
    for name in ("id", "room"):
        if (value := frame.echo(name)) is not None:
            payload[name] = value
    return payload
