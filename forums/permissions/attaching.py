"""What may be attached to a post, and for whom a file that comes with it is."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from forums.attachments import to_attach
from forums.models.threads import Thread
from network.labels import Label
from network.models.items import Item
from network.models.people import Partner, User
from network.previews import partners_to_name, people_to_name
from network.refusals import Invalid

MOST = 10
TOO_MANY = _("Attach 10 at most to one post.")
UNDER_THE_RULE = _(
    "Under the Chatham House Rule no file can be added here: it would stand in the room with your name. Attach what is"
    " in the room already."
)
TOO_FEW_READ_IT = _(
    "Under the Chatham House Rule nothing is attached that is labelled AMBER+STRICT or RED: few read it, and you are"
    " one of them."
)


def is_under_rule(thread: Thread) -> bool:
    """Whether the thread, or what it is about, is under the Chatham House Rule."""
    return thread.chatham or (thread.parent is not None and thread.parent.chatham)


def check_attached(by: User, thread: Thread, keys: Sequence[uuid.UUID]) -> list[Item]:
    """The items of these keys in their order: each in the room, and seen by this person. Raises Invalid("attach")."""
    if not keys:
        return []
    found = {item.uid: item for item in to_attach(by, thread.room).filter(uid__in=keys)}
    if len(found) != len(set(keys)):
        raise Invalid("attach", _("One of these documents is not here any more. Choose again."))
    if is_under_rule(thread) and any(item.effective_label > Label.AMBER for item in found.values()):
        # Whoever attaches it reads it: among the few whom its label names, that would tell who it was.
        raise Invalid("attach", TOO_FEW_READ_IT)
    return [found[key] for key in dict.fromkeys(keys)]


def check_count(keys: Collection[Any], files: Collection[Any]) -> None:
    """Raises Invalid at what was chosen last where there is too much."""
    if len(keys) + len(files) > MOST:
        raise Invalid("file" if files else "attach", TOO_MANY)


def words_for_files(by: User, thread: Thread, speaker: Partner | None) -> dict[str, Any]:
    """With which label a file that comes with a post is shared, and whom it names: nobody but who reads the thread.

    Raises Invalid("file"): under the Chatham House Rule, and where no label says that of both the thread and what it
    is about.
    """
    if is_under_rule(thread):
        raise Invalid("file", UNDER_THE_RULE)
    label = thread.effective_label
    words: dict[str, Any] = {"tlp": label}
    strict = [one for one in (thread, thread.parent) if one is not None and one.label > Label.AMBER]
    if len(strict) > 1:
        raise Invalid("file", _("Here no new file can be added. Share it as a document first, and attach that."))
    if label == Label.AMBER_STRICT:
        readers = {*strict[0].named_partners.values_list("pk", flat=True), strict[0].partner_id}
        if speaker is None or speaker.pk not in readers:
            raise Invalid("file", _("The label of this discussion does not name the partner that you speak for."))
        others = [key for key in readers if key is not None and key != speaker.pk]
        words["named_partners"] = list(partners_to_name(thread.room).filter(pk__in=others))
    if label == Label.RED:
        people = {*strict[0].named_people.values_list("pk", flat=True), strict[0].author_id}
        words["named_people"] = list(people_to_name(thread.room).filter(pk__in=people - {by.pk}))
    return words
