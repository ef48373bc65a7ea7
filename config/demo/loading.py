"""Loading the demo network: once, all or nothing, and never beside anything else."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import F

from accounts.actions.texts import publish_text
from accounts.models import Acceptance, LegalText
from config.demo.content import Content, legal_text
from config.demo.founders import found_partners, found_people, found_phases, found_themes, leave
from config.demo.items import tell_items
from config.demo.lives import tell_lives
from config.demo.moments import Moments
from config.demo.opinions import tell_opinions
from config.demo.rooms import tell_rooms
from config.demo.story import Story
from config.demo.talk import tell_chat, tell_discussions
from exchange import storage
from network import clock
from network.actions.hosts import appoint_host
from network.actions.programme import describe
from network.models.items import Item
from network.models.people import Partner, User
from network.models.records import Mail, Notification
from network.models.rooms import Room

NEW_FOR = timedelta(days=3)  # older notices have been read


class Refused(Exception):  # noqa: N818 - refused, not failed
    """The demo network is not loaded here; the text says why."""


def load() -> bool:
    """Builds the demo network; False where it is there already.

    Raises Refused in production, and where the database holds anybody else.
    """
    if settings.PRODUCTION:
        raise Refused("This is production (LIAISE_ENV): the demo accounts, whose password is public, do not come here.")
    content = Content.read()
    files: list[str] = []
    try:
        with transaction.atomic():
            if is_loaded(content):
                return False
            _demand_emptiness()
            _tell(content, files)
    except BaseException:
        for path in files:
            storage.drop(path)
        raise
    return True


def is_loaded(content: Content) -> bool:
    """Whether the lead partner and the coordinator of the demo network are here."""
    lead = next(partner["slug"] for partner in content.partners if partner["lead"])
    return User.objects.filter(
        email=content.coordinator, memberships__partner__slug=lead, memberships__partner__role=Partner.Role.LEAD
    ).exists()


def _demand_emptiness() -> None:
    for model, words in ((Partner, "partners"), (User, "people"), (Room, "rooms"), (Item, "items")):
        if count := model.objects.count():
            raise Refused(
                f"This database holds another network ({count} {words}). The demo network is loaded into an empty one: "
                "set LIAISE_DATA_DIR or DATABASE_URL to another, or empty this one with `make reset`."
            )


def _tell(content: Content, files: list[str]) -> None:
    moments = Moments(clock.now())
    partners = found_partners(content, moments)
    story = Story(
        content=content,
        moments=moments,
        phases=found_phases(content),
        themes=found_themes(content),
        partners=partners,
        people=found_people(content, partners, moments),
        files=files,
    )
    lead = next(row for row in content.partners if row["lead"])
    story.timeline.add(moments.day(lead["since"], 6), partial(_describe, story))
    story.timeline.add(moments.day(lead["since"], 6), partial(appoint_host, person=story.coordinator))
    story.timeline.add(moments.day(lead["since"], 7), partial(_publish_texts, story))
    tell_rooms(story)
    tell_items(story)
    tell_lives(story)
    tell_discussions(story)
    tell_opinions(story)
    tell_chat(story)
    for row in content.partners:
        if row["status"] == Partner.Status.LEFT:
            story.timeline.add(moments.day(row["until"]), partial(leave, story.coordinator, partners[row["slug"]]))
    story.timeline.play()
    _welcome(story)
    # What happened long ago is in nobody's letter box, and most of it has been read.
    Mail.objects.all().delete()
    Notification.objects.filter(at__lt=moments.now - NEW_FOR).update(read_at=F("at"))


def _describe(story: Story) -> None:
    words = story.content.network
    describe(
        by=story.coordinator,
        name=words["name"],
        full_name=words["full_name"],
        tagline=words["tagline"],
        about="\n\n".join(words["about"]),
        taking_part=words["taking_part"],
        disclaimer=f"{words['disclaimer']} {words['demo_notice']}",
    )


def _publish_texts(story: Story) -> None:
    for kind in LegalText.Kind.values:
        publish_text(by=story.coordinator, kind=kind, body=legal_text(kind), after=0)


def _welcome(story: Story) -> None:
    """Everybody has been here before: they accepted both texts when they came."""
    people = User.objects.all()
    texts = list(LegalText.objects.all())
    Acceptance.objects.bulk_create(
        [
            Acceptance(user=person, text=text, at=max(person.date_joined, text.at))
            for person in people
            for text in texts
        ],
        # Who published them has accepted them already.
        ignore_conflicts=True,
    )
    people.update(welcomed_at=story.moments.now)
