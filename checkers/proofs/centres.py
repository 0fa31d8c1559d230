"""A configuration by data centres and consistency levels: named replicas, coordinators in one centre or in two."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from checkers.proofs.datacentres import room
from checkers.proofs.judgement import Judgement
from checkers.proofs.lemma import Lemma
from checkers.proofs.levels import READ_LEVELS, WRITE_LEVELS, Layout, Need, can_be_met, meets, need, rooms
from checkers.proofs.solving import Outcome, Solvers
from checkers.proofs.terms import Comparison, holds, value

REASONS_SHOWN = 4


@dataclass(frozen=True)
class Centres:
    """Checked where it was read: every factor is 1 or more, both levels exist and can be met."""

    replicas: dict[str, int]
    """Data centre -> replication factor."""
    write: str
    read: str
    coordinators: Literal["any", "same"] = "any"
    """Which pairs of coordinators the verdict rests on."""


def judged(centres: Centres, solvers: Solvers) -> tuple[Judgement, ...]:
    """The claim for coordinators in one data centre, and for coordinators in two."""
    names = tuple(centres.replicas)
    same = [(name, name) for name in names]
    other = [(writer, reader) for writer in names for reader in names if writer != reader]
    found = [_judged(centres, "coordinators in one data centre", same, True, solvers)]
    if other:
        decides = centres.coordinators == "any"
        found.append(_judged(centres, "coordinators in two data centres", other, decides, solvers))
    return tuple(found)


def possible(replicas: dict[str, int], level: str, coordinator: str) -> bool:
    """Whether there are as many replicas as the level asks for."""
    layout = Layout(tuple(replicas))
    return holds(can_be_met(need(level, layout, coordinator), layout), layout.values(replicas))


def _judged(centres: Centres, note: str, pairs: list[tuple[str, str]], decides: bool, solvers: Solvers) -> Judgement:
    """The first pair of coordinators whose reads can miss stands for all; only different questions are asked."""
    layout = Layout(tuple(centres.replicas))
    values = layout.values(centres.replicas)
    lemma = room(layout.names)
    name, claim = (
        f"reads-meet-writes ({note})",
        f"a read at {centres.read} meets every write at {centres.write}, {note}",
    )
    asked: dict[tuple[tuple[str, int], ...], Outcome] = {}
    words: list[str] = []
    for writer, reader in pairs:
        acks, replies = need(centres.write, layout, writer), need(centres.read, layout, reader)
        numbers = _numbers(layout, values, acks, replies)
        key = tuple(sorted(numbers.items()))
        if key not in asked:
            asked[key] = solvers.ask(lemma.question(numbers))
            words.append(_reason(rooms(acks, replies, layout), values))
        outcome = asked[key]
        if outcome.result in ("proved", "refuted"):
            agrees = holds(meets(acks, replies, layout), values) == (outcome.result == "proved")
            assert agrees, f"{claim}: the condition and the solver differ"
        if outcome.result != "proved":
            return _failed(name, claim, lemma, outcome, numbers, (writer, reader), centres, decides)
    return Judgement(
        name=name,
        claim=claim,
        result="proved",
        because=_some_of(list(dict.fromkeys(words))),
        decides=decides,
        assumes=lemma.assumes,
        core=next(iter(asked.values())).answers[0].core,
        outcomes=tuple(asked.values()),
    )


def _reason(alternatives: tuple[tuple[str, Comparison], ...], values: dict[str, int]) -> str:
    """The first alternative that is true, with its numbers."""
    for words, formula in alternatives:
        if holds(formula, values):
            return f"{words}: {value(formula.left, values)} > {value(formula.right, values)}"
    return ""


def _some_of(reasons: list[str]) -> str:
    more = len(reasons) - REASONS_SHOWN
    return "; ".join(reasons[:REASONS_SHOWN]) + (f"; and {more} more like it" if more > 0 else "")


def _failed(
    name: str,
    claim: str,
    lemma: Lemma,
    outcome: Outcome,
    numbers: dict[str, int],
    pair: tuple[str, str],
    centres: Centres,
    decides: bool,
) -> Judgement:
    writer, reader = pair
    because, nodes = outcome.reason, None
    ways: tuple[str, ...] = ()
    if outcome.result == "refuted":
        found = lemma.counterexample(_apart(lemma, numbers, tuple(centres.replicas)))
        where = f"written through {writer}, read through {reader}: "
        because, nodes, ways = where + found.sentence, found.nodes, _weakest(centres, pair)
    return Judgement(
        name=name,
        claim=claim,
        result=outcome.result,
        because=because,
        decides=decides,
        nodes=nodes,
        repairs=ways,
        assumes=lemma.assumes,
        outcomes=(outcome,),
    )


def _apart(lemma: Lemma, numbers: dict[str, int], names: tuple[str, ...]) -> dict[str, int]:
    """Sizes of regions that keep the two sets apart, each as small as its level allows: what a level wants beyond the
    data centres' own numbers comes from the first that have room. The lemma's own formulas check it."""
    acks = {name: numbers[f"w.{name}"] for name in names}
    replies = {name: numbers[f"r.{name}"] for name in names}
    for chosen, in_all in ((acks, numbers["w.all"]), (replies, numbers["r.all"])):
        for name in names:
            free = numbers[f"rf.{name}"] - acks[name] - replies[name]
            chosen[name] += max(0, min(free, in_all - sum(chosen.values())))
    model = dict(numbers)
    for name in names:
        left = numbers[f"rf.{name}"] - acks[name] - replies[name]
        model |= {f"in.{name}.write.read": 0, f"in.{name}.write": acks[name]}
        model |= {f"in.{name}.read": replies[name], f"in.{name}": left}
    broken = (*lemma.domain, *lemma.scene, lemma.failure)
    assert all(holds(named.formula, model) for named in broken), "the solver found room, so there is"
    return model


def _weakest(centres: Centres, pair: tuple[str, str]) -> tuple[str, ...]:
    """The weakest other read level, and the weakest other write level, that would do for every pair of its kind."""
    together = pair[0] == pair[1]
    names = tuple(centres.replicas)
    pairs = [(a, b) for a in names for b in names if (a == b) == together]
    found = []
    read = _first(READ_LEVELS, lambda level: all(_meets(centres, centres.write, level, one) for one in pairs))
    if read is not None:
        found.append(f"read at {read}")
    write = _first(WRITE_LEVELS, lambda level: all(_meets(centres, level, centres.read, one) for one in pairs))
    if write is not None:
        found.append(f"write at {write}")
    return tuple(found)


def _first(levels: tuple[str, ...], good: Callable[[str], bool]) -> str | None:
    return next((level for level in levels if good(level)), None)


def _meets(centres: Centres, write: str, read: str, pair: tuple[str, str]) -> bool:
    layout = Layout(tuple(centres.replicas))
    values = layout.values(centres.replicas)
    acks, replies = need(write, layout, pair[0]), need(read, layout, pair[1])
    fits = all(holds(can_be_met(wanted, layout), values) for wanted in (acks, replies))
    return fits and holds(meets(acks, replies, layout), values)


def _numbers(layout: Layout, values: dict[str, int], acks: Need, replies: Need) -> dict[str, int]:
    """The parameters of `room`."""
    found = {"w.all": value(acks.in_all, values), "r.all": value(replies.in_all, values)}
    for name in layout.names:
        found[f"rf.{name}"] = values[f"rf.{name}"]
        found[f"w.{name}"] = value(acks.each[name], values)
        found[f"r.{name}"] = value(replies.each[name], values)
    return found
