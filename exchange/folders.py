"""The folders of a room as one tree, read at once: paths, what lies below, what may be chosen."""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from exchange.models import Folder
from network.models.rooms import Room
from network.refusals import Invalid

MOST_DEEP = 6
MOST_FOLDERS = 1_000  # of a room; the tree is read whole
LONGEST_NAME = 100
TOO_LONG = _("The name of a folder may have 100 characters at most.")


@dataclass(frozen=True)
class Tree:
    """All folders of one room, by key."""

    room: Room
    folders: dict[int, Folder]

    def find(self, uid: object) -> Folder | None:
        """The folder with this uid, however it is written."""
        try:
            wanted = uuid.UUID(str(uid))
        except ValueError:
            return None
        return next((folder for folder in self.folders.values() if folder.uid == wanted), None)

    def path(self, folder: Folder | None) -> list[Folder]:
        """From the top down to the folder itself."""
        steps: list[Folder] = []
        key = folder.pk if folder else None
        while key is not None:
            steps.append(self.folders[key])
            key = steps[-1].parent_id
        return steps[::-1]

    def children(self, folder: Folder | None) -> list[Folder]:
        """Those that stand directly in it, by name."""
        key = folder.pk if folder else None
        return [one for one in self.folders.values() if one.parent_id == key]

    def below(self, folder: Folder) -> set[int]:
        """The keys of the folder and of all below it."""
        keys, waiting = set(), [folder]
        while waiting:
            one = waiting.pop()
            keys.add(one.pk)
            waiting += self.children(one)
        return keys

    def height(self, folder: Folder) -> int:
        """How many levels it takes: 1 for a folder without folders."""
        return 1 + max((self.height(child) for child in self.children(folder)), default=0)

    def in_order(self, folder: Folder | None = None) -> Iterator[Folder]:
        """All of them as one would read the tree."""
        by_parent: dict[int | None, list[Folder]] = {}
        for one in self.folders.values():
            by_parent.setdefault(one.parent_id, []).append(one)
        waiting = by_parent.get(folder.pk if folder else None, [])[::-1]
        while waiting:
            one = waiting.pop()
            yield one
            waiting += by_parent.get(one.pk, [])[::-1]

    def called(self, folder: Folder) -> str:
        """ "Minutes / 2026": how a folder is named where its place does not show."""
        return " / ".join(one.name for one in self.path(folder))

    def named(self, parent: Folder | None, name: str, *, but: Folder | None = None) -> Folder | None:
        """The one of this name among those in `parent`."""
        key = key_of(name)
        return next((one for one in self.children(parent) if one.key == key and one != but), None)


def tree_of(room: Room) -> Tree:
    """The folders of a room. One query; whoever asks has fetched the room through the gate."""
    folders = {folder.pk: folder for folder in Folder.objects.filter(room=room)}
    for folder in folders.values():
        folder.room = room
    return Tree(room, folders)


def key_of(name: str) -> str:
    """What two names have in common that a person would call the same."""
    return unicodedata.normalize("NFKC", name).casefold()[:200]


def clean_folder_name(name: str) -> str:
    """One line that may be a folder on any computer. Raises Invalid where it is empty or too long."""
    # A name that is far too long is refused unread: to order its marks would take the square of their number.
    if len(str(name)) > 10 * LONGEST_NAME:
        raise Invalid("name", TOO_LONG)
    text = unicodedata.normalize("NFC", str(name))
    text = "".join(" " if sign in '/\\<>:"|?*' else sign for sign in text)
    text = "".join(sign for sign in text if unicodedata.category(sign)[0] != "C" or sign.isspace())
    text = " ".join(text.split()).strip(" .")
    if not text:
        raise Invalid("name", _("Give the folder a name."))
    if len(text) > LONGEST_NAME:
        raise Invalid("name", TOO_LONG)
    return text
