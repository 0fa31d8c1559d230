"""kept.staged.counting: the refutations of small configurations, each as a run that breaks the claim."""

from collections import Counter
from itertools import product
from typing import Any

import pytest

from checkers.proofs.counts import Counts, questions
from checkers.proofs.judgement import counterexample
from checkers.proofs.solving import Solvers
from kept.staged.counterparts import stage
from kept.staged.scene import NotStaged, Scene

ASKED = Solvers()


def scenes(**fields: Any) -> list[Scene]:
    """The counterexample of every question that is refuted."""
    found = []
    for question in questions(Counts(**fields)):
        outcome = ASKED.ask(question.lemma.question(question.values))
        if outcome.result == "refuted":
            nodes = counterexample(question.lemma, outcome, ASKED).nodes
            found.append(Scene(question.lemma.name, dict(question.values), nodes))
    return found


def verdict(scene: Scene) -> str:
    try:
        staged = stage(scene)
    except NotStaged:
        return "none"
    return "violated" if staged.claim in staged.direction.run().violated else "held"


CASES: dict[str, list[dict[str, Any]]] = {
    "strict": [
        {"n": n, "reads": (r,), "writes": (w,)} for n in (1, 2, 3) for r, w in product(range(1, n + 1), repeat=2)
    ],
    "sloppy": [
        {"n": 2, "reads": (r,), "writes": (w,), "pr": pr, "pw": pw, "sloppy": True, "nodes": nodes}
        for r, w, nodes in product((1, 2), (1, 2), (3, 4))
        for pr, pw in ((0, 0), (1, 1), (r, 0))
    ],
    "hints": [
        {"n": 3, "reads": (r,), "writes": (w,), "undelivered": u} for r, w, u in ((2, 2, 1), (1, 3, 2), (3, 3, 3))
    ],
    "disks": [
        {"n": 3, "reads": (2,), "writes": (w,), "lose_disks": f, "restarts": k, "synced": s}
        for w, f, k, s in ((2, 0, 2, 0), (2, 1, 1, 1), (3, 1, 2, 1), (3, 2, 1, 2))
    ],
    "replaced": [
        {"n": n, "reads": (r,), "writes": (w,), "replace": f}
        for n, r, w, f in ((3, 2, 2, 1), (3, 3, 1, 1), (4, 2, 3, 2))
    ],
    "machines": [{"n": 3, "reads": (2,), "writes": (2,), "lose_machines": 2}],
    "blocking": [
        {"n": n, "reads": (r,), "writes": (w,), "pr": pr, "sloppy": True, "nodes": n + 3, "blocking_repair": True}
        for n, r, w, pr in ((3, 2, 2, 1), (4, 3, 1, 2))
    ],
}


@pytest.mark.parametrize("name", CASES)
def test_every_counterexample_that_has_a_counterpart_breaks_its_claim_in_the_real_store(name: str) -> None:
    found: dict[tuple[str, str], str] = {}
    for fields in CASES[name]:
        for scene in scenes(**fields):
            found.setdefault((scene.lemma, str(sorted(scene.values.items()))), "")
            if not found[scene.lemma, str(sorted(scene.values.items()))]:
                found[scene.lemma, str(sorted(scene.values.items()))] = verdict(scene)
    tally = Counter((lemma, result) for (lemma, _), result in found.items())
    assert {result for _, result in tally} == {"violated"}
    assert sum(tally.values()) >= len(CASES[name]) / 2


def test_an_owner_that_acknowledges_late_is_counted_beside_its_fallback() -> None:
    """R + W > N + u does not help where hints share an owner: the store counts three acknowledgements of two copies."""
    scene = Scene("hints-for-shared-owners", {"N": 3, "R": 1, "W": 3, "u": 0}, {})
    staged = stage(scene)
    trial = staged.direction.run()
    assert trial.violated == ("fresh-reads",)
    assert trial.run.operations[0].outcome == "ok"


def test_with_two_acknowledgements_a_hint_must_name_the_wrong_owner_to_be_counted_twice() -> None:
    sets = {"direct": ("n1",), "handed": ("n1",), "read": ("n2",)}
    scene = Scene("hints-for-shared-owners", {"N": 2, "R": 1, "W": 2, "u": 0}, sets)
    direction = stage(scene).direction
    assert direction.config.bug == "hint-for-another"
    trial = direction.run()
    assert trial.violated == ("fresh-reads",)
    case = direction.case()
    sound = case._replace(config=case.config.model_copy(update={"bug": ""}))
    assert sound.run(tuple(trial.verdicts)).violated == ()
    with pytest.raises(NotStaged, match="delivered to owners that have acknowledged"):
        stage(scene._replace(values={**scene.values, "u": 1}))


def test_owners_that_look_alive_answer_nobody() -> None:
    sets = {"list": ("n1",), "write": ("n1",), "read": ("f1",), "alive": ("n1",)}
    scene = Scene("primaries-that-look-alive", {"N": 1, "R": 1, "W": 1, "PR": 1, "PW": 1, "S": 2}, sets)
    direction = stage(scene).direction
    trial = direction.run()
    assert "fresh-reads" in trial.violated
    case = direction.case()
    sound = case._replace(config=case.config.model_copy(update={"bug": ""}))
    assert sound.run(tuple(trial.verdicts)).violated == ()


def test_puts_that_meet_leave_no_update_that_has_not_seen_them() -> None:
    """2W > N: what is left beside the W of the first put is too few for the get that the update begins with."""
    scene = Scene("writes-meet-writes", {"N": 3, "W": 2}, {"first": ("n1", "n2"), "second": ("n3",)})
    trial = stage(scene).direction.run()
    assert trial.violated == ()
    assert [(op.kind, op.outcome) for op in trial.run.operations] == [("put", "ok"), ("get", "fail")]
