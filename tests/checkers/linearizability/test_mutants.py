"""The comparison with the oracle bites: mistakes seeded into each method make it answer wrongly."""

import importlib.util
from pathlib import Path

import pytest

from benchmarks.random_histories import columns
from checkers.linearizability import blocks, classical, frontier, stages, zones, zones_plain
from checkers.linearizability.transitions import register_transitions

SOURCES = Path(__file__).resolve().parents[3] / "checkers" / "linearizability"

MUTANTS = [
    # method, module, what stands there, what a mistake would write, histories
    (
        "frontier",
        "frontier",
        "if usable & bit and visited.add(new):",
        "if usable & bit and not discharged & bit and visited.add(new):",
        "register",
    ),
    ("frontier", "frontier", "discharged | other_discharged == other_discharged", "True", "cas-register"),
    ("frontier", "frontier", "and usable | other_usable == other_usable", "", "mutex"),
    ("frontier", "frontier", "        if self.blind[at]:\n", "        if True:\n", "kv-append"),
    (
        "frontier",
        "frontier",
        "return Configuration(state, discharged | bit, usable | bit)\n        if",
        "return Configuration(state, discharged | bit, usable)\n        if",
        "kv",
    ),
    ("frontier", "frontier", "if op.required and self.hints.total(op.call):", "if op.required:", "cas-register"),
    ("frontier", "frontier", "same = (self.kind[at], bool(parent.discharged & bit))", "same = True", "register"),
    ("frontier", "frontier", "if isinstance(outcome, Fits) or not narrowed:", "if True:", "narrow"),
    (
        "frontier",
        "operations",
        "return sorted(found)",
        "return sorted(found, key=lambda event: (event.time, not event.ends))",
        "register",
    ),
    ("classical", "classical", "op.start > first_end", "op.start >= first_end", "register"),
    (
        "classical",
        "classical",
        "sum(1 << at for at, op in enumerate(operations) if op.required)",
        "(1 << len(operations)) - 1",
        "kv",
    ),
    ("plain zones", "zones_plain", "if other[0] < one[1]:", "if other[0] <= one[1]:", "unique"),
    ("plain zones", "zones_plain", "f < forward[place][1]", "False", "unique"),
    ("plain zones", "zones_plain", "op.end < cluster.write.start", "False", "unique"),
    ("plain zones", "zones_plain", "if seen < len(clusters):", "if False:", "unique with swaps"),
    ("plain zones", "zones_plain", "if last is not None and f < high:", "if False:", "unique with swaps"),
    ("plain zones", "zones_plain", "if target not in effective:", "if not op.required:", "unique with swaps"),
    ("numpy zones", "zones", "low[1:] < high[:-1]", "low[1:] <= high[:-1]", "unique"),
    ("numpy zones", "zones", '"left") - 1', '"right")', "unique"),
    ("numpy zones", "zones", "(last < high[outer])", "(last <= high[outer])", "unique"),
    ("numpy zones", "clusters", "np.minimum.at(first_end, of_read, read_end)", "pass", "unique"),
    ("numpy zones", "clusters", "bad[given.key[reads[early]]] = True", "pass", "unique"),
    ("numpy zones", "clusters", "written[keyed.initial] = BEFORE_TIME", "pass", "unique"),
    ("numpy zones", "blocks", "latest[:-1] > end[1:]", "latest[:-1] >= end[1:]", "unique with swaps"),
    (
        "numpy zones",
        "blocks",
        "took = effective[target] | given.required[swap]",
        "took = given.required[swap]",
        "unique with swaps",
    ),
    ("numpy zones", "blocks", "keyed.size)[source] > 1", "keyed.size)[source] > 2", "unique with swaps"),
    ("numpy zones", "blocks", "np.maximum.at(s, root[members], s[members])", "pass", "unique with swaps"),
    ("stages", "stages", "begun is not None and op.end < begun.start", "False", "set"),
    ("stages", "stages", "if not before <= content:", "if False:", "set"),
    ("stages", "stages", "at != after_all and element not in first", "at != after_all", "set"),
]


def mutated(folder, module, old, new):
    """The module made from a source with one mistake."""
    source = (SOURCES / f"{module}.py").read_text(encoding="utf-8")
    assert source.count(old) == 1, f"{module}.py holds {old!r} {source.count(old)} times"
    path = folder / f"mutated_{module}.py"
    path.write_text(source.replace(old, new), encoding="utf-8")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def searched(made, module, specification, given, patch):
    if module == "operations":
        patch.setattr(frontier, "events", made.events)
        made = frontier
    return [type(made.search(specification, one)).__name__ == "Fits" for one in given]


def ordered(made, _module, specification, given, _patch):
    return [made.linearize(specification, one) is not None for one in given]


def by_zones(made, _module, _specification, given, _patch):
    return [made.conflict(one, 0) is None for one in given]


def by_arrays(made, module, _specification, given, patch):
    if module == "clusters":
        patch.setattr(zones, "gathered", made.gathered)
        patch.setattr(blocks, "gathered", made.gathered)
    elif module == "blocks":
        patch.setattr(zones, "chained", made.chained)
    together = columns(given)
    initial = together.values.index(0) if 0 in together.values else len(together.values)
    judged = made.judged if module == "zones" else zones.judged
    _, bad = judged(register_transitions(together, initial), len(together.keys))
    found = [True] * len(given)
    for at, place in enumerate(together.keys):
        found[place] = not bad[at]
    return found


def by_stages(made, _module, _specification, given, _patch):
    asked = [[op for op in one if op.required or op.call.f == "add"] for one in given]
    return [made.set_conflict(one, frozenset()) is None for one in asked]


METHODS = {
    "frontier": (searched, frontier),
    "classical": (ordered, classical),
    "plain zones": (by_zones, zones_plain),
    "numpy zones": (by_arrays, zones),
    "stages": (by_stages, stages),
}


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: f"{mutant[1]}: {mutant[3].strip()[:40]}")
def test_a_seeded_mistake_is_caught_by_comparison_with_the_oracle(judged, tmp_path, monkeypatch, mutant):
    method, module, old, new, name = mutant
    answer, _ = METHODS[method]
    made = mutated(tmp_path, module, old, new)
    if name == "narrow":
        made.NARROW, name = 1, "cas-register"
    specification, given, oracle = judged(name)
    try:
        answers = answer(made, module, specification, given, monkeypatch)
    except (AssertionError, IndexError, KeyError, StopIteration):
        return  # it did not even answer
    assert answers != oracle


@pytest.mark.parametrize("method", METHODS)
def test_without_a_mistake_nothing_is_caught(judged, monkeypatch, method):
    answer, module = METHODS[method]
    name = {"frontier": "register", "classical": "register", "stages": "set"}.get(method, "unique with swaps")
    specification, given, oracle = judged(name)
    assert answer(module, module.__name__.rpartition(".")[2], specification, given, monkeypatch) == oracle
