"""The process itself: gives up what it may, looks, answers, ends."""

import sys

from exchange.looking.limits import give_up
from exchange.looking.wire import say

TEXTS = ("txt", "md", "csv", "srt", "vtt")
MARKED_UP = ("html", "htm")
PICTURES = ("jpg", "jpeg", "png", "gif", "webp", "tif", "tiff")


def main(extension: str, content_type: str) -> None:
    """Whatever goes wrong ends the process, and what it has said by then counts."""
    give_up()
    file = sys.stdin.buffer
    if extension == "pdf":
        from exchange.looking import pdf

        pdf.look(file)
    elif extension in PICTURES:
        from exchange.looking import pictures

        pictures.look(file)
    elif extension in TEXTS:
        from exchange.looking import plain

        plain.look(file, table=extension == "csv")
    elif extension in MARKED_UP:
        from exchange.looking import markup

        markup.look(file)
    else:
        from exchange.looking import office

        office.look(file, extension, content_type)
    say("done")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:3])
