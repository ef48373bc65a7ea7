"""Counting ballots. Pure functions: options are numbers, a ballot is the list of those that it names.

A ranked vote is counted by instant run-off (the alternative vote; "preferential voting" in Robert's Rules of Order):
whoever is first on more than half of the ballots that still name somebody has won; else the option that is first on the
fewest goes, and each of its ballots counts for the next one that it names. Where several have the fewest, the earlier
rounds decide, the latest in which they differ first: whoever had fewer there goes ("backwards tie-breaking",
J. C. O'Neill, "Tie-Breaking with the Single Transferable Vote", Voting matters 18, 2004). Those that were level in
every round go together; are they all that is left, nobody has won, and they are level.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Ballots = Sequence[Sequence[int]]
Round = dict[int, int]


@dataclass(frozen=True)
class Tally:
    """How it stands: votes by option (of a ranked one, first preferences), who leads, and the rounds."""

    votes: tuple[int, ...]
    winners: tuple[int, ...]
    rounds: tuple[Round, ...] = ()


def tally(options: int, ballots: Ballots, *, ranked: bool = False) -> Tally:
    """Counts them. Several `winners` are level; there are none without a vote."""
    if ranked:
        return _run_off(options, ballots)
    votes = tuple(sum(option in ballot for ballot in ballots) for option in range(options))
    most = max(votes, default=0)
    return Tally(votes, tuple(option for option, number in enumerate(votes) if number == most) if most else ())


def _run_off(options: int, ballots: Ballots) -> Tally:
    rounds: list[Round] = []
    standing = list(range(options))
    winners: tuple[int, ...] = ()
    while standing and not winners:
        rounds.append(_count(standing, ballots))
        winners = _won(rounds[-1])
        if not winners:
            standing = [option for option in standing if option not in _last(rounds)]
    first = rounds[0] if rounds else {}
    return Tally(tuple(first.get(option, 0) for option in range(options)), winners, tuple(rounds))


def _count(standing: Sequence[int], ballots: Ballots) -> Round:
    counted = dict.fromkeys(standing, 0)
    for ballot in ballots:
        first = next((option for option in ballot if option in counted), None)
        if first is not None:
            counted[first] += 1
    return counted


def _won(counted: Round) -> tuple[int, ...]:
    """Whoever has more than half, and all that are left where they are level."""
    whole, most = sum(counted.values()), max(counted.values())
    if not whole:
        return ()
    if 2 * most > whole:
        return tuple(option for option, number in counted.items() if number == most)
    return tuple(counted) if len(set(counted.values())) == 1 else ()


def _last(rounds: Sequence[Round]) -> list[int]:
    """Who goes: the fewest in this round, of several those with the fewest in the latest earlier round."""
    going = list(rounds[-1])
    for counted in reversed(rounds):
        fewest = min(counted[option] for option in going)
        going = [option for option in going if counted[option] == fewest]
    return going
