"""The rungs by name, in the order of strength, and which implies which."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import NamedTuple


class Level(NamedTuple):
    """A guarantee that a history may satisfy."""

    wording: str
    implies: tuple[str, ...] = ()
    """The next weaker levels; what those imply is implied too."""


LEVELS: Mapping[str, Level] = {
    "linearizable": Level(
        "every operation takes effect at one instant between its start and its end (Herlihy and Wing 1990)",
        ("sequential", "regular", "k-atomic", "delta-atomic"),
    ),
    "sequential": Level(
        "one order of all operations, which keeps the order of each client, explains every read (Lamport 1979)",
        ("causal-memory", "causal-convergence"),
    ),
    "regular": Level(
        "a read returns a write that it overlaps, or one that no other write followed before it began "
        "(Lamport 1986; for many writers Shao et al. 2011)",
        ("read-your-writes", "monotonic-writes"),
    ),
    "causal-memory": Level(
        "each client can put all that it knows of in one order that keeps causes before effects and explains its own "
        "reads (Ahamad et al. 1995; Bouajjani et al. 2017)",
        ("causal-consistency", "pram"),
    ),
    "causal-convergence": Level(
        "one order of all writes, which keeps causes before effects, explains every read from the writes that caused "
        "it (Bouajjani et al. 2017)",
        ("causal-consistency",),
    ),
    "causal-consistency": Level(
        "every read is explained by some order of its causes (Bouajjani et al. 2017)",
        ("read-your-writes", "monotonic-reads", "monotonic-writes", "writes-follow-reads"),
    ),
    "pram": Level(
        "each client can put all writes in one order that keeps the order of each client and explains its own reads "
        "(Lipton and Sandberg 1988)",
        ("read-your-writes", "monotonic-reads", "monotonic-writes"),
    ),
    "read-your-writes": Level("a read returns nothing older than what its client wrote before (Terry et al. 1994)"),
    "monotonic-reads": Level("a read returns nothing older than what its client read before (Terry et al. 1994)"),
    "monotonic-writes": Level(
        "who has read a write reads nothing older than what its writer had written before it (Terry et al. 1994)"
    ),
    "writes-follow-reads": Level(
        "who has read a write reads nothing older than what its writer had read before it (Terry et al. 1994)"
    ),
    "k-atomic": Level("for some k, every read returns one of the last k writes (Aiyer et al. 2005; Golab et al.)"),
    "delta-atomic": Level(
        "for some time delta, the history is linearizable once every read may begin delta earlier (Golab et al. 2011)"
    ),
    "convergence": Level("reads that begin after the last write of a key has ended return the same"),
}


class UnknownLevel(LookupError):
    """The caller named a level that does not exist; the message names the nearest one that does."""

    def __init__(self, name: str) -> None:
        near = get_close_matches(name, LEVELS, n=1)
        guess = f"; did you mean {near[0]}?" if near else ""
        super().__init__(f"no level is named {name!r}{guess} (levels: {', '.join(LEVELS)})")
        self.name = name


def chosen(names: Iterable[str] | None) -> tuple[str, ...]:
    """The levels named, in the order of the ladder; all where None. Raises `UnknownLevel`."""
    if names is None:
        return tuple(LEVELS)
    wanted = tuple(names)
    for name in wanted:
        if name not in LEVELS:
            raise UnknownLevel(name)
    return tuple(name for name in LEVELS if name in wanted)


def weaker(name: str) -> tuple[str, ...]:
    """Every level that `name` implies, itself left out."""
    found: list[str] = []
    waiting = list(LEVELS[name].implies)
    while waiting:
        one = waiting.pop(0)
        if one not in found:
            found.append(one)
            waiting += LEVELS[one].implies
    return tuple(level for level in LEVELS if level in found)


def stronger(name: str) -> tuple[str, ...]:
    """Every level that implies `name`, itself left out."""
    return tuple(level for level in LEVELS if name in weaker(level))
