"""The details of entries, as their readers read them."""

import uuid

from django.utils import timezone

from network.trail_words import detail_words


def test_what_the_house_calls_things_by_is_not_read_out_and_instants_are_instants() -> None:
    identifier = str(uuid.uuid4())
    data = {
        "keeper": identifier,
        "places": [identifier, identifier],
        "since": "2026-03-01T09:30:00+00:00",
        "reason": "The town has merged.",
    }
    with timezone.override("Europe/Brussels"):
        told = dict(detail_words(data, {}))
    assert set(told) == {"since", "reason"}
    assert told["since"].endswith("1 March, 10:30")
    assert told["reason"] == "The town has merged."


def test_words_that_only_begin_like_an_instant_stay_words() -> None:
    assert dict(detail_words({"reason": "2026-03-01T is no time"}, {})) == {"reason": "2026-03-01T is no time"}
