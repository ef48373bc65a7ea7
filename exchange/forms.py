"""Forms: sharing a document, writing a practice sheet."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from exchange.actions.versions import LONGEST_NOTE
from exchange.filetypes import ACCEPT, clean_name, recognise
from exchange.folders import LONGEST_NAME, Tree, tree_of
from exchange.models import (
    DocKind,
    Folder,
    Upload,
)
from exchange.unpacking import MOST_FILES
from network import uploads
from network.fields import FilesInput, RichText
from network.models.items import Theme
from network.models.people import User
from network.refusals import Invalid
from network.sharing import LineField, OnceField, ShareForm
from network.templatetags.look import filesize

TITLE_ERRORS = {
    "required": _("Give it a title, so that others can find it."),
    "max_length": _("The title may have %(limit_value)d characters at most; it has %(show_value)d."),
}

FILE_ERRORS = {"required": _("Choose the file to share."), "empty": _("This file is empty.")}


class FileField(forms.FileField):
    """A file of a kind that may be shared, told by its content, with a name that does no harm."""

    widget = forms.FileInput

    def clean(self, data: Any, initial: Any = None) -> Any:
        """The upload with its name cleaned. Raises ValidationError for what is not taken."""
        file = super().clean(data, initial)
        if not file:
            return file
        file.name = clean_name(file.name)
        try:
            recognise(file, file.name)
        except Invalid as refusal:
            raise ValidationError(refusal.reason, code="invalid") from None
        return file


class FolderField(forms.ChoiceField):
    """A folder of the room by its uid, or its top; cleans to a Folder or None."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label=_("Folder"), required=False, **kwargs)

    def offer(self, tree: Tree, *, but: Collection[int] = ()) -> None:
        """The folders to choose from: all of the tree, less those with these keys."""
        self.tree = tree
        folders = [folder for folder in tree.in_order() if folder.pk not in but]
        self.choices = [("", _("at the top")), *((str(one.uid), tree.called(one)) for one in folders)]

    def clean(self, value: Any) -> Folder | None:
        chosen = super().clean(value)
        return self.tree.find(chosen) if chosen else None


class FolderForm(forms.Form):
    """A folder: its name, and in which other it stands."""

    name = LineField(label=_("Name"), max_length=LONGEST_NAME)
    parent = FolderField()

    def __init__(self, *args: Any, tree: Tree, folder: Folder | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].label = _("Stands in")
        self.fields["parent"].offer(tree, but=tree.below(folder) if folder else ())


class FilesField(FileField):
    """One file or several; cleans to a list. Of several, each that is not taken is named."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        if not data:
            super().clean(None)
            return []
        cleaned, wrong = [], []
        for file in data:
            try:
                cleaned.append(super().clean(file))
            except ValidationError as refusal:
                name = f"{clean_name(file.name)}: " if len(data) > 1 else ""
                wrong += [f"{name}{reason}" for reason in refusal.messages]
        if wrong:
            raise ValidationError(wrong, code="invalid")
        return cleaned


class ArrivedField(forms.Field):
    """The keys of files that were sent in pieces before the form was. Cleans to a list of UUIDs."""

    widget = forms.MultipleHiddenInput
    MOST = 200

    def clean(self, value: Any) -> list[uuid.UUID]:
        try:
            keys = dict.fromkeys(uuid.UUID(str(one)) for one in value or ())
        except ValueError:
            raise ValidationError(_("These files have not arrived. Choose them again."), code="invalid") from None
        if len(keys) > self.MOST:
            raise ValidationError(_("Choose %(most)d at most."), code="too_many", params={"most": self.MOST})
        return list(keys)


class ThemesField(forms.ModelMultipleChoiceField):
    """Themes by their address (slug), as boxes to tick; at most `most`."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        self.most = most
        super().__init__(queryset=Theme.objects.all(), to_field_name="slug", label=_("Themes"), **kwargs)

    def clean(self, value: Any) -> Any:
        chosen = list(super().clean(value))
        if len(chosen) > self.most:
            raise ValidationError(_("Choose %(most)d at most."), code="too_many", params={"most": self.most})
        return chosen


