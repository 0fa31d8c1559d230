"""A configuration by numbers (N, R, W and what else is known), and the questions that it raises."""

from dataclasses import dataclass, replace
from itertools import product
from typing import Literal

from checkers.proofs.judgement import Judgement, Question, judge
from checkers.proofs.odds import miss
from checkers.proofs.solving import Solvers
from checkers.proofs.table import LEMMAS
from checkers.proofs.terms import holds

Counting = Literal["one-list", "per-list", "union", "union-plus"]
RING_LEMMAS: dict[Counting, str] = {
    "one-list": "lists-differ",
    "per-list": "pending-per-list",
    "union": "pending-union",
    "union-plus": "pending-plus",
}
"""How acknowledgements are counted while the ring changes."""


@dataclass(frozen=True)
class Counts:
    """Numbers that were checked where they were read: 1 <= R, W <= N, and so on."""

    n: int
    reads: tuple[int, ...]
    """R of every class of gets in use at once; one where all are alike."""
    writes: tuple[int, ...]
    pr: int = 0
    pw: int = 0
    sloppy: bool = False
    nodes: int | None = None
    """All nodes; None: as many as it takes."""
    hinted_writes: int | None = None
    """Acknowledgements that may come from fallbacks; None: all that PW leaves."""
    hinted_reads: int | None = None
    undelivered: int | None = None
    lose_disks: int | None = None
    restarts: int | None = None
    synced: int | None = None
    """Acknowledgements of the W that waited for the disk; None: all, or with `restarts` none."""
    replace: int | None = None
    lose_machines: int | None = None
    per_machine: int = 1
    ring_change: int | None = None
    counting: Counting = "one-list"
    blocking_repair: bool = False
    """Whether a get returns only what so many replicas hold that no later get can miss it."""


def questions(counts: Counts) -> tuple[Question, ...]:
    """Everything that is asked of a configuration, what decides first."""
    found: list[Question] = []
    several = len(counts.reads) * len(counts.writes) > 1
    for r, w in product(counts.reads, counts.writes):
        note = f"R={r}, W={w}" if several else ""
        found += [_overlap(counts, r, w, note), *_afterwards(counts, r, w, note)]
    least = min(counts.writes)
    found += _survival(counts, least)
    found += _beside(counts, min(counts.reads), least)
    return tuple(found)


def _beside(counts: Counts, r: int, w: int) -> list[Question]:
    """What is told though nobody asked: whether two puts meet, and whether gets go backwards."""
    base = {"N": counts.n, "R": r, "W": w}
    if counts.sloppy:
        overlap = _overlap(counts, r, w, "").values
        fallbacks = overlap["h"] if "h" in overlap else min(w - counts.pw, overlap["S"] - counts.n)
        sloppy = {"N": counts.n, "W": w, "S": overlap["S"], "h": fallbacks}
        found = [Question(LEMMAS["sloppy-writes-meet-writes"], sloppy, ("W",), decides=False)]
        if counts.blocking_repair and counts.pr:  # fallbacks reply too: only PR of the replies are sure to be owners'
            owners = {**base, "R": counts.pr, "B": _holders(counts, r, w)}
            found.append(Question(LEMMAS["monotone-reads"], owners, ("R",), decides=False))
        return found
    back = _holders(counts, r, w)
    return [
        Question(LEMMAS["writes-meet-writes"], base, ("W",), decides=False),
        Question(LEMMAS["monotone-reads"], {**base, "B": back}, ("R", "B"), decides=False),
    ]


def _holders(counts: Counts, r: int, w: int) -> int:
    """How many owners hold what a get returns, before it does."""
    return max(counts.n - r + 1, w) if counts.blocking_repair else 1


def holding(counts: Counts) -> frozenset[str]:
    """The lemmas that the configuration raises and whose proved conditions its numbers meet, all of them. No solver is
    asked: `judge` holds every answer of a solver against these very conditions."""
    asked = questions(counts)
    failing = {question.lemma.name for question in asked if not holds(question.lemma.condition, question.values)}
    return frozenset(question.lemma.name for question in asked) - failing


