"""Pictures of pages, written anew: nothing of what a stranger's picture carries beside its points goes over."""

from __future__ import annotations

import io
import warnings
from typing import BinaryIO

from PIL import Image, ImageOps

from exchange.looking.wire import LARGEST_PICTURE, TALLEST, WIDTHS, say

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "TIFF")
MOST_POINTS = 120_000_000


def look(file: BinaryIO) -> None:
    """A picture is its own page."""
    drawn = opened(file)
    for width in WIDTHS:
        say_picture(1, drawn, width)


def opened(file: BinaryIO) -> Image.Image:
    """The first picture of a file, upright. Raises for what is none, or has too many points."""
    Image.MAX_IMAGE_PIXELS = MOST_POINTS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    picture = Image.open(file, formats=FORMATS)
    largest = max(WIDTHS)
    picture.draft("RGB", (largest, largest * TALLEST))
    picture.thumbnail((largest * 2, largest * TALLEST * 2), Image.Resampling.BOX)
    upright = ImageOps.exif_transpose(picture)
    if upright.mode in ("RGBA", "LA", "PA", "P", "RGBa", "La"):
        white = Image.new("RGBA", upright.size, "white")
        white.alpha_composite(upright.convert("RGBA"))
        upright = white
    return upright.convert("RGB")


def say_picture(number: int, drawn: Image.Image, width: int) -> None:
    """One page in one width, on white where it is higher than pages are."""
    height = max(1, round(drawn.height * width / drawn.width))
    if height <= width * TALLEST:
        sized = drawn if drawn.width == width else drawn.resize((width, height), reducing_gap=2)
    else:
        sized = Image.new("RGB", (width, width * TALLEST), "white")
        inside = ImageOps.contain(drawn, sized.size)
        sized.paste(inside, ((width - inside.width) // 2, 0))
    buffer = io.BytesIO()
    sized.save(buffer, "WEBP", quality=75, method=2)
    if buffer.tell() <= LARGEST_PICTURE:
        say("picture", buffer.getvalue(), number=number, width=width, height=sized.height)
