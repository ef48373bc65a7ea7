"""The charter and the privacy notice: writing a new version, accepting the newest ones."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from accounts.models import Acceptance, LegalText
from accounts.permissions.texts import check_publish_text
from network import clock
from network.audit import record
from network.effects import admission_changed, after_commit
from network.models.people import User
from network.refusals import Invalid

OVERTAKEN = _("There is a newer version by now. Open it, and put your change into that one.")


@transaction.atomic
def publish_text(*, by: User, kind: str, body: str, after: int) -> LegalText:
    """A new version of a text, which everybody else is asked to accept before they go on. Old ones stay as they are.

    Who publishes it accepts it by that: they wrote what it says, and go on, to the other text perhaps.
    `after` is the version that the writer saw as the newest: who was overtaken is told, and the same form sent
    twice makes one version.
    """
    check_publish_text(by)
    if kind not in LegalText.Kind:
        raise Invalid("kind", _("There is no such text."))
    newest = LegalText.objects.filter(kind=kind).order_by("-version").first()
    if newest is not None and newest.version == after + 1 and (newest.body, newest.by_id) == (body, by.pk):
        return newest
    if (newest.version if newest else 0) != after:
        raise Invalid("body", OVERTAKEN)
    if newest is not None and newest.body == body:
        raise Invalid("body", _("This is the present version, word for word."))
    try:
        with transaction.atomic():
            text = LegalText.objects.create(kind=kind, version=after + 1, body=body, by=by)
    except IntegrityError:
        raise Invalid("body", OVERTAKEN) from None
    # Nobody has accepted this one. All rows, so that who is being welcomed right now is waited for and found.
    User.objects.update(welcomed_at=None)
    record("accounts.text_published", by=by, target=by, kind=kind, version=text.version)
    Acceptance.objects.create(user=by, text=text)
    record("accounts.welcomed", by=by, target=by, accepted={text.kind: text.version})
    if not texts_to_accept(by):
        by.welcomed_at = clock.now()
        by.save(update_fields=["welcomed_at"])
    after_commit(admission_changed)
    return text


def newest_texts() -> list[LegalText]:
    """The newest version of each text, the charter first. One query."""
    newest = LegalText.objects.values("kind").annotate(newest=Max("version")).values("kind", "newest")
    wanted = {(row["kind"], row["newest"]) for row in newest}
    return [text for text in LegalText.objects.order_by("kind") if (text.kind, text.version) in wanted]


def texts_to_accept(user: User) -> list[LegalText]:
    """Those of the newest texts that this person has not accepted."""
    texts = newest_texts()
    accepted = set(Acceptance.objects.filter(user=user, text__in=texts).values_list("text", flat=True))
    return [text for text in texts if text.pk not in accepted]


@transaction.atomic
def welcome(*, by: User, texts: Iterable[LegalText], **settings: object) -> User:
    """A person accepts the texts that they were shown and, the first time, says how they want to be served.

    Raises Invalid where a newer version came meanwhile: nobody accepts what they did not see.
    """
    shown = {text.pk for text in texts}
    # Locked, so that a version published meanwhile finds this person welcomed, or is found by them.
    person = User.objects.select_for_update().get(pk=by.pk)
    waiting = texts_to_accept(person)
    if {text.pk for text in waiting} - shown:
        raise Invalid("", _("A newer version came while you were reading. Please read it once more."))
    Acceptance.objects.bulk_create([Acceptance(user=person, text=text) for text in waiting])
    for name, value in settings.items():
        setattr(person, name, value)
    person.welcomed_at = clock.now()
    person.save(update_fields=[*settings, "welcomed_at"])
    versions = {text.kind: text.version for text in waiting}
    record("accounts.welcomed", by=person, target=person, accepted=versions)
    return person
