"""What single nodes did to bring a counterexample about, where it is neither a lost put nor a stale read: names given
twice, versions that stand or come back, gets that hide, replicas that stay apart."""

from collections.abc import Iterator, Mapping
from typing import Literal

from checkers.facts import (
    Fact,
    Failed,
    Hid,
    HintLeft,
    Holds,
    NeverPut,
    Overwrote,
    OwnersAre,
    Returned,
    SeenBefore,
    Standing,
    Twice,
    WentBack,
)
from checkers.verdict import Counterexample
from histories.operation import Dot, Operation
from histories.text import to_bytes
from kept.lab.copyfacts import Crashed, Forgot, LastWrote, NamedAt, NeverWrote, Replied, StillHeld
from kept.lab.facts import CameBack, sentences
from kept.lab.watching import Changed, KeyWatch

Puts = Mapping[str, Operation]
"""Request -> the put or delete that it was."""
SHOWN = 6
"""Of each kind of fact."""


def facts_of(found: Counterexample, key: str, watch: KeyWatch, operations: Puts) -> tuple[Fact, ...]:
    """What the watch tells beyond the counterexample's own facts, in the order in which it happened."""
    told: list[Fact] = []
    for fact in found.facts:
        told += [one for one in _of(fact, key, watch, operations) if one not in told]
    return tuple(sorted(told, key=lambda one: getattr(one, "at_us", 0)))


def paragraph(found: Counterexample, facts: tuple[Fact, ...], unrest: str) -> str:
    """The judge's sentence, and then what the nodes did."""
    told = [fact.sentence() for fact in facts]
    if unrest:
        told.append(f"when the time was up, {unrest}")
    return f"{found.sentence} {sentences(told)}".rstrip()


def _of(fact: Fact, key: str, watch: KeyWatch, operations: Puts) -> Iterator[Fact]:
    match fact:
        case Twice() | SeenBefore():
            yield from _names(watch, operations)
        case Overwrote():
            yield _still_held(fact.by, fact.dot, key, watch)
            yield from _forgot(fact.by, fact.dot, key, watch)
        case Failed():
            yield from _named(fact.op, watch, operations)
        case Returned():
            yield from _came_back(fact.dot, fact.value, key, watch, fact.read.end_us)
        case Standing() | NeverPut():
            yield from _came_back(fact.dot, fact.value, key, watch)
        case Hid() | WentBack():
            yield from _replied(fact, watch)
        case Holds() | HintLeft():
            yield from _last_wrote((fact.node,), key, watch)
        case OwnersAre():
            yield from _last_wrote(fact.owners, key, watch)


# Names


def _names(watch: KeyWatch, operations: Puts) -> Iterator[Fact]:
    """Dots that were given more than once, and requests that got more than one; with what happened in between."""
    by_dot: dict[Dot, list[int]] = {}
    by_request: dict[str, list[int]] = {}
    for place, made in enumerate(watch.namings):
        by_dot.setdefault(made.dot, []).append(place)
        by_request.setdefault(made.request, []).append(place)
    several = [places for places in (*by_dot.values(), *by_request.values()) if len(places) > 1]
    for places in several[:1]:
        first, second = (watch.namings[place] for place in places[:2])
        yield NamedAt(first.node, first.dot, operations.get(first.request), first.at_us)
        yield from _crashes(second.node, first.at_us, second.at_us, watch)
        yield from _forgotten(first.node, first.dot, first.at_us, second.at_us, watch)
        yield NamedAt(second.node, second.dot, operations.get(second.request), second.at_us)


def _named(put: Operation, watch: KeyWatch, operations: Puts) -> Iterator[Fact]:
    for made in watch.namings:
        if made.request == put.request:
            yield NamedAt(made.node, made.dot, operations.get(made.request), made.at_us)


