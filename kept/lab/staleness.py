"""The story of one stale read: who had the version, who answered the get without it, and what kept them apart."""

from checkers.facts import Fact, ReadMissed
from checkers.wording import describe, milliseconds, vector_text
from histories.operation import Operation
from histories.text import to_bytes
from kept.lab.facts import AckedBy, HeldBack, LackedIt, WasThere, capital, sentences
from kept.lab.watching import KeyWatch, Place
from kept.sim.faults import CRASH, MID_STEP, PAUSE, Fault

_SHOWN_FAULTS = 4


def facts_of(missed: ReadMissed, watch: KeyWatch, faults: tuple[Fault, ...]) -> tuple[Fact, ...]:
    """The facts in the order in which they are told."""
    put, read = missed.write, missed.read
    assert put.dot is not None, "only an acknowledged put can be missed"
    facts: list[Fact] = [AckedBy(put, watch.answers[put.request].durable), missed]
    answer = watch.answers[read.request]
    actor, counter = put.dot
    lacking = tuple(sorted(node for node, state in answer.replies.items() if state.context.get(actor, 0) < counter))
    if lacking:
        facts.append(LackedIt(answer.coordinator, lacking, put.dot))
    holders = _holders(put, watch, read.start_us)
    facts.append(WasThere(holders))
    having = {node for node, _ in (*holders, *watch.answers[put.request].durable)}
    facts += _held_back(faults, having, set(lacking), put.start_us, read.end_us or read.start_us)
    return tuple(facts)


def _holders(put: Operation, watch: KeyWatch, at_us: int) -> tuple[Place, ...]:
    """Who held the version at a time."""
    key, holds = to_bytes(put.key), dict[Place, bool]()
    for change in watch.changes:
        if change.key == key and change.at_us <= at_us:
            holds[change.place] = any(version.dot == put.dot for version in change.after.versions)
    return tuple(sorted(place for place, held in holds.items() if held))


def _held_back(
    faults: tuple[Fault, ...], having: set[str], lacking: set[str], from_us: int, to_us: int
) -> list[HeldBack]:
    """The faults of that time that stopped a node that lacked the version, or cut it off from one that had it."""
    found = []
    for fault in faults:
        if fault.at_us > to_us or fault.at_us + fault.for_us < from_us:
            continue
        nodes, others = set(fault.nodes) & lacking, set[str]()
        if fault.kind not in (CRASH, MID_STEP, PAUSE):
            cut = [
                pair for a, b in fault.pairs for pair in ((a, b), (b, a)) if pair[0] in lacking and pair[1] in having
            ]
            nodes, others = {a for a, _ in cut}, {b for _, b in cut}
        if nodes:
            ends_us = fault.at_us + fault.for_us
            found.append(HeldBack(fault.kind, tuple(sorted(nodes)), tuple(sorted(others)), fault.at_us, ends_us))
    return found[:_SHOWN_FAULTS]


def paragraph(facts: tuple[Fact, ...]) -> str:
    """Everything in the order in which it is told."""
    told: list[str] = []
    under_way = [fact.sentence() for fact in facts if isinstance(fact, HeldBack)]
    for fact in facts:
        if isinstance(fact, ReadMissed):
            told.append(
                f"{describe(fact.read)} began later, at {milliseconds(fact.read.start_us)}, and returned the context "
                f"{vector_text(fact.read.seen)}, which does not cover it"
            )
        elif not isinstance(fact, HeldBack):
            told.append(fact.sentence())
    if under_way:
        told.append(f"meanwhile: {'; '.join(under_way)}")
    return sentences(told)


def headline(missed: ReadMissed) -> str:
    """One sentence."""
    text = (
        f"{describe(missed.read)}, begun at {milliseconds(missed.read.start_us)}, missed "
        f"{describe(missed.write)}, acknowledged at {milliseconds(missed.write.end_us or 0)}."
    )
    return capital(text)
