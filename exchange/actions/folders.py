"""Folders: made, renamed, moved, removed; and documents put into them. Nobody sees more or less by it.

All of it waits for the row of the room, so that two moves at once make no circle and no name stands twice.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from exchange.folders import LONGEST_NAME, MOST_DEEP, MOST_FOLDERS, Tree, clean_folder_name, key_of, tree_of
from exchange.models import Document, Folder
from exchange.permissions import check_arrange, check_file
from network.audit import record
from network.models.people import User
from network.models.rooms import Room
from network.permissions import Level, require
from network.refusals import Forbidden, Invalid, Unseen

TAKEN = _("There is a folder of this name here already.")


@transaction.atomic
def make_folder(*, by: User, room: Room, name: str, parent: Folder | None = None) -> Folder:
    """A new folder. Raises Unseen, Forbidden, Invalid (name)."""
    require(by, Level.CONTRIBUTE, room)
    tree = locked_tree(room)
    parent = _here(tree, parent)
    name = clean_folder_name(name)
    if tree.named(parent, name):
        raise Invalid("name", TAKEN)
    return _make(by, tree, parent, name)


def folder_at(*, by: User, room: Room, names: Sequence[str], parent: Folder | None = None) -> Folder | None:
    """The folder that `names` lead to from `parent` down; what lacks on the way is made. In the caller's transaction.

    Raises Unseen, Forbidden, Invalid (name).
    """
    require(by, Level.CONTRIBUTE, room)
    tree = locked_tree(room)
    place = _here(tree, parent)
    for name in map(clean_folder_name, names):
        place = tree.named(place, name) or _make(by, tree, place, name)
    return place


@transaction.atomic
def rename_folder(*, by: User, folder: Folder, name: str) -> None:
    """Another name, in the same place. Raises Unseen, Forbidden, Invalid (name)."""
    tree = locked_tree(folder.room)
    folder = _known(tree, folder)
    check_arrange(by, folder)
    name, before = clean_folder_name(name), folder.name
    if name == before:
        return
    parent = tree.folders[folder.parent_id] if folder.parent_id else None
    if tree.named(parent, name, but=folder):
        raise Invalid("name", TAKEN)
    folder.name, folder.key = name, key_of(name)
    folder.save(update_fields=["name", "key"])
    record("exchange.folder_renamed", by=by, target=folder, room=tree.room, before=before, after=name)


@transaction.atomic
def move_folder(*, by: User, folder: Folder, parent: Folder | None) -> None:
    """Into another folder, or to the top, with all that is in it. Raises Unseen, Forbidden, Invalid (parent)."""
    tree = locked_tree(folder.room)
    folder = _known(tree, folder)
    check_arrange(by, folder)
    parent = _here(tree, parent)
    if folder.parent_id == (parent.pk if parent else None):
        return
    if parent is not None and parent.pk in tree.below(folder):
        raise Invalid("parent", _("A folder cannot stand inside itself."))
    if len(tree.path(parent)) + tree.height(folder) > MOST_DEEP:
        raise Invalid("parent", _("Folders stand at most six deep."))
    if tree.named(parent, folder.name):
        raise Invalid("parent", _("There is a folder of this name there already."))
    folder.parent = parent
    folder.save(update_fields=["parent"])
    record("exchange.folder_moved", by=by, target=folder, room=tree.room)


@transaction.atomic
def remove_folder(*, by: User, folder: Folder) -> None:
    """Takes the folder away; what is in it goes one up. A folder whose name is taken there gets a number."""
    tree = locked_tree(folder.room)
    folder = _known(tree, folder)
    check_arrange(by, folder)
    parent = tree.folders[folder.parent_id] if folder.parent_id else None
    # Its own name is free for what stood in it.
    folder.key = f"{folder.pk}\n"
    folder.save(update_fields=["key"])
    for child in tree.children(folder):
        child.name, child.parent = _free_name(tree, parent, child), parent
        child.key = key_of(child.name)
        child.save(update_fields=["parent", "name", "key"])
    Document.objects.filter(folder=folder).update(folder=parent)
    record("exchange.folder_removed", by=by, target=folder, room=tree.room, name=folder.name)
    folder.delete()


@transaction.atomic
def file_documents(
    *, by: User, room: Room, documents: Collection[Document], folder: Folder | None
) -> tuple[list[Document], list[Document]]:
    """Puts documents of the room into a folder, or at the top; their addresses stay. Those moved, and those not.

    Not moved is what this person does not see, may not move, or what has its home in another room.
    """
    require(by, Level.CONTRIBUTE, room)
    folder = _here(locked_tree(room), folder)
    moved, left = [], []
    wanted = Document.objects.select_for_update(of=("self",)).select_related("room", "partner", "author", "keeper")
    for document in wanted.filter(pk__in=[one.pk for one in documents]).order_by("pk"):
        try:
            if document.room_id != room.pk:
                raise Unseen
            check_file(by, document)
        except (Unseen, Forbidden):
            left.append(document)
            continue
        moved.append(document)
        if document.folder_id != (folder.pk if folder else None):
            Document.objects.filter(pk=document.pk).update(folder=folder)
            record("exchange.document_filed", by=by, target=document, room=room, partner=document.partner)
    return moved, left


def locked_tree(room: Room) -> Tree:
    """The folders as they are now; whoever else would change them waits until this transaction ends."""
    return tree_of(Room.objects.select_for_update(of=("self",), no_key=True).get(pk=room.pk))


def _known(tree: Tree, folder: Folder) -> Folder:
    """The folder as it is now. Raises Unseen where it has gone meanwhile."""
    if folder.pk not in tree.folders:
        raise Unseen
    return tree.folders[folder.pk]


def _here(tree: Tree, folder: Folder | None) -> Folder | None:
    return None if folder is None else _known(tree, folder)


def _make(by: User, tree: Tree, parent: Folder | None, name: str) -> Folder:
    if len(tree.path(parent)) >= MOST_DEEP:
        raise Invalid("name", _("Folders stand at most six deep."))
    if len(tree.folders) >= MOST_FOLDERS:
        raise Invalid("name", _("A room has a thousand folders at most."))
    folder = Folder.objects.create(room=tree.room, parent=parent, name=name, key=key_of(name), by=by)
    tree.folders[folder.pk] = folder
    record("exchange.folder_made", by=by, target=folder, room=tree.room)
    return folder


def _free_name(tree: Tree, parent: Folder | None, child: Folder) -> str:
    """The child's name, with a number where another of that name stands in `parent`."""
    name, number = child.name, 1
    while tree.named(parent, name, but=child):
        number += 1
        end = f" ({number})"
        name = child.name[: LONGEST_NAME - len(end)] + end
    return name
