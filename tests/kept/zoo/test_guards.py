"""kept.zoo.guards and barriers: rules switched off for directed runs, which no seed has to find."""

import re
from dataclasses import fields

import pytest

from checkers.registry import CLAIMS
from dynamo.core.rules import rules_for
from kept.lab.config import RunConfig
from kept.lab.trial import check_bug
from kept.staged.counterparts import COUNTERPARTS
from kept.staged.protocol import RUNS
from kept.zoo.catalogue import BUGS, KNOWN, claims, configure, find, seeded
from kept.zoo.guards import GUARDS
from kept.zoo.livelocks import LIVELOCKS


def test_no_guard_is_hunted_by_seeds_and_every_one_is_used_by_a_mutant_or_a_lemma() -> None:
    assert not BUGS.keys() & GUARDS.keys()
    assert KNOWN == {**BUGS, **GUARDS, **LIVELOCKS}
    told = " ".join(row.how for row in (*RUNS.values(), *COUNTERPARTS.values()))
    assert [name for name in GUARDS if f"`{name}`" not in told] == []


@pytest.mark.parametrize("name", GUARDS)
def test_a_guard_replaces_some_rules_and_leaves_the_others_alone(name: str) -> None:
    guard = find(name)
    assert guard.name == name
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name)
    assert set(guard.breaks) <= CLAIMS.keys()
    check_bug(name)
    config = configure(RunConfig(bug=name))
    assert set(guard.breaks) <= set(claims(config))
    rules = rules_for(config.versions)
    broken = seeded(config, rules)
    parts = [field.name for field in fields(rules)]
    assert 1 <= sum(getattr(broken, part) is not getattr(rules, part) for part in parts) <= 2
