"""Uploads that are too large are refused while they arrive, not after they have filled the disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import wraps
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from network.fullness import NO_ROOM, cut_for_want_of_room, is_full, says_no_room
from network.templatetags.look import filesize

# What the other fields and the wrapping of a multipart body may take beside the file.
OTHER_FIELDS = 1_000_000


def limit() -> int:
    """The largest file that is taken, in bytes."""
    return settings.LIAISE_MAX_UPLOAD_MB * 1_000_000


class LimitedUpload(FileUploadHandler):
    """Stops reading at the first file of a body that is too large, or once a file grows too large.

    The fields before the file have been read by then, so that what was typed can be shown again.
    `exceeded` says that it happened; `no_room`, that the disk is full and nothing of the file is kept.
    """

    exceeded = no_room = False

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, Any],  # noqa: N803
        content_length: int,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        self.announced = content_length

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        if self.request is not None and cut_for_want_of_room(self.request):
            self.no_room = True
            raise StopUpload(connection_reset=True)
        if self.announced > limit() + OTHER_FIELDS:
            self.stop()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        if start + len(raw_data) > limit():
            self.stop()
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None

    def stop(self) -> None:
        """Ends the upload without reading the rest."""
        self.exceeded = True
        raise StopUpload(connection_reset=True)


class OnDisk(TemporaryFileUploadHandler):
    """Files go to disk; where it is full, the rest of the body is not read, and `limited` says so beside the field."""

    def __init__(self, request: HttpRequest, limited: LimitedUpload) -> None:
        super().__init__(request)
        self.limited = limited

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        with self._told():
            super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        with self._told():
            self.file.write(raw_data)
            self.file.flush()

    def file_complete(self, file_size: int) -> Any:
        with self._told():
            return super().file_complete(file_size)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if not is_full(error):
                raise
            # What could not be written is tried once more on closing.
            unfinished = self.__dict__.pop("file", None)
            with suppress(OSError):
                if unfinished is not None:
                    unfinished.close()
            self.limited.no_room = True
            raise StopUpload(connection_reset=True) from None


def limit_uploads(request: HttpRequest) -> LimitedUpload:
    """Puts the limit in front of this request's uploads. Before anything reads `request.POST`.

    Files go to disk, not to memory; they are removed when the request ends.
    """
    handler = LimitedUpload(request)
    request.upload_handlers = [handler, OnDisk(request, handler)]
    return handler


def limit_file(field: forms.Field, upload: LimitedUpload | None, *, accept: str) -> None:
    """Says how large a file may be, before it is chosen, and why the `upload` of this request was not taken."""
    largest = limit()
    too_large = _("A file may have up to %(size)s. Choose a smaller one, or share it in parts.") % {
        "size": filesize(largest)
    }
    field.help_text = _("Up to %(size)s: PDF, office files, text, saved web pages, pictures, sound, film.") % {
        "size": filesize(largest)
    }
    field.widget.attrs |= {"accept": accept, "data-largest": str(largest), "data-too-large": too_large}
    if upload is not None and upload.exceeded:
        field.error_messages["required"] = too_large
    if upload is not None and upload.no_room:
        field.error_messages["required"] = str(NO_ROOM)


def takes_large_files(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For a view whose form has a large file: it is called with `upload`, the limit in front of this request's body.

    The limit must stand before anything reads the body, and the check against forged requests reads it: hence that
    check is inside. The server asks for the mark before it reads a body; other views get what a plain form may take.
    """
    checked = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def limited(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return checked(request, *args, upload=limit_uploads(request), **kwargs)

    limited.takes_large_files = True  # type: ignore[attr-defined]
    return says_no_room(limited)
