"""Faults as data: every kind is named once, and a fault says all there is to say about it."""

import json

import pytest

from kept.sim import faults
from kept.sim.faults import KINDS, Fault


def test_every_kind_that_has_a_name_is_described_once() -> None:
    named = [value for name, value in vars(faults).items() if name.isupper() and isinstance(value, str)]
    assert sorted(named) == sorted(KINDS)
    assert len(set(KINDS.values())) == len(KINDS)


def test_a_fault_says_only_what_happens_when_and_for_how_long_unless_told_more() -> None:
    fault = Fault(faults.PAUSE, 5, 10)
    assert (fault.nodes, fault.pairs, fault.number, fault.torn, fault.dirty, fault.places) == (
        (),
        (),
        0.0,
        -1.0,
        False,
        (),
    )


def test_a_fault_comes_back_from_json_field_by_field() -> None:
    place = faults.named(("hint", b"n1\0k\xff"))
    fault = Fault(faults.CRASH, 5, 10, ("n1", "n2"), (("n1", "n2"),), 0.25, 0.5, True, (place,))
    fields = json.loads(json.dumps(fault))
    fields[3], fields[4], fields[8] = tuple(fields[3]), tuple(map(tuple, fields[4])), tuple(map(tuple, fields[8]))
    assert Fault(*fields) == fault
    assert faults.place_of(fault.places[0]) == ("hint", b"n1\0k\xff")


@pytest.mark.parametrize(
    ("number", "space", "share"),
    [
        (0.0, "data", 0.0),
        (0.25, "data", 0.25),
        (1.5, "hint", 0.5),
        (2.9, "meta", 0.9),
        (7.0, "meta", 1),
        (-3, "data", 0),
    ],
)
def test_a_number_points_into_one_name_space(number: float, space: str, share: float) -> None:
    found = faults.share_of(number)
    assert found[0] == space
    assert found[1] == pytest.approx(share, abs=1e-5)
    assert 0 <= found[1] < 1


def test_a_run_suffers_every_kind_unless_it_says_otherwise() -> None:
    assert tuple(KINDS) == faults.ALL


def test_every_group_is_made_of_kinds() -> None:
    groups = (faults.CUTS, faults.CLOCKS, faults.STOPS, faults.DISKS, faults.DAMAGES, faults.CHANGES, faults.DEATHS)
    for group in groups:
        assert set(group) <= set(KINDS)
    assert set(faults.DAMAGES) <= set(faults.DISKS)
    assert set(faults.DEATHS) <= set(faults.CHANGES)
