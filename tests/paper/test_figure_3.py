"""Dynamo (SOSP 2007), section 4.4 and Figure 3: the versions D1 to D5 of one object at the nodes Sx, Sy and Sz."""

from itertools import permutations

import pytest

from dynamo.core.classic import PlainVectors
from dynamo.core.dotted import DottedVectors
from dynamo.core.siblings import NOTHING, Siblings
from dynamo.core.vector import Vector, concurrent, descends
from dynamo.core.versioning import Versioning

FIGURE_3: dict[str, Vector] = {
    "D1": {"Sx": 1},
    "D2": {"Sx": 2},
    "D3": {"Sx": 2, "Sy": 1},
    "D4": {"Sx": 2, "Sz": 1},
    "D5": {"Sx": 3, "Sy": 1, "Sz": 1},
}
READ_CONTEXT_OF_D3_AND_D4 = {"Sx": 2, "Sy": 1, "Sz": 1}
CONCURRENT = {("D3", "D4"), ("D4", "D3")}


def figure_3(policy: Versioning) -> dict[str, Siblings]:
    """The five writes, each at the node and with the context that the paper gives, and the read before D5."""
    d1, _ = policy.update(NOTHING, {}, b"D1", "Sx", 1)
    d2, _ = policy.update(d1, policy.context(d1), b"D2", "Sx", 2)
    d3, _ = policy.update(d2, policy.context(d2), b"D3", "Sy", 3)
    d4, _ = policy.update(d2, policy.context(d2), b"D4", "Sz", 4)
    read = policy.merge(d3, d4)
    d5, _ = policy.update(read, policy.context(read), b"D5", "Sx", 5)
    return {"D1": d1, "D2": d2, "D3": d3, "D4": d4, "read": read, "D5": d5}


def test_each_version_has_the_clock_of_the_figure() -> None:
    states = figure_3(PlainVectors())
    for name, clock in FIGURE_3.items():
        (version,) = states[name].versions
        assert version.value == name.encode()
        assert dict(version.clock) == clock


def test_only_d3_and_d4_are_concurrent() -> None:
    states = figure_3(PlainVectors())
    clocks = {name: dict(states[name].versions[0].clock) for name in FIGURE_3}
    for one, other in permutations(FIGURE_3, 2):
        assert concurrent(clocks[one], clocks[other]) == ((one, other) in CONCURRENT)
        if one < other and (one, other) not in CONCURRENT:
            assert descends(clocks[other], clocks[one])


@pytest.mark.parametrize("policy", [PlainVectors(), DottedVectors()], ids=lambda policy: policy.name)
def test_the_read_shows_both_siblings_under_one_context_and_d5_reconciles_them(policy: Versioning) -> None:
    states = figure_3(policy)
    assert [version.value for version in states["read"].live] == [b"D3", b"D4"]
    assert policy.context(states["read"]) == READ_CONTEXT_OF_D3_AND_D4
    assert [version.value for version in states["D5"].live] == [b"D5"]
    for older in ("D1", "D2", "D3", "D4", "read"):
        assert policy.merge(states[older], states["D5"]) is states["D5"]


def test_with_dots_the_contexts_are_the_figures_clocks_and_each_version_is_named_once() -> None:
    states = figure_3(DottedVectors())
    assert {name: dict(states[name].context) for name in FIGURE_3} == FIGURE_3
    dots = {name: states[name].versions[0].dot for name in FIGURE_3}
    assert dots == {"D1": ("Sx", 1), "D2": ("Sx", 2), "D3": ("Sy", 1), "D4": ("Sz", 1), "D5": ("Sx", 3)}


def test_a_node_that_has_d1_or_d2_discards_it_for_d4_and_keeps_d3_beside_it() -> None:
    """Section 4.4: "a node that is aware of D1 or D2 ... can determine, upon receiving D4"; D3 and D4 must be kept."""
    policy = PlainVectors()
    states = figure_3(policy)
    for older in ("D1", "D2"):
        assert policy.merge(states[older], states["D4"]) is states["D4"]
    assert len(policy.merge(states["D3"], states["D4"]).versions) == 2
