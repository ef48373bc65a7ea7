"""Many at once: each person in a thread of their own, with a connection of their own, all from one starting line."""

from collections.abc import Callable, Sequence
from functools import partial
from threading import Barrier, Thread

from django.db import connection

from network.models import User
from tests.cast import Cast
from tests.factories import member_of
from tests.workshops.announcing import announced, seated, waiting
from workshops.actions import meetings as actions
from workshops.models import Registration


def at_once(acts: Sequence[Callable[[], object]]) -> list[BaseException]:
    """Runs all of them at the same moment; what they raised."""
    line, raised = Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        try:
            line.wait(10)
            act()
        except BaseException as error:
            raised.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return raised


def crowd(cast: Cast, count: int) -> list[User]:
    return [member_of(cast.malmo, name=f"Person{number}") for number in range(count)]


def test_a_crowd_gets_no_more_seats_than_there_are(transactional_db: None, cast: Cast) -> None:
    workshop = announced(cast, capacity=3)
    people = crowd(cast, 10)
    assert at_once([partial(actions.register, by=one, workshop=workshop) for one in people]) == []
    assert (len(seated(workshop)), len(waiting(workshop))) == (3, 7)
    positions = list(Registration.objects.order_by("position").values_list("position", "state"))
    assert [state for _position, state in positions] == ["registered"] * 3 + ["waiting"] * 7
    assert [position for position, _state in positions] == list(range(1, 11))


def test_one_person_pressing_ten_times_has_one_seat(transactional_db: None, cast: Cast) -> None:
    workshop = announced(cast, capacity=3)
    assert at_once([partial(actions.register, by=cast.anna, workshop=workshop)] * 10) == []
    assert Registration.objects.count() == 1


def test_coming_and_going_at_once_leaves_no_seat_empty_and_none_taken_twice(transactional_db: None, cast: Cast) -> None:
    workshop = announced(cast, capacity=4)
    people = crowd(cast, 12)
    for one in people[:8]:
        actions.register(by=one, workshop=workshop)
    leaving = [partial(actions.withdraw, by=one, workshop=workshop) for one in people[:4]]
    coming = [partial(actions.register, by=one, workshop=workshop) for one in people[8:]]
    more = [partial(actions.change, by=cast.luc, workshop=workshop, capacity=5)]
    assert at_once([*leaving, *coming, *more]) == []
    assert (len(seated(workshop)), len(waiting(workshop))) == (5, 3)
    assert {f"Person{number}" for number in range(4, 8)} <= set(seated(workshop)), "who waited longest goes first"
