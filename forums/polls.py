"""A vote as one reader sees it: what they may do, and how it stands, as far as they may know."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from forums.models.polls import Ballot, Poll, Voted
from forums.models.threads import Thread
from forums.permissions.polls import may_close
from forums.permissions.reactions import demand_reactions
from forums.tallies import Tally, tally
from network.permissions import by_hat, can, partners_to_act_for


def bar(share: float) -> SafeString:
    """The part of all ballots that is for one answer, as a picture; the number stands beside it."""
    return format_html(
        '<svg class="poll-bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        '<rect class="poll-bar-ground" width="100" height="8"/><rect class="poll-bar-votes" width="{}" height="8"/>'
        "</svg>",
        f"{100 * min(max(share, 0), 1):.1f}",
    )


@dataclass
class Standing:
    """How a poll stands for one reader. `tally` is None while they may not know."""

    poll: Poll
    voted: bool
    choices: list[int]
    may_vote: bool
    may_close: bool
    speaks_for: str
    cast: int
    tally: Tally | None
    errors: list[str] = field(default_factory=list)
    # What was sent for each option, where it was refused: nothing that was chosen is lost.
    sent: dict[int, str] | None = None

    @property
    def address(self) -> str:
        """Of the post; what one does with the poll is below it."""
        return reverse("forums:post", args=[self.poll.post.thread.uid, self.poll.post.uid])

    @property
    def closed(self) -> bool:
        return self.poll.is_closed

    @property
    def ranked(self) -> bool:
        return self.poll.kind == Poll.Kind.RANKED

    @property
    def answers(self) -> list[dict[str, Any]]:
        """The options as the form shows them: what of it is chosen, and in a ranked one its place."""
        places = {option: str(place) for place, option in enumerate(self.choices, start=1)}
        if self.sent is not None:
            places = self.sent
        return [
            {"number": number, "words": words, "chosen": number in places, "place": places.get(number, "")}
            for number, words in enumerate(self.poll.options)
        ]

    @property
    def places(self) -> list[str]:
        return [str(place) for place in range(1, len(self.poll.options) + 1)]

    @property
    def bars(self) -> list[dict[str, Any]]:
        """One bar for each option, of a hundred for all ballots; nothing where the reader may not know."""
        if self.tally is None:
            return []
        whole = max(self.cast, 1)
        return [
            {
                "words": words,
                "votes": votes,
                "share": round(100 * votes / whole),
                "picture": bar(votes / whole),
                "mine": number in (self.choices[:1] if self.ranked else self.choices),
                "mark": self._mark() if number in self.tally.winners else "",
            }
            for number, (words, votes) in enumerate(zip(self.poll.options, self.tally.votes, strict=True))
        ]

    def _mark(self) -> str:
        """What stands beside whoever is in front: of several nobody has won."""
        if self.tally is not None and len(self.tally.winners) > 1:
            return _("level")
        return _("won") if self.closed else _("leads")

    @property
    def outcome(self) -> str:
        """Who leads or has won, in a sentence."""
        if self.tally is None or not self.tally.winners:
            return ""
        names = [_("“%(words)s”") % {"words": self.poll.options[number]} for number in self.tally.winners]
        if len(names) > 1:
            return _("Level: %(names)s.") % {"names": ", ".join(names)}
        if self.closed:
            return _("%(name)s has won.") % {"name": names[0]}
        return _("%(name)s leads.") % {"name": names[0]}

    @property
    def rounds(self) -> list[tuple[str, list[str]]]:
        """The table of a ranked one: each option with its ballots in each round."""
        if self.tally is None or not self.ranked:
            return []
        return [
            (words, [str(counted[number]) if number in counted else "" for counted in self.tally.rounds])
            for number, words in enumerate(self.poll.options)
        ]

    @property
    def facts(self) -> list[str]:
        """What one should know before one votes."""
        poll = self.poll
        facts = [_("One vote for each partner") if poll.by_partner else _("One vote for each person")]
        facts.append(
            _("secret: nobody learns who voted what") if poll.secret else _("open: who voted what can be read")
        )
        if poll.kind == Poll.Kind.MULTIPLE:
            facts.append(_("choose as many as you like"))
        cast = ngettext("%(n)d vote", "%(n)d votes", self.cast) % {"n": self.cast}
        return [*facts, cast]

    @property
    def hidden(self) -> str:
        """Why no numbers are shown, "" where they are."""
        if self.tally is not None:
            return ""
        if self.poll.secret:
            return _("The numbers are shown once the vote is closed.")
        return _("The numbers are shown once you have voted or the vote is closed.")


def standing(
    thread: Thread, user: Any, *, contributes: bool, moderates: bool, post: int | None = None
) -> Standing | None:
    """The poll below a post of a thread (the opening one where none is named), None without one. Two queries."""
    which = Q(post=post) if post else Q(post__parent=None)
    own = partners_to_act_for(user, thread.room)
    hat = own.order_by(*by_hat(user))
    mine = Voted.objects.filter(Q(person=user.pk) | Q(partner=Subquery(hat.values("pk")[:1])), poll=OuterRef("pk"))
    polls = Poll.objects.filter(which, post__thread=thread).annotate(
        has_voted=Exists(mine),
        choices=Subquery(mine.order_by("-at").values("ballot__choices")[:1]),
        hat=Subquery(hat.values("short_name")[:1]),
    )
    poll: Any = polls.select_related("post").first()
    if poll is None:
        return None
    poll.post.thread = thread
    ballots = list(Ballot.objects.filter(poll=poll).values_list("choices", flat=True))
    known = poll.is_closed or not (poll.secret or (poll.numbers_after and not poll.has_voted))
    open_now = contributes and not poll.is_closed and not thread.is_locked and bool(can(demand_reactions, thread))
    return Standing(
        poll=poll,
        voted=poll.has_voted,
        choices=poll.choices or [],
        may_vote=open_now and not (poll.secret and poll.has_voted) and (not poll.by_partner or poll.hat is not None),
        may_close=may_close(user, poll, contributes=contributes, moderates=moderates),
        speaks_for=poll.hat or "" if poll.by_partner else "",
        cast=len(ballots),
        tally=tally(len(poll.options), ballots, ranked=poll.kind == Poll.Kind.RANKED) if known else None,
    )


def open_in(thread: Thread) -> Poll | None:
    """The vote that would end if this discussion were closed now. One query."""
    found = Poll.objects.filter(post__thread=thread, closed_at=None).order_by("post__parent_id", "pk")
    return next((poll for poll in found if not poll.is_closed), None)


def voters(poll: Poll) -> list[dict[str, Any]]:
    """Who voted what, of an open poll; of a secret one nobody. One query."""
    if poll.secret:
        return []
    rows = Voted.objects.filter(poll=poll).select_related("person", "partner", "by", "ballot").order_by("at", "pk")
    return [
        {
            "who": row.partner.short_name if row.partner else None,
            "person": row.by,
            "at": row.at,
            "words": [poll.options[number] for number in row.ballot.choices],
        }
        for row in rows
    ]