def _crashes(node: str, from_us: int, to_us: int, watch: KeyWatch) -> Iterator[Fact]:
    crashes = [one for one in watch.events if one.name == "crashed" and one.fields["node"] == node]
    for event in [one for one in crashes if from_us <= one.at_us <= to_us][-SHOWN:]:
        yield Crashed(node, event.at_us, event.fields.get("lost_batches", 0))


def _forgotten(node: str, dot: Dot, from_us: int, to_us: int, watch: KeyWatch) -> Iterator[Fact]:
    """Records that the node dropped whole in that time, though they had seen the dot."""
    for change in watch.changes:
        if change.place[0] == node and from_us <= change.at_us <= to_us and _drops(change, dot):
            yield Forgot(change.place, dot, change.at_us)


def _drops(change: Changed, dot: Dot) -> bool:
    """Whether a record that had seen the dot, and did not hold it, is gone with all that it knew."""
    knew = change.before.context.get(dot[0], 0) >= dot[1]
    held = any(version.dot == dot for version in change.before.versions)
    return knew and not held and not change.after.versions and not change.after.context


# Versions that stand


def _still_held(by: Operation, dot: Dot, key: str, watch: KeyWatch) -> StillHeld:
    at_us = by.end_us if by.end_us is not None else by.start_us
    holds = {
        change.place: any(version.dot == dot for version in change.after.versions)
        for change in watch.changes
        if change.key == to_bytes(key) and change.at_us <= at_us
    }
    return StillHeld(dot, tuple(sorted(place for place, held in holds.items() if held)), at_us)


def _forgot(by: Operation, dot: Dot, key: str, watch: KeyWatch) -> Iterator[Fact]:
    after = [change for change in watch.changes if change.key == to_bytes(key) and change.at_us >= by.start_us]
    for change in [one for one in after if _drops(one, dot)][:SHOWN]:
        yield Forgot(change.place, dot, change.at_us)


def _came_back(dot: Dot, value: str, key: str, watch: KeyWatch, until_us: int | None = None) -> Iterator[Fact]:
    """Where the version was taken up last (before it was returned), and who had sent it."""
    taken = [
        change
        for change in watch.changes
        if change.key == to_bytes(key)
        and (until_us is None or change.at_us <= until_us)
        and any(version.dot == dot for version in change.after.versions)
        and not any(version.dot == dot for version in change.before.versions)
    ]
    if taken:
        last = taken[-1]
        yield CameBack(last.place, dot, value, last.at_us, _sender(last, dot, watch))


def _sender(change: Changed, dot: Dot | None, watch: KeyWatch) -> str:
    """Who sent the node the key last before it wrote; with this version, where one is given."""
    senders = [
        message.sender
        for message in watch.messages
        if message.to == change.place[0]
        and message.at_us <= change.at_us
        and message.key == change.key
        and message.state is not None
        and (dot is None or any(version.dot == dot for version in message.state.versions))
    ]
    return senders[-1] if senders else ""


# Gets that hide, replicas that stay apart


def _replied(hid: Hid | WentBack, watch: KeyWatch) -> Iterator[Fact]:
    answer = watch.answers.get(hid.read.request)
    if answer is None:
        return
    for node, state in sorted(answer.replies.items()):
        how: Literal["held", "replaced", "unknown"] = "unknown"
        if any(version.dot == hid.dot for version in state.versions):
            how = "held"
        elif state.context.get(hid.dot[0], 0) >= hid.dot[1]:
            how = "replaced"
        yield Replied(answer.coordinator, node, hid.dot, how)


def _last_wrote(nodes: tuple[str, ...], key: str, watch: KeyWatch) -> Iterator[Fact]:
    for node in nodes:
        changes = [
            change
            for change in watch.changes
            if change.key == to_bytes(key) and change.place[0] == node and change.before != change.after
        ]
        if changes:
            yield LastWrote(changes[-1].place, changes[-1].at_us, _sender(changes[-1], None, watch))
        else:
            yield NeverWrote(node)