def judged(counts: Counts, solvers: Solvers) -> tuple[Judgement, ...]:
    """Every question answered, with the odds of a miss where a strict read can miss."""
    found = []
    for question in questions(counts):
        judgement = judge(question, solvers)
        if judgement.result == "refuted" and question.lemma.name == "reads-meet-writes":
            odds = miss(counts.n, question.values["R"], question.values["W"])
            judgement = replace(judgement, odds=odds)
        if judgement.result == "refuted":
            judgement = replace(judgement, repairs=judgement.repairs + _designs(question, solvers))
        found.append(judgement)
    return tuple(found)


def _overlap(counts: Counts, r: int, w: int, note: str) -> Question:
    """The lemma for this kind of quorum."""
    values = {"N": counts.n, "R": r, "W": w}
    if not counts.sloppy:
        return Question(LEMMAS["reads-meet-writes"], values, ("R", "W"), note=note)
    nodes = counts.n + r + w if counts.nodes is None else counts.nodes
    values["S"] = nodes
    if (counts.pr or counts.pw) and counts.hinted_writes is None and counts.hinted_reads is None:
        values |= {"PR": counts.pr, "PW": counts.pw}
        return Question(LEMMAS["primaries-that-answered"], values, ("PR", "PW"), note=note)
    spare = nodes - counts.n
    values["h"] = _at_most(counts.hinted_writes, spare, w - counts.pw)
    values["g"] = _at_most(counts.hinted_reads, spare, r - counts.pr)
    return Question(LEMMAS["sloppy-reads-meet-writes"], values, ("R", "W"), note=note)


def _at_most(given: int | None, *limits: int) -> int:
    return min((given, *limits) if given is not None else limits)


def _afterwards(counts: Counts, r: int, w: int, note: str) -> list[Question]:
    """What a get sees with hints under way, after replicas were replaced, and while the ring changes."""
    base = {"N": counts.n, "R": r, "W": w}
    found = []
    if counts.undelivered is not None:
        found.append(Question(LEMMAS["hints-undelivered"], {**base, "u": counts.undelivered}, ("R", "W"), note=note))
    if counts.replace is not None:
        found.append(Question(LEMMAS["replaced-by-empty"], {**base, "f": counts.replace}, ("R", "W"), note=note))
    if counts.ring_change is not None:
        lemma = LEMMAS[RING_LEMMAS[counts.counting]]
        symbol = "d" if "d" in lemma.symbols else "p"
        found.append(Question(lemma, {**base, symbol: counts.ring_change}, ("R", "W"), note=note))
    return found


def _survival(counts: Counts, w: int) -> list[Question]:
    base = {"N": counts.n, "W": w}
    found = []
    if counts.restarts is not None or counts.synced is not None:
        synced = min(w, 0 if counts.synced is None else counts.synced)
        values = {**base, "f": counts.lose_disks or 0, "k": counts.restarts or 0, "s": synced}
        found.append(Question(LEMMAS["survives-restarts"], values, ("W", "s")))
    elif counts.lose_disks is not None:
        found.append(Question(LEMMAS["survives-disks"], {**base, "f": counts.lose_disks}, ("W",)))
    else:
        losses = ({**base, "f": lost} for lost in (w - 1, w))
        found += [Question(LEMMAS["survives-disks"], values, ("W",), decides=False) for values in losses]
    if counts.lose_machines is not None:
        values = {**base, "m*f": counts.per_machine * counts.lose_machines}
        found.append(Question(LEMMAS["survives-machines"], values, ("W",)))
    return found


def _designs(question: Question, solvers: Solvers) -> tuple[str, ...]:
    """Changes of the design, not of a number, that were proved to help."""
    name, values = question.lemma.name, question.values
    wanted: list[tuple[str, Question]] = []
    base = {symbol: values[symbol] for symbol in ("N", "R", "W") if symbol in values}
    if name in ("sloppy-reads-meet-writes", "primaries-that-answered"):
        wanted.append(("a strict quorum", Question(LEMMAS["reads-meet-writes"], base)))
        primary = {**base, "S": values["S"], "PR": values["R"], "PW": values["W"]}
        text = f"PR={values['R']} and PW={values['W']}"
        if name == "sloppy-reads-meet-writes":
            wanted.append((text, Question(LEMMAS["primaries-that-answered"], primary)))
    if name in ("lists-differ", "pending-union"):
        pending = {**base, "p": values["d"] if "d" in values else values["p"]}
        text = "W acknowledgements of each of the two lists"
        wanted.append((text, Question(LEMMAS["pending-per-list"], pending)))
    return tuple(text for text, other in wanted if solvers.ask(other.lemma.question(other.values)).result == "proved")
