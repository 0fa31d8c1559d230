"""Mutants of the change of the list, on stage: a leaves the ring, b takes over its key, c drives the change."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from dynamo.core import planning
from dynamo.core.membership import CLOSE, FLIP, PREPARE, TRANSFER, decode_table
from dynamo.core.messages import Announce, HandedOff, Progress, Read, TransferPull
from kept.lab.direction import MS, SECOND, Direction
from kept.lab.run import Lab
from kept.staged.quorums import A

BEGIN_US = 2 * SECOND
PATIENCE_US = 580 * MS
"""A get of a run is given up soon after."""
HANDOFF_MS, STEP_MS = 250, 25
"""The interval at which a node of a run looks for strays and hands off, and the steps in which that is met."""


class Cast:
    """Who plays whom: the leaving owner is n1."""

    def __init__(self, b: str, c: str, others: tuple[str, ...]) -> None:
        self.b = b
        self.c = c
        self.others = others


def announced(phase: str) -> Callable[[Any], bool]:
    """The driver tells of a phase."""

    def told(message: Any) -> bool:
        if not isinstance(message, Announce):
            return False
        plan = decode_table(message.table).plan
        return plan is not None and plan.phase == phase

    return told


def reported(phase: str) -> Callable[[Any], bool]:
    """A node says that it has done what a phase asks for."""
    return lambda message: isinstance(message, Progress) and message.phase == phase


def move(
    bug: str,
    nodes: int = 3,
    n: int = 1,
    claim: str = "fresh-reads",
    stands_in: bool = False,
    **config: Any,
) -> tuple[Direction, Cast]:
    """A cluster that n1 leaves; c, who is nobody else, is told so and drives that. With `stands_in` the first node
    that stands in for n1 is one of the others."""
    fields = {"nodes": nodes, "n": n, "r": 1, "w": n, "sloppy": False, "anti_entropy": False, **config}
    direction = Direction((claim,), bug=bug, **fields)
    cast = _cast(direction, stands_in)
    direction.leave(BEGIN_US, A, cast.c)
    direction.until(BEGIN_US + 20 * SECOND)
    return direction, cast


def _cast(direction: Direction, stands_in: bool = False) -> Cast:
    """A key that n1 owns, and the node that it goes to; the last of the others is to drive."""
    config = direction.config
    lab = Lab(config, None)
    after = planning.left(lab.founders[0], A, lab.store)
    founded, ring = (lab.rules.ring(m, config.n, config.ring, config.partitions) for m in (lab.founders[0], after))
    for at in range(512):
        key = f"k{at}"
        walk = founded.preference(key.encode())
        before, then = walk[: config.n], ring.preference(key.encode())[: config.n]
        gained = [name for name in then if name not in before]
        if before[0] == A and len(gained) == 1:
            direction.key = key
            spare = tuple(name for name in walk if name not in (*before, *gained))
            if stands_in and walk[config.n] not in spare[:-1]:
                continue
            return Cast(gained[0], spare[-1], (*before[1:], *spare[:-1]))
    raise LookupError("no key of n1")


def old_list_only() -> Direction:
    """The transfer is over when a acknowledges a put that does not reach b; after the flip b is asked."""
    direction, cast = move("old-list-only")
    done_us = direction.moment(reported(TRANSFER), cast.b, cast.c)
    direction.cut(done_us, 10 * SECOND, (A, cast.b))
    direction.put(done_us + MS, A)
    direction.get(direction.moment(announced(FLIP), cast.c, cast.b) + 20 * MS, cast.b)
    return direction


def union_of_lists() -> Direction:
    """b alone acknowledges, and before the flip a is asked."""
    direction, cast = move("union-quorum")
    begun_us = direction.moment(announced(PREPARE), cast.c, cast.b)
    direction.cut(begun_us, 10 * SECOND, (cast.b, A))
    direction.put(begun_us + 10 * MS, cast.b)
    direction.get(begun_us + 20 * MS, A)
    return direction


def flip_before_transfer() -> Direction:
    """b says that it has everything and has nothing; after the flip b is asked."""
    direction, cast = move("flip-before-transfer")
    direction.put(1 * SECOND, A)
    direction.part(BEGIN_US - 100 * MS, 10 * SECOND, (A,), (cast.b,))
    direction.get(direction.moment(announced(FLIP), cast.c, cast.b) + 20 * MS, cast.b)
    return direction


def transfer_not_verified() -> Direction:
    """b has asked for everything, and the answers do not reach it."""
    direction, cast = move("asked-is-transferred")
    direction.put(1 * SECOND, A)
    direction.cut(BEGIN_US - 100 * MS, 10 * SECOND, (A, cast.b))
    direction.get(direction.moment(announced(FLIP), cast.c, cast.b) + 20 * MS, cast.b)
    return direction


def transfer_before_barrier() -> Direction:
    """a does not hear of the change, but is asked for what it holds; then it acknowledges a put for the old list. Who
    talks to a tells it of the change sooner or later: b asks it about its few partitions and is silent then."""
    direction, cast = move("majority-transfer", partitions=3)
    direction.cut(BEGIN_US - 100 * MS, 10 * SECOND, (cast.c, A))
    begun_us = direction.moment(announced(TRANSFER), cast.c, cast.b)
    direction.cut(BEGIN_US - 100 * MS, begun_us - BEGIN_US + 90 * MS, (cast.b, A))
    asked = _every(direction, TransferPull, cast.b, A)
    direction.cut(asked[-1] + 10 * MS, 10 * SECOND, (cast.b, A))
    done_us = direction.moment(reported(TRANSFER), cast.b, cast.c)
    direction.cut(done_us, 10 * SECOND, (A, cast.b))
    direction.put(done_us + MS, A)
    direction.get(direction.moment(announced(FLIP), cast.c, cast.b) + 20 * MS, cast.b)
    return direction


def _every(direction: Direction, kind: type, sender: str, to: str) -> list[int]:
    """When each such message is sent in the run so far."""
    found: list[int] = []
    with suppress(LookupError):
        while True:
            after_us = found[-1] + 1 if found else 0
            found.append(direction.moment(lambda message: isinstance(message, kind), sender, to, after_us))
    return found


def closed_before_barrier() -> Direction:
    """a does not hear of the flip; b acknowledges a put for the new list alone, and a is asked."""
    direction, cast = move("majority-close")
    flip_us = direction.moment(announced(FLIP), cast.c, A)
    direction.cut(flip_us - 1, 10 * SECOND, (cast.c, A), (cast.b, A))
    closing_us = direction.moment(announced(CLOSE), cast.c, cast.b)
    direction.put(closing_us + 10 * MS, cast.b)
    direction.get(closing_us + 60 * MS, A)
    return direction


def older_puts() -> Direction:
    """d stays an owner. Its put began before the change and waits for a, which b asks meanwhile."""
    direction, cast = move("older-puts-go-on", nodes=4, n=2)
    (d,) = cast.others
    direction.put(BEGIN_US - 5 * MS, d)
    direction.clog(BEGIN_US - 6 * MS, 450 * MS, (d, A))
    direction.cut(BEGIN_US - 6 * MS, 10 * SECOND, (d, cast.b))
    direction.get(direction.moment(announced(FLIP), cast.c, cast.b) + 20 * MS, cast.b)
    return direction


def older_gets() -> Direction:
    """e has asked a before it hears of the flip; its message arrives when a has handed its record over. That takes a
    hands-off interval or two, and a get must not wait so long: e hears of the flip as late as it takes for a to be
    about to look for strays when the change closes."""
    for later in range(0, HANDOFF_MS, STEP_MS):
        direction, cast = move("older-gets-go-on", nodes=4)
        (e,) = cast.others
        direction.put(1 * SECOND, A)
        heard_us = direction.moment(announced(FLIP), cast.c, e) + later * MS
        direction.clog(heard_us - later * MS - 1, later * MS + 1, (cast.c, e))
        direction.cut(heard_us - later * MS - 1, later * MS + 1, (A, e), (cast.b, e))
        direction.get(heard_us - 3 * MS, e)
        direction.clog(heard_us - 4 * MS, 980 * MS, (e, A))
        try:
            direction.moment(lambda message: isinstance(message, Read), e, A, heard_us - 4 * MS)
            handed_us = direction.moment(lambda message: isinstance(message, HandedOff), cast.b, A, heard_us)
        except LookupError:  # somebody's gossip was quicker
            continue
        if handed_us - heard_us < PATIENCE_US:
            break
    direction.faults[-1] = direction.faults[-1]._replace(for_us=handed_us - heard_us + 7 * MS)
    return direction


def left_before_hand_over() -> Direction:
    """f keeps a hint for a, which it cannot reach until a has left the list. Then a takes the record, f drops the
    hint, and a drops what it does not own. f does not hear of the end of the change, nor a's gossip."""
    direction, cast = move("stray-dropped", nodes=4, claim="no-lost-write", sloppy=True, stands_in=True)
    (f,) = cast.others
    direction.part(500 * MS, BEGIN_US - 700 * MS, (A,), (f,))
    direction.get(600 * MS, f)
    direction.put(1_300 * MS, f)
    closing_us = direction.moment(announced(CLOSE), cast.c, f)
    direction.cut(BEGIN_US - 300 * MS, closing_us - BEGIN_US + 300 * MS, (f, A))
    direction.cut(closing_us - 1, 4 * SECOND, (cast.c, f), (cast.b, f))
    return direction
