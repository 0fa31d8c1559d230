"""The comparison with the oracle bites: mistakes seeded into each checker make it answer wrongly."""

import importlib.util
import random
import sys
from pathlib import Path

import pytest

from benchmarks.random_registers import rich, small
from checkers.ladder import causal, exhaustive, regular, sequential, sessions
from checkers.verdict import Unknown, Valid
from histories.columns import NIL

SOURCES = Path(__file__).resolve().parents[3] / "checkers" / "ladder"
COUNT = 6_000
JUDGES = {
    "causal-consistency": causal.causal_consistency,
    "causal-convergence": causal.causal_convergence,
    "causal-memory": causal.causal_memory,
    "pram": causal.pram,
    "read-your-writes": sessions.read_your_writes,
    "monotonic-reads": sessions.monotonic_reads,
    "monotonic-writes": sessions.monotonic_writes,
    "writes-follow-reads": sessions.writes_follow_reads,
    "regular": regular.regular,
    "sequential": sequential.sequential,
}

MUTANTS = [
    # level, module, what stands there, what a mistake would write, where it is used
    ("causal-consistency", "visible", "if clock[v, of] >= number:", "if False:", "causal", "looked"),
    ("causal-consistency", "visible", "if last[x, c] > 0:", "if last[x, c] > 1:", "causal", "looked"),
    ("causal-consistency", "clocks", "if kind[access] != PENDING:", "if True:", "causal", "causes"),
    ("causal-consistency", "clocks", "now[s, c] = max(now[s, c], clock[w, c])", "pass", "causal", "causes"),
    ("causal-convergence", "visible", "if place[v] > place[w]:", "if False:", "causal", "looked"),
    ("pram", "serial", "if a == INITIAL:", "if False:", "causal", "unserial"),
    ("causal-memory", "serial", "least = min(least, due[a])", "pass", "causal", "unserial"),
    ("causal-memory", "serial", "if kind[access] != PENDING:", "if False:", "causal", "unserial"),
    ("regular", "regular", "reads.end + 1", "reads.end - 10", None, "regular"),
    (
        "regular",
        "regular",
        'asked * span + placed[2], "left") - 1',
        'asked * span + placed[2] + 3, "left") - 1',
        None,
        "regular",
    ),
    ("read-your-writes", "sessions", "must[session[place] * keys + x] > place", "False", None, "read_your_writes"),
    ("monotonic-reads", "sessions", "if seen >= 0:", "if False:", None, "monotonic_reads"),
    (
        "writes-follow-reads",
        "sessions",
        "case, noted)\n    if read",
        "case, noted._replace(upto=noted.upto * 0))\n    if read",
        None,
        "writes_follow_reads",
    ),
    (
        "monotonic-writes",
        "sessions",
        "reading = mode in (READ_BEFORE, WRITERS_READS)",
        "reading = True",
        None,
        "monotonic_writes",
    ),
    ("monotonic-writes", "newer", "to = later[place] if kind", "to = later[later[place]] if kind", "sessions", "newer"),
    ("monotonic-writes", "newer", "if first[x * sessions + other] < done[other]:", "if False:", "sessions", "newer"),
    ("writes-follow-reads", "newer", "if one < done[session[by[one]]]:", "if one < done[s]:", "sessions", "newer"),
    ("writes-follow-reads", "newer", "done[of] = last", "done[of] = last - 1", "sessions", "newer"),
    (
        "sequential",
        "sequential",
        "if accesses.kind[access] != PENDING:\n        return True",
        "if True:\n        return True",
        None,
        "ordered",
    ),
    ("sequential", "sequential", "accesses.write[access] != held[accesses.key[access]]", "False", None, "ordered"),
    ("sequential", "sequential", "held[key] not in swaps[lane[place]]", "False", None, "ordered"),
    ("sequential", "sequential", "place += accesses.kind[lane[place]] == READS", "pass", None, "ordered"),
]


@pytest.fixture(scope="module")
def samples(history):
    chance = random.Random(23)
    known = history("a: w z 1, w x 1, w y 1", "b: w x 2, r z nil, r y 1, r x 2")  # Bouajjani et al., figure 3b
    everything = [rich(chance, False, 6) for _ in range(400)]
    return [known, *everything, *[small(chance, True, 6) for _ in range(COUNT)]]


def mutated(module, old, new):
    """The module with the mistake, under its own name where it looks itself up."""
    source = (SOURCES / f"{module}.py").read_text(encoding="utf-8")
    assert source.count(old) >= 1, old
    name = f"mutant_of_{module}"
    spec = importlib.util.spec_from_loader(name, loader=None)
    found = importlib.util.module_from_spec(spec)
    sys.modules[name] = found
    exec(compile(source.replace(old, new), name, "exec"), found.__dict__)  # noqa: S102 - our own source
    return found


@pytest.mark.parametrize(("level", "module", "old", "new", "user", "name"), MUTANTS)
def test_a_mistake_is_noticed(samples, monkeypatch, level, module, old, new, user, name):
    broken = getattr(mutated(module, old, new), name)
    judge = JUDGES[level]
    if user is None:
        judge = broken
    else:
        monkeypatch.setattr(f"checkers.ladder.{user}.{name}", broken)
    for one in samples:
        try:
            verdict = judge(one)
        except Exception:  # a mistake that crashes is noticed too
            return
        if not isinstance(verdict, Unknown) and isinstance(verdict, Valid) != exhaustive.satisfies(level, one, NIL):
            return
    pytest.fail("no answer was wrong")
