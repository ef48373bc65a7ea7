"""What is done beside the pages for documents. Each may be called again at any time."""

from exchange import handing_out


def forget_marked_copies() -> None:
    """Copies that were marked with a reader's name and are older than a day."""
    handing_out.forget_copies()
