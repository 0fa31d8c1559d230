"""What each guard of the abstract store is for: every one is taken away, alone.

`golden/guards.json` says of each that it is *needed* (with a run of the store without it that breaks a promise), *not
needed* for the promises (the invariants are inductive without it, or those of `STRONGER` are), or *argued*: the
induction fails without it, no run was found, and `docs/protocol-proof.md` says why there is none.
"""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from checkers.proofs.protocol.asking import Outcome, ask
from checkers.proofs.protocol.obligations import groups, step
from checkers.proofs.protocol.runs import denied, replay
from model.abstract.instance import instance
from model.abstract.interpreter import Step
from model.abstract.logic import Or, every, some
from model.abstract.protocol import Named, always
from model.abstract.store import STORE
from model.abstract.vocabulary import (
    acked,
    alive,
    asks,
    begun,
    delete,
    fin,
    flip,
    ggone,
    got,
    home,
    i,
    in_read,
    j,
    kfin,
    kflip,
    must,
    needs,
    out,
    p,
    promised,
    r,
    reads_of,
    reaped,
    resp,
    sgone,
    v,
    w,
    x,
)

KNOWN: dict[str, dict[str, Any]] = json.loads((Path(__file__).parent / "golden" / "guards.json").read_text())
GUARDS = [f"{action.name} / {guard.name}" for action in STORE.actions for guard in action.guards]


def test_every_guard_is_judged():
    assert list(KNOWN) == GUARDS
    verdicts = [judged["verdict"] for judged in KNOWN.values()]
    assert {verdict: verdicts.count(verdict) for verdict in verdicts} == {
        "not needed": 19,
        "needed": 49,
        "not needed: a stronger invariant": 4,
        "argued": 6,
    }


@pytest.mark.parametrize("name", [name for name in GUARDS if KNOWN[name]["verdict"] == "needed"])
def test_without_a_guard_that_is_needed_a_run_breaks_a_promise(name):
    action, guard = name.split(" / ")
    judged = KNOWN[name]
    steps = tuple(Step(taken, tuple(args)) for taken, args in judged["run"])
    broken = denied(STORE.invariant(judged["breaks"]))
    assert replay(STORE.without_guard(action, guard), instance(**judged["on"]), steps, broken).steps == steps


ALL_REPLIED = begun(r) & asks(r, j) & reads_of(p, j) & every(i, holds=in_read(p, i) >> resp(r, i))
STRONGER: dict[str, tuple[Named, ...]] = {
    "complete / home": (
        always("promises are answers", promised(i, w) >> (home(w) & out(w)), "nobody acknowledges a fallback's write"),
        Named(
            "needs some list",
            every(w, holds=(alive(w) & ~acked(w)) >> some(j, holds=needs(w, j))),
            "a write that is under way needs some list",
        ),
    ),
    "finish_read / waiting": (
        always(
            "answerable", (ALL_REPLIED & must(r, w)) >> (got(r, w) | reaped(w)), "R replies are enough, then or later"
        ),
        always(
            "answerable deletes",
            (ALL_REPLIED & must(r, v) & sgone(v, x) & ~delete(x) & got(r, x)) >> ggone(r, x),
            "and they know what is gone",
        ),
    ),
    "learn_prepare / phase": (
        always("knowledge", (kflip(i) >> flip()) & (kfin(i) >> fin()), "of a change to come everybody may know before"),
    ),
    "decide / open": tuple(
        Named(named.name, Or(named.formula.parts[1:]), f"{named.sentence}, whether a vote is open or not")
        for named in STORE.invariants
        if named.name.startswith("clean or spoiled") and isinstance(named.formula, Or)
    ),
}
"""Guard -> invariants in the place of those of the same name, and beside the others, which hold without the guard."""
WEAKER = ("learn_prepare / phase",)
"""Where one of them says less than the one in whose place it is, so that everything has to be shown anew."""


@pytest.mark.parametrize("name", STRONGER)
def test_without_a_guard_stronger_invariants_still_prove_every_promise(name):
    assert KNOWN[name]["verdict"] == "not needed: a stronger invariant"
    action, guard = name.split(" / ")
    others = {named.name: named for named in STRONGER[name]}
    kept = [others.pop(named.name, named) for named in STORE.invariants]
    protocol = replace(STORE.without_guard(action, guard), invariants=(*kept, *others.values()))
    outcomes: list[Outcome] = []
    for group in groups(protocol):
        # What was proved of another action from weaker assumptions is proved from stronger ones.
        every_claim = name in WEAKER or group.name == action
        changed = {named.name for named in STRONGER[name]}
        claims = tuple(claim for claim in group.claims if every_claim or claim.name in changed)
        outcomes += ask(group._replace(claims=claims), ["z3"], 10_000)
    assert [outcome.name for outcome in outcomes if outcome.result != "proved"] == []
    assert set(STORE.properties) <= {named.name for named in protocol.invariants}
    sound = {named.name: named for named in STORE.invariants}
    assert all(named == sound[named.name] for named in protocol.invariants if named.name in STORE.properties)


def test_the_document_argues_about_every_guard_that_is_neither_needed_nor_proved_away():
    page = (Path(__file__).parents[4] / "docs" / "protocol-proof.md").read_text(encoding="utf-8")
    for name, judged in KNOWN.items():
        if judged["verdict"] in ("argued", "not needed: a stronger invariant"):
            assert f"* `{name}`: " in page, name


@pytest.mark.parametrize("name", [name for name in GUARDS if KNOWN[name]["verdict"] != "needed"])
def test_without_a_guard_the_induction_holds_or_fails_as_stated(name):
    action, guard = name.split(" / ")
    mutant = STORE.without_guard(action, guard)
    results = {outcome.result for outcome in ask(step(mutant, mutant.action(action)), ["z3"], 10_000)}
    assert results == {"proved"} if KNOWN[name]["verdict"] == "not needed" else results == {"proved", "refuted"}
