"""Faults as data: every kind is named once, and a fault says all there is to say about it."""

import json

from kept.sim import faults
from kept.sim.faults import KINDS, Fault


def test_every_kind_that_has_a_name_is_described_once() -> None:
    named = [value for name, value in vars(faults).items() if name.isupper() and isinstance(value, str)]
    assert sorted(named) == sorted(KINDS)
    assert len(set(KINDS.values())) == len(KINDS)


def test_a_fault_says_only_what_happens_when_and_for_how_long_unless_told_more() -> None:
    fault = Fault(faults.PAUSE, 5, 10)
    assert (fault.nodes, fault.pairs, fault.number, fault.torn, fault.dirty) == ((), (), 0.0, -1.0, False)


def test_a_fault_comes_back_from_json_field_by_field() -> None:
    fault = Fault(faults.CRASH, 5, 10, ("n1", "n2"), (("n1", "n2"),), 0.25, 0.5, True)
    fields = json.loads(json.dumps(fault))
    fields[3], fields[4] = tuple(fields[3]), tuple(map(tuple, fields[4]))
    assert Fault(*fields) == fault
