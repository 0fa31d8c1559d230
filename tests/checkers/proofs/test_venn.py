"""checkers.proofs.venn: regions, sizes of sets, and the names of nodes."""

import pytest

from checkers.proofs.terms import value
from checkers.proofs.venn import Venn

VENN = Venn(("list", "write"))
SIZES = {"in.list.write": 2, "in.list": 1, "in.write": 3, "in.none": 4}


def test_there_is_one_region_for_every_combination_that_is_possible() -> None:
    assert VENN.names == ("in.list.write", "in.list", "in.write", "in.none")
    assert Venn(("list", "write"), lambda r: r.is_in("list")).names == ("in.list.write", "in.list")


def test_each_node_of_parted_sets_is_in_one_part() -> None:
    parted = Venn.parted(("eu", "us"), ("write",))
    assert parted.names == ("in.eu.write", "in.eu", "in.us.write", "in.us")
    assert parted.sets == ("eu", "us", "write")


def test_sizes_are_sums_of_regions() -> None:
    assert value(VENN.size(), SIZES) == 10
    assert value(VENN.size("write"), SIZES) == 5
    assert value(VENN.size("list", "write"), SIZES) == 2
    assert value(VENN.size("write", outside=("list",)), SIZES) == 3
    assert value(VENN.union("list", "write"), SIZES) == 6


def test_a_set_that_does_not_exist_is_our_mistake() -> None:
    with pytest.raises(AssertionError):
        VENN.size("read")


def test_nodes_are_numbered_by_prefix_and_stand_in_every_set_of_their_region() -> None:
    members = VENN.members(SIZES, lambda region: "n" if region.is_in("list") else "f")
    assert members == {"list": ("n1", "n2", "n3"), "write": ("n1", "n2", "f1", "f2", "f3")}


def test_no_region_is_negative() -> None:
    assert [str(formula) for formula in VENN.counts()] == [f"{name} >= 0" for name in VENN.names]
