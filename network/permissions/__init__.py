"""THE GATE. Who may do what where, which places, which people, who sees what.

Three questions that agree with each other, for a place that is a Room, a Partner or the Network:
`allowed(user, level, place)`, `where_allowed(user, level)`, `who_may(level, place)`; and, for what
is shared, `sees(user)` (the rule behind every `visible_to`) with `audience(item)`, its inverse.
Nothing else in the house decides, and every answer is taken from the clock at the moment of asking.
"""

from network.permissions.answering import answering_among, answers_for_others
from network.permissions.checks import can, check_lasting, require
from network.permissions.directory import partners_seen_by, people_seen_by
from network.permissions.grants import end_left_over_places, end_places, grant_to, levels_in, withdraw_from
from network.permissions.levels import NETWORK, Level
from network.permissions.places import (
    allowed,
    by_hat,
    held_through,
    is_guest,
    is_member,
    level_in,
    partners_of,
    partners_to_act_for,
    present_people,
    room_rule,
    where_allowed,
    who_knows_of,
    who_may,
)
from network.permissions.reasons import Answer, explain, why
from network.permissions.sight import Reach, audience, audience_of, released, sees
from network.permissions.trail import trail_rule
from network.permissions.ways import look

__all__ = [
    "NETWORK",
    "Answer",
    "Level",
    "Reach",
    "allowed",
    "answering_among",
    "answers_for_others",
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
    "level_in",
    "levels_in",
    "look",
    "partners_of",
    "partners_seen_by",
    "partners_to_act_for",
    "people_seen_by",
    "present_people",
    "released",
    "require",
    "room_rule",
    "sees",
    "trail_rule",
    "where_allowed",
    "who_knows_of",
    "who_may",
    "why",
    "withdraw_from",
]
