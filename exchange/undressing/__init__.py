"""Takes out of pictures where they were taken, and what else a camera writes down, before they are stored.

The points of the picture stay as they are, byte for byte: nothing is unpacked or packed anew. Of what is said about the
picture only `exif.KEPT` stays: which way is up, how large it is printed, who made it and whose it is. The same picture
gives the same bytes each time, so that what is sent again is known again.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from typing import IO, Any

from django.core.files import File
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from exchange.filetypes import HEAD, sign_of
from exchange.undressing import gif, heic, jpeg, png, tiff, webp
from exchange.undressing.reader import Damaged
from network.refusals import Invalid

IN_MEMORY = 1_000_000  # bytes; what is larger is written to the disk meanwhile

HOW: dict[str, Callable[[IO[bytes], IO[bytes]], None]] = {
    "jpg": jpeg.undress,
    "gif": gif.undress,
    "png": png.undress,
    "apng": png.undress,
    "webp": webp.undress,
    "tif": tiff.undress,
    "heic": heic.undress,
}

NOT_UNDERSTOOD: Promise = _(
    "This picture cannot be read, so the place where it was taken could not be taken out of it. Open it in a program"
    " for pictures, save it again as JPEG or PNG and choose that file."
)


def without_place(file: Any) -> Any:
    """The file as it may be stored: a picture without its place, anything else untouched. Raises Invalid(file)."""
    file.seek(0)
    undress = HOW.get(sign_of(file.read(HEAD)))
    file.seek(0)
    if undress is None:
        return file
    made = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - it goes with the last who holds it
    try:
        undress(file, made)  # type: ignore[arg-type]
    except Damaged:
        made.close()
        raise Invalid("file", NOT_UNDERSTOOD) from None
    made.seek(0)
    return File(made, name=file.name)
