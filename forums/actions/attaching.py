"""Attaching documents to a post, and taking them off again.

Called by the actions, inside their transaction and after their checks; only the bytes of files are stored around it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from forums.models.attachments import Attachment
from forums.models.threads import Post, Thread
from forums.permissions.attaching import check_attached, check_count, words_for_files
from network.actions import items
from network.attaching import Brought, of_files
from network.kinds import KINDS
from network.models.items import Item, State
from network.models.people import Partner, User
from network.refusals import Invalid

if TYPE_CHECKING:
    from forums.actions.posts import Draft


@contextmanager
def brought(files: Sequence[Any]) -> Iterator[tuple[Brought, ...]]:
    """Stores files around the transaction in which they are attached; of the same bytes one. Raises Invalid(file)."""
    check_count((), files)
    with ExitStack() as stack:
        found: dict[str, Brought] = {}
        for file in files:
            try:
                one = stack.enter_context(of_files().bring(file))
            except Invalid as refusal:
                raise Invalid("file", f"{file.name}: {refusal.reason}") from refusal
            found.setdefault(one.key, one)
        yield tuple(found.values())


def attach(post: Post, thread: Thread, draft: Draft, speaker: Partner | None) -> None:
    """What was chosen and what was brought, in this order. Raises Invalid (attach, file, partner)."""
    if not draft.attach and not draft.files:
        return
    check_count(draft.attach, draft.files)
    chosen = check_attached(draft.by, thread, draft.attach)
    made: list[Item] = []
    if draft.files:
        words = words_for_files(draft.by, thread, speaker)
        held = State.HELD in (post.state, thread.state)
        common = {"by": draft.by, "room": thread.room, "partner": speaker, "language": post.language, "held": held}
        made = [file.share(**common, **words, uid=_key(post.once, file)) for file in draft.files]
    rows = [(item, False) for item in chosen] + [(item, True) for item in made]
    Attachment.objects.bulk_create(
        Attachment(post=post, item_id=item.pk, position=position, made=new) for position, (item, new) in enumerate(rows)
    )
    post.attached = len(rows)
    post.save(update_fields=["attached"])


def is_same(post: Post, draft: Draft) -> bool:
    """Whether the post has what is sent attached, so that what is sent is a retry."""
    sent = {*draft.attach, *(_key(post.once, file) for file in draft.files)}
    if not sent and not post.attached:
        return True
    return set(Attachment.objects.filter(post=post).values_list("item__uid", flat=True)) == sent


def let_stand(post: Post, *, by: User) -> None:
    """Files that waited with the post can be read with it, but those of the moderator who decides."""
    if not post.attached:
        return
    for item in Item.objects.filter(attached_to__post=post, attached_to__made=True, state=State.HELD):
        if item.author_id != by.pk:
            items.put_back(by=by, item=items.locked(item))


def take_off(post: Post, *, by: User, reason: str) -> None:
    """Nothing is attached to the post any more; what came with it and stands nowhere else goes for good with it."""
    if not post.attached:
        return
    rows = Attachment.objects.filter(post=post)
    alone = Item.objects.filter(attached_to__in=rows.filter(made=True), author=post.author_id)
    for item in alone.exclude(attached_to__in=Attachment.objects.exclude(post=post)):
        if (erase := KINDS[item.kind].erase) is not None:
            erase(item)
        if item.state != State.REMOVED:
            items.take_away(by=by, item=items.locked(item), state=State.REMOVED, reason=reason)
    rows.delete()
    Post.objects.filter(pk=post.pk).update(attached=0)
    post.attached = 0


def _key(once: uuid.UUID, file: Brought) -> uuid.UUID:
    """The same for the same file of the same sending."""
    return uuid.uuid5(once, file.key)
