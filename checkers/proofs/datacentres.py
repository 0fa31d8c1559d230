"""Whether a read meets every write when levels count replicas by data centre: one configuration, or all of them.

`room` is the one lemma behind it, for any numbers that levels may ask for: two sets of replicas with a least number
per data centre and in all can avoid each other exactly where each data centre has room for both its numbers and the
whole has room for both totals. The table then judges each pair of levels with the replication factors left open.

Two or three data centres stand for any number: the writer's, the reader's where it is another, and one for all others
together. Splitting the others takes nothing away: quorums of the parts are at least a quorum of the whole (`merging`).
"""

from typing import Literal, NamedTuple

from checkers.proofs.lemma import Lemma, Parameter
from checkers.proofs.levels import READ_LEVELS, WRITE_LEVELS, Layout, can_be_met, in_words, meets, need
from checkers.proofs.smallest import smallest
from checkers.proofs.solving import Solvers
from checkers.proofs.terms import Formula, Named, Problem, Term, equal, greatest, least, negation, some, total, var
from checkers.proofs.venn import Venn

LOCAL, REMOTE, REST = "local", "remote", "rest"
SAME, OTHER = Layout((LOCAL, REST)), Layout((LOCAL, REMOTE, REST))


class Cell(NamedTuple):
    """One pair of levels, judged for all replication factors at once."""

    write: str
    read: str
    same: bool
    """Whether the coordinators of write and read sit in one data centre."""
    answer: Literal["always", "never", "sometimes", "unknown", "disagreement"]
    condition: str
    """Exactly when reads meet writes, in words."""
    fails: dict[str, int]
    """The smallest replication factors with which a read can miss a write; empty for `always`."""
    reason: str
    """Of `unknown` and `disagreement`."""


def room(names: tuple[str, ...]) -> Lemma:
    """The lemma behind every cell, with symbols for whatever a level may ask for."""
    venn = Venn.parted(names, ("write", "read"))
    symbols, domain, setting = [], [], []
    crowded: list[Formula] = []
    for name in names:
        replicas, acks, replies = var(f"rf.{name}"), var(f"w.{name}"), var(f"r.{name}")
        symbols += [
            Parameter(f"rf.{name}", f"replicas in {name}"),
            Parameter(f"w.{name}", f"acknowledgements wanted of {name}"),
            Parameter(f"r.{name}", f"replies wanted of {name}"),
        ]
        for text, wanted in (("acknowledgements", acks), ("replies", replies)):
            domain += [
                Named(f"no negative {text} of {name}", wanted >= 0),
                Named(f"no more {text} than replicas in {name}", wanted <= replicas),
            ]
        setting += [
            Named(f"replicas of {name}", equal(venn.size(name), replicas)),
            Named(f"acknowledgements of {name}", venn.size("write", name) >= acks),
            Named(f"replies of {name}", venn.size("read", name) >= replies),
        ]
        crowded.append(acks + replies > replicas)
    totals = []
    for set_name, letter in (("write", "w"), ("read", "r")):
        in_all = var(f"{letter}.all")
        symbols.append(Parameter(f"{letter}.all", f"nodes wanted in all ({set_name})"))
        domain.append(Named(f"{set_name}: no more than there are", in_all <= venn_total(names)))
        setting.append(Named(f"{set_name}: enough in all", venn.size(set_name) >= in_all))
        totals.append(greatest(in_all, total(var(f"{letter}.{name}") for name in names)))
    return Lemma(
        name=f"room-in-{len(names)}-data-centres",
        claim="a read meets every write, whatever their levels ask of each data centre and of all",
        parameters=tuple(symbols),
        venn=venn,
        domain=tuple(domain),
        setting=tuple(setting),
        failure=Named("none in both", equal(venn.size("write", "read"), 0)),
        condition=some(*crowded, totals[0] + totals[1] > venn_total(names)),
        story="the write is acknowledged by {write}; the read hears {read}: no replica is in both",
        assumes=("hints count for ANY alone", "every acknowledgement is durable"),
        prefix=lambda region: next(f"{name}-" for name in names if region.is_in(name)),
    )


def venn_total(names: tuple[str, ...]) -> Term:
    return total(var(f"rf.{name}") for name in names)


def merging() -> Problem:
    """Quorums of two data centres are together at least a quorum of both in one."""
    layout = Layout(("a", "b"))
    halves = tuple(Named(name, formula) for name, formula in layout.halves())
    apart = total(least(layout.half(name) + 1, layout.replicas(name)) for name in layout.names)
    merged = least(layout.half_of_all + 1, layout.all_replicas)
    counts = tuple(Named(f"replicas of {name}", layout.replicas(name) >= 0) for name in layout.names)
    about = "quorums of the parts are at least a quorum of the whole"
    return Problem("merging", about, (*counts, *halves, Named("less", apart < merged)), "unsat")


def table(solvers: Solvers) -> tuple[Cell, ...]:
    """Every pair of levels, coordinators in one data centre and in two."""
    return tuple(
        cell(write, read, same, solvers) for same in (True, False) for write in WRITE_LEVELS for read in READ_LEVELS
    )


def cell(write: str, read: str, same: bool, solvers: Solvers) -> Cell:
    """Judge one pair of levels for all replication factors."""
    layout = SAME if same else OTHER
    acks = need(write, layout, LOCAL)
    replies = need(read, layout, LOCAL if same else REMOTE)
    condition, words = meets(acks, replies, layout), in_words(acks, replies, layout)
    domain = (
        *(Named(f"replicas in {name}", layout.replicas(name) >= (0 if name == REST else 1)) for name in layout.names),
        *(Named(name, formula) for name, formula in layout.halves()),
        Named("the write level can be met", can_be_met(acks, layout)),
        Named("the read level can be met", can_be_met(replies, layout)),
    )
    name = f"{write}-{read}-{'same' if same else 'other'}"
    misses = Problem(
        f"{name}.misses", "a read can miss a write", (*domain, Named("room for both", negation(condition))), "unsat"
    )
    never = Problem(
        f"{name}.meets", "some factors make reads meet writes", (*domain, Named("no room", condition)), "unsat"
    )
    always, none = solvers.ask(misses), solvers.ask(never)
    dispute = next((outcome for outcome in (always, none) if outcome.result in ("unknown", "disagreement")), None)
    if dispute is not None:
        kind: Literal["unknown", "disagreement"] = "unknown" if dispute.result == "unknown" else "disagreement"
        return Cell(write, read, same, kind, words, {}, dispute.reason)
    if always.result == "proved":
        return Cell(write, read, same, "always", words, {}, "")
    factors = tuple(layout.replicas(centre) for centre in layout.names)
    model = smallest(misses, (layout.all_replicas,), factors, solvers.timeout_ms)
    fails = {} if model is None else {centre: model[f"rf.{centre}"] for centre in layout.names}
    return Cell(write, read, same, "never" if none.result == "proved" else "sometimes", words, fails, "")
