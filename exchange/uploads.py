"""Uploads that are too large are refused while they arrive, not after they have filled the disk."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

# What the other fields and the wrapping of a multipart body may take beside the file.
OTHER_FIELDS = 1_000_000


def limit() -> int:
    """The largest file that is taken, in bytes."""
    return settings.LIAISE_MAX_UPLOAD_MB * 1_000_000


class LimitedUpload(FileUploadHandler):
    """Stops reading at the first file of a body that is too large, or once a file grows too large.

    The fields before the file have been read by then, so that what was typed can be shown again.
    `exceeded` says that it happened.
    """

    exceeded = False

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


def limit_uploads(request: HttpRequest) -> LimitedUpload:
    """Puts the limit in front of this request's uploads. Before anything reads `request.POST`.

    Files go to disk, not to memory; they are removed when the request ends.
    """
    handler = LimitedUpload(request)
    request.upload_handlers = [handler, TemporaryFileUploadHandler(request)]
    return handler


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
    return limited
