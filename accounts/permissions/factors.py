"""Who needs a second factor."""

from __future__ import annotations

from collections.abc import Collection

from django.conf import settings

from network.models.people import User
from network.permissions import answering_among, answers_for_others


def needs_factor(user: User) -> bool:
    """Whether this person answers for others here, and the network asks it of them (LIAISE_REQUIRE_MFA). One query."""
    return bool(settings.LIAISE_REQUIRE_MFA) and answers_for_others(user)


def needing_factor(people: Collection[int]) -> set[int]:
    """Those of `people` who need one. One query, and none where it is asked of nobody."""
    return answering_among(people) if settings.LIAISE_REQUIRE_MFA and people else set()
