"""THE GATE. Who may do what where, which places, which people, who sees what.

Three questions that agree with each other, for a place that is a Room, a Partner or the Network:
`allowed(user, level, place)`, `where_allowed(user, level)`, `who_may(level, place)`; and, for what
is shared, `sees(user)` (the rule behind every `visible_to`) with `audience(item)`, its inverse.
Nothing else in the house decides, and every answer is taken from the clock at the moment of asking.
"""

from network.permissions.answering import answering_among, answers_for_others
from network.permissions.checks import can, check_lasting, muted_words, require, told_until
from network.permissions.directory import partners_seen_by, people_seen_by
from network.permissions.grants import end_left_over_places, end_places, grant_to, levels_in, withdraw_from
from network.permissions.levels import NETWORK, Level
from network.permissions.listing import who_knows_of
from network.permissions.places import (
    allowed,
    held_through,
    is_guest,
    is_member,
    level_by_places,
    level_in,
    partners_of,
    present_people,
    room_rule,
    where_allowed,
    who_may,
)
from network.permissions.reasons import Answer, explain, why
from network.permissions.sanctions import muted_in
from network.permissions.sight import Reach, audience, audience_of, released, sees, sees_one
from network.permissions.speaking import by_hat, partners_to_act_for
from network.permissions.standing import Standing, at_home_rule, passed_on_rule, standing_about, standing_in
from network.permissions.trail import trail_rule
from network.permissions.ways import look

__all__ = [
    "NETWORK",
    "Answer",
    "Level",
    "Reach",
    "Standing",
    "allowed",
    "answering_among",
    "answers_for_others",
    "at_home_rule",
    "audience",
    "audience_of",
    "by_hat",
    "can",
    "check_lasting",
    "end_left_over_places",
    "end_places",
    "explain",
    "grant_to",
    "held_through",
    "is_guest",
    "is_member",
    "level_by_places",
    "level_in",
    "levels_in",
    "look",
    "muted_in",
    "muted_words",
    "partners_of",
    "partners_seen_by",
    "passed_on_rule",
    "partners_to_act_for",
    "people_seen_by",
    "present_people",
    "released",
    "require",
    "room_rule",
    "sees",
    "sees_one",
    "standing_about",
    "standing_in",
    "told_until",
    "trail_rule",
    "where_allowed",
    "who_knows_of",
    "who_may",
    "why",
    "withdraw_from",
]