class ArrivingForm(forms.Form):
    """A form with files that are in it, or have arrived in pieces before it (`upload`). The file is its last field.

    Where a form is refused, what has arrived is kept and named again.
    """

    upload = ArrivedField(required=False)

    def arrived(self) -> list[uuid.UUID]:
        """The keys that came with the form; none where they are not keys."""
        field = self.fields["upload"]
        try:
            return field.clean(field.widget.value_from_datadict(self.data, self.files, "upload"))
        except ValidationError:
            return []

    def offer_files(self, by: User, upload: uploads.LimitedUpload | None) -> None:
        """Says how large a file may be; where files have arrived before, none must be in the form."""
        self.sender = by
        uploads.limit_file(self.fields["file"], upload, accept=ACCEPT)
        stopped = upload is not None and (upload.exceeded or upload.no_room)
        if stopped:
            # Files that came before the one that was not taken: all are chosen again, so that none is missed.
            self.files = MultiValueDict()
        if self.is_bound and self.arrived():
            self.fields["file"].required = stopped

    @cached_property
    def kept(self) -> list[Upload]:
        """What has arrived and waits for this form."""
        keys = self.arrived() if self.is_bound else []
        return list(Upload.objects.filter(by=self.sender, uid__in=keys)) if keys else []


class DocumentForm(ArrivingForm, ShareForm):
    """Files to share. The file is the last field: where it is too large, the rest has been read."""

    title = LineField(label=_("Title"), max_length=200, error_messages=TITLE_ERRORS)
    kind = forms.ChoiceField(label=_("Kind"), choices=DocKind, required=False, initial=DocKind.OTHER)
    description = forms.CharField(
        label=_("A word about it"),
        max_length=100_000,
        required=False,
        widget=RichText(attrs={"rows": 3}),
    )
    themes = ThemesField(most=6, required=False)
    folder = FolderField()
    open_to_versions = forms.BooleanField(
        label=_("Others who contribute here may share new versions"),
        required=False,
        help_text=_(
            "For a draft that is written together. Older versions stay. Once another partner has shared one, the label "
            "cannot be made wider any more."
        ),
    )
    downloads_allowed = forms.BooleanField(
        label=_("If it is RED, those whom it names may download it"),
        required=False,
        help_text=_("Else they read it in the browser only. Copies of PDF files and pictures carry the reader's name."),
    )
    file = FilesField(label=_("File"), max_length=255, error_messages=FILE_ERRORS)

    def __init__(self, *args: Any, upload: uploads.LimitedUpload | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].default = DocKind.OTHER
        tree = tree_of(self.room)
        if tree.folders:
            self.fields["folder"].offer(tree)
        else:
            del self.fields["folder"]
        self.offer_files(self.by, upload)
        if self.is_bound and self.how_many() > 1:
            # Each is called as its file is.
            self.fields["title"].required = False

    def how_many(self) -> int:
        """How many files are to be shared."""
        files = self.fields["file"].widget.value_from_datadict(self.data, self.files, "file")
        return len(files) + len(self.arrived())

    def clean_kind(self) -> str:
        """Left out, it is "other"."""
        return self.cleaned_data["kind"] or DocKind.OTHER


class ArchiveForm(ArrivingForm, ShareForm):
    """A ZIP whose files become documents, all with the same label and settings. The file is the last field."""

    folder = FolderField()
    themes = ThemesField(most=6, required=False)
    file = forms.FileField(label=_("ZIP archive"), max_length=255, error_messages=FILE_ERRORS, widget=forms.FileInput)

    def __init__(self, *args: Any, upload: uploads.LimitedUpload | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tree = tree_of(self.room)
        if tree.folders:
            self.fields["folder"].offer(tree)
        else:
            del self.fields["folder"]
        self.offer_files(self.by, upload)
        self.fields["file"].widget.attrs["accept"] = ".zip"
        self.fields["file"].help_text = _("Up to %(size)s, unpacked too, and up to %(most)d files.") % {
            "size": filesize(uploads.limit()),
            "most": MOST_FILES,
        }


class VersionForm(ArrivingForm):
    """The next version of a document. The file is the last field here, too."""

    once = OnceField()
    # The version that the person had before them; a newer one asks first.
    over = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    note = LineField(
        label=_("What is new"),
        max_length=LONGEST_NOTE,
        required=False,
        help_text=_("A few words, for whoever read the version before."),
    )
    file = FileField(label=_("File"), max_length=255, error_messages=FILE_ERRORS)

    def __init__(self, *args: Any, by: User, upload: uploads.LimitedUpload | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_files(by, upload)
