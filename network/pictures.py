"""Logos: a picture from outside is decoded, made small and written anew, so that nothing else of it is kept.

What is stored is always a PNG of ours: no metadata (a place, a camera, a name), no second file hidden
behind the first, nothing that a browser could take for a page.
"""

from __future__ import annotations

import io
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from network.refusals import Invalid

LARGEST = 2_000_000  # bytes that are taken
FORMATS = ("PNG", "JPEG", "WEBP")
# A few bytes may claim to be a picture of a gigabyte: the claim is read before anything is unpacked.
MOST_PIXELS = 16_000_000
EDGE = 512  # pixels that are kept


def clean_logo(upload: UploadedFile) -> ContentFile:
    """The picture as a PNG of at most 512 by 512. Raises Invalid for what is too large or no picture."""
    if (upload.size or 0) > LARGEST:
        raise Invalid("logo", _("The picture may have 2 MB at most."))
    try:
        upload.seek(0)
        with Image.open(upload, formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Invalid("logo", _("The picture has too many points. Make it smaller first."))
            small = _small(picture)
    except Invalid:
        raise
    except Exception as failure:
        # Decoders of untrusted files fail in more ways than they name.
        raise Invalid("logo", _("Choose a picture: PNG, JPEG or WebP.")) from failure
    written = io.BytesIO()
    small.save(written, "PNG", optimize=True)
    return ContentFile(written.getvalue(), name="logo.png")


def _small(picture: Image.Image) -> Image.Image:
    picture.draft("RGB", (EDGE, EDGE))
    upright = ImageOps.exif_transpose(picture)
    see_through = "A" in upright.getbands() or "transparency" in upright.info
    plain = upright.convert("RGBA" if see_through else "RGB")
    plain.thumbnail((EDGE, EDGE))
    # Only the points go over: what else a picture carries (profiles, comments) stays behind.
    kept = Image.new(plain.mode, plain.size)
    kept.paste(plain)
    return kept


class LogoField(forms.FileField):
    """A logo, optional; cleans to a PNG that is fit to be stored (`clean_logo`), or None."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Logo"))
        kwargs.setdefault("help_text", _("PNG, JPEG or WebP, up to 2 MB. It is shown small."))
        kwargs.setdefault("widget", forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}))
        super().__init__(required=False, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> ContentFile | None:
        upload = super().clean(data, None)
        if not upload:
            return None
        try:
            return clean_logo(upload)
        except Invalid as refusal:
            raise ValidationError(str(refusal.reason), code="picture") from refusal
