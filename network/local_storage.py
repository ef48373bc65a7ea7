"""The store of files on a disk: one that knows its own folder, and puts nothing anywhere else.

A disk that was not mounted, or a folder that was moved away, leaves an empty place of the same name, or none. Django
would make the folder anew and go on, and what is shared from then on would lie where nobody looks for it.
"""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage

MARK = "store-of-liaise"
SAYS = "This file tells Liaise that here is its store of files. Where it is missing, nothing is stored.\n"


class LocalStorage(FileSystemStorage):
    """Files in one folder of this machine, which a mark in it tells from an empty place of the same name."""

    @property
    def mark(self) -> Path:
        """The file whose presence says that this is the store."""
        return Path(self.location) / MARK

    def demand_answer(self) -> None:
        """Raises OSError where the folder is not the store."""
        if not self.mark.is_file():
            raise OSError(errno.EIO, f"The store of files is not there: no {self.mark}")

    def is_bare(self) -> bool:
        """Whether nothing lies in the folder, or there is none."""
        folder = Path(self.location)
        return not folder.is_dir() or all(one.name == "lost+found" for one in folder.iterdir())

    def make(self) -> None:
        """Makes the folder the store."""
        self.mark.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.mark.write_text(SAYS, "utf-8")

    def _save(self, name: str, content: Any) -> str:
        self.demand_answer()
        return str(super()._save(name, content))  # type: ignore[misc]
