"""The part of a form that lets one attach: documents that are there, found by their title, and new files."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from forums.attachments import offered
from forums.permissions.attaching import MOST, TOO_MANY
from network import uploads
from network.attaching import of_files
from network.fields import FilesInput
from network.fullness import NO_ROOM
from network.models.items import Item
from network.models.people import User
from network.models.rooms import Room
from network.refusals import Invalid
from network.sharing import LineField
from network.templatetags.look import filesize


class KeysField(forms.Field):
    """What is ticked, by its keys; cleans to a list of UUIDs. Whether it is there is asked by the action."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> list[uuid.UUID]:
        try:
            keys = list(dict.fromkeys(uuid.UUID(str(one)) for one in value or ()))
        except ValueError:
            raise ValidationError(_("One of these documents is not here any more. Choose again.")) from None
        if len(keys) > MOST:
            raise ValidationError(TOO_MANY)
        return keys


class NewFilesField(forms.FileField):
    """Any number of files, each of a kind that is taken; cleans to a list. Of several, each that is not is named."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        cleaned, wrong = [], []
        for file in data or ():
            try:
                cleaned.append(of_files().clean(super().clean(file)))
            except ValidationError as refusal:
                wrong += [f"{file.name}: {reason}" for reason in refusal.messages]
            except Invalid as refusal:
                wrong.append(f"{file.name}: {refusal.reason}")
        if len(cleaned) > MOST:
            wrong.append(str(TOO_MANY))
        if wrong:
            raise ValidationError(wrong, code="invalid")
        return cleaned


class AttachingForm(forms.Form):
    """What goes with what one writes. Files are the last field: where they are too large, the rest has been read."""

    attach = KeysField(required=False)
    find = LineField(label=_("Look for a document of this room by its title"), max_length=200, required=False)
    file = NewFilesField(
        label=_("New files"),
        required=False,
        max_length=255,
        error_messages={"empty": _("This file is empty.")},
    )

    def offer(self, by: User, room: Room, upload: uploads.LimitedUpload | None = None) -> None:
        """Says what may be attached; asks nothing yet."""
        self.writer, self.place, self.upload = by, room, upload
        field = self.fields["file"]
        uploads.limit_file(field, upload, accept=of_files().accept)
        field.help_text = _(
            "Up to 10, together up to %(size)s. They are shared in this room with the label of this."
        ) % {"size": filesize(uploads.limit())}

    @property
    def other_fields(self) -> list[Any]:
        """The fields that one sees beside these."""
        return [field for field in self.visible_fields() if field.name not in ("find", "file")]

    @property
    def other_hidden(self) -> list[Any]:
        """The fields that one does not see, less what is ticked."""
        return [field for field in self.hidden_fields() if field.name != "attach"]

    @property
    def looks(self) -> bool:
        """Whether it was sent to look for documents, and not yet to be written."""
        return self.is_bound and "look_for" in self.data

    def show_as_typed(self) -> None:
        """Shown again while one looks: nothing of it is wrong yet."""
        self._errors = ErrorDict(renderer=self.renderer)

    @property
    def lost_files(self) -> bool:
        """Whether files came with it that a browser does not send again by itself."""
        return self.is_bound and bool(self.files)

    @cached_property
    def offered(self) -> list[Item]:
        """What is shown to tick: what is ticked already and, once one has looked, what was found."""
        if not self.is_bound:
            return []
        try:
            field = self.fields["attach"]
            chosen = field.clean(field.widget.value_from_datadict(self.data, self.files, "attach"))
        except ValidationError:
            chosen = []
        words = str(self.data.get("find") or "").replace("\0", "")[:200]
        if not chosen and not self.looks:
            return []
        found = offered(self.writer, self.place, words, chosen)
        for item in found:
            item.is_chosen = item.uid in chosen  # type: ignore[attr-defined]
        return found

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        upload = self.upload
        if upload is not None and (upload.exceeded or upload.no_room):
            large = self.fields["file"].widget.attrs["data-too-large"]
            self.add_error("file", str(NO_ROOM) if upload.no_room else large)
        elif len(given.get("attach") or ()) + len(given.get("file") or ()) > MOST:
            self.add_error("file" if given.get("file") else "attach", TOO_MANY)
        given.pop("find", None)
        given["files"] = given.pop("file", None) or []
        return given
