"""kept.lab.simpler: whatever is tried is a possible schedule, and simpler than what it is made of."""

from typing import Any

import pytest

from kept.lab import simpler
from kept.lab.case import Case
from kept.lab.config import RunConfig
from kept.lab.schedule import Schedule
from kept.lab.script import STOP, Planned
from kept.lab.workload import BLIND, CART, DELETE, GET, INTENTS, UPDATE
from kept.sim.faults import CRASH, DRIFT, LOSS, OFFSET, PARTITION, Fault

CRASHED = Fault(CRASH, 10, 2_000_000, ("n1", "n4", "n5"), (), 0.5, 0.3, True)
CUT = Fault(PARTITION, 20, 2_000_000, (), (("n1", "n2"), ("n2", "n1"), ("n5", "n1")))
AHEAD = Fault(OFFSET, 30, 50_000, ("n3",), (), -40_001.0)
INTENDED = (
    Planned(3, 100, CART, "cart7", 2),
    Planned(5, 200, UPDATE, "k9", 4),
    Planned(3, 300, GET, "k4", 6),
    Planned(5, 400, STOP, "", 0),
)
CASE = Case(RunConfig(), (CRASHED, CUT, AHEAD), ((("n5", 3), ("loss", 0)), (("c3", 1), ("delay", 9))), INTENDED)


def possible(case: Case) -> None:
    """A schedule of the case is accepted."""
    Schedule.model_validate(
        {
            "created_by": "", "code": "", "config": case.config, "claims": (), "violated": (), "history_sha256": "",
            "plan": tuple(map(tuple, case.faults)), "fates": tuple((*who, *what) for who, what in case.fates),
            "intents": tuple(map(tuple, case.intents)),
        }
    )  # fmt: skip


def weight(fault: Fault) -> tuple[float, ...]:
    return (len(fault.nodes) + len(fault.pairs), fault.torn >= 0, fault.dirty, abs(fault.number), fault.for_us)


@pytest.mark.parametrize(
    "fault", [CRASHED, CUT, AHEAD, Fault(LOSS, 1, 9, (), (), 0.1), Fault(DRIFT, 1, 9_000, ("n1",))]
)
def test_a_simpler_fault_is_less_in_one_way_and_as_much_in_all_others(fault: Fault) -> None:
    for one in simpler.shorter(fault):
        assert one != fault
        assert (one.kind, one.at_us) == (fault.kind, fault.at_us)
        assert sum(a < b for a, b in zip(weight(one), weight(fault), strict=True)) == 1
        assert all(a <= b for a, b in zip(weight(one), weight(fault), strict=True))
        assert bool(one.nodes) == bool(fault.nodes)
        assert bool(one.pairs) == bool(fault.pairs)
        possible(CASE._replace(faults=(one,)))


@pytest.mark.parametrize("kind", ["replace", "rival-operators"])
def test_a_change_of_membership_keeps_both_its_nodes_and_its_newcomer_its_name(kind: str) -> None:
    nodes = ("n4", "n7") if kind == "replace" else ("n7", "n4")
    change = Fault(kind, 5, 1, nodes)
    assert list(simpler.shorter(change)) == []
    case = CASE._replace(config=CASE.config.model_copy(update={"nodes": 5}), faults=(change,))
    smaller = [*simpler.fewer_nodes(case), *simpler.fewer_nodes_elsewhere(case)]
    assert {fault.nodes[nodes.index("n7")] for one in smaller for fault in one.faults} == {"n7"}
    assert {len(fault.nodes) for one in smaller for fault in one.faults} == {2}
    assert {fault.nodes[nodes.index("n4")] for one in smaller for fault in one.faults} > {"n4"}


def test_a_fault_ends_in_one_that_nothing_is_simpler_than() -> None:
    fault, steps = CRASHED, 0
    while simple := next(simpler.shorter(fault), None):
        fault, steps = simple, steps + 1
    assert len(fault.nodes) == 1
    assert (fault.torn, fault.dirty) == (-1.0, False)
    assert simpler.SHORTEST_US <= fault.for_us < 2 * simpler.SHORTEST_US
    assert steps < 20


@pytest.mark.parametrize("kind", INTENTS)
def test_a_plainer_intent_needs_fewer_operations_or_changes_nothing(kind: str) -> None:
    rank = {GET: 0, BLIND: 1, UPDATE: 2, DELETE: 2, CART: 3}
    intent = Planned(1, 5, kind, "k", 7)
    for one in simpler.plainer(intent):
        assert (rank[one.kind], one.draws) < (rank[kind], intent.draws)
        assert one in (intent._replace(kind=one.kind), intent._replace(draws=0))
    assert list(simpler.plainer(Planned(1, 5, STOP, "", 0))) == []


def test_a_smaller_cluster_keeps_n_nodes_and_what_was_planned_for_them() -> None:
    cases = list(simpler.fewer_nodes(CASE))
    assert [case.config.nodes for case in cases] == [3, 4]
    for case in cases:
        possible(case)
    smallest = cases[0]
    assert smallest.faults == (CRASHED._replace(nodes=("n1",)), CUT._replace(pairs=CUT.pairs[:2]), AHEAD)
    assert [who for (who, _), _ in smallest.fates] == ["c3"]
    assert list(simpler.fewer_nodes(smallest)) == []


def test_a_cluster_of_fewer_nodes_elsewhere_suffers_the_same_kinds_of_faults() -> None:
    cases = list(simpler.fewer_nodes_elsewhere(CASE))
    assert {case.config.nodes for case in cases} == {3, 4}
    for case in cases:
        possible(case)
        names = {f"n{i + 1}" for i in range(case.config.nodes)}
        hit = [name for fault in case.faults for name in fault.nodes]
        hit += [end for fault in case.faults for pair in fault.pairs for end in pair]
        assert set(hit) <= names
        assert [fault.kind for fault in case.faults] == [fault.kind for fault in CASE.faults]
        assert len(case.fates) == len(CASE.fates)
    assert len({tuple(intent.draws for intent in case.intents) for case in cases}) == 1 + simpler.FIRST_CHOICES


def test_one_key_lies_at_other_nodes_under_other_names_and_several_keep_theirs() -> None:
    one = CASE._replace(intents=(Planned(0, 1, BLIND, "k9", 3), Planned(0, 9, STOP, "", 0)))
    names = {intent.key for case in simpler.fewer_nodes_elsewhere(one) for intent in case.intents}
    assert names == {"", *(f"k{number}" for number in range(simpler.FIRST_KEYS))}
    several = {intent.key for case in simpler.fewer_nodes_elsewhere(CASE) for intent in case.intents}
    assert several == {"", "cart7", "k9", "k4"}


def test_a_partition_of_nodes_that_become_one_is_gone() -> None:
    cut = Fault(PARTITION, 20, 2_000_000, (), (("n4", "n5"), ("n5", "n4")))
    config = RunConfig(nodes=5, n=1, r=1, w=1)
    alone = list(simpler.fewer_nodes_elsewhere(CASE._replace(config=config, faults=(cut,))))
    assert [case.faults for case in alone if case.config.nodes == 1] != []
    assert all(case.faults == () for case in alone if case.config.nodes == 1)


def test_waits_become_shorter_and_nothing_changes_its_order() -> None:
    times = simpler.moments(CASE)
    assert times == [10, 20, 30, 100, 200, 300, 400]
    slow = CASE._replace(faults=(CRASHED._replace(at_us=5_000), CUT._replace(at_us=900_000)))
    slow = slow._replace(intents=tuple(one._replace(due_us=one.due_us * 10_000) for one in INTENDED))
    cases = [*simpler.sooner(slow), *(case for at in range(6) for case in simpler.sooner(slow, at))]
    assert cases
    order = [(fault.at_us, fault.kind) for fault in slow.faults] + [(one.due_us, one.kind) for one in slow.intents]
    for case in cases:
        possible(case)
        now = [(fault.at_us, fault.kind) for fault in case.faults] + [(one.due_us, one.kind) for one in case.intents]
        assert sum(time for time, _ in now) < sum(time for time, _ in order)
        assert [kind for _, kind in sorted(now)] == [kind for _, kind in sorted(order)]
    first = cases[0]
    assert simpler.moments(first)[-1] <= len(simpler.moments(first)) * simpler.WAITS_US[0]
    assert list(simpler.sooner(first)) == []


def test_a_milder_fate_is_the_same_with_less_delay() -> None:
    late = (("n1", 3), ("delay", 200_000))
    assert list(simpler.milder(late)) == [
        (("n1", 3), ("delay", 2_000)), (("n1", 3), ("delay", 20_000)), (("n1", 3), ("delay", 100_000)),
    ]  # fmt: skip
    assert list(simpler.milder((("n1", 3), ("loss", 0)))) == []


def test_fewer_clients_do_all_that_was_done() -> None:
    cases = list(simpler.fewer_clients(CASE))
    chosen = cases[1 : 1 + simpler.FIRST_CHOICES]
    assert [{intent.draws for intent in case.intents} for case in chosen] == [{n} for n in range(simpler.FIRST_CHOICES)]
    cases = [cases[0], *cases[1 + simpler.FIRST_CHOICES :]]
    for case in cases:
        possible(case)
        assert case.config.clients < CASE.config.clients
        assert [intent[1:] for intent in case.intents] == [intent[1:] for intent in INTENDED]
    assert [intent.client for intent in cases[0].intents] == [0, 1, 0, 1]
    assert cases[1].intents == tuple(intent._replace(client=3) for intent in INTENDED)
    assert (cases[-1].intents, cases[-1].config.clients) == (INTENDED, 6), "at the least, none after the last one"


def test_keys_get_the_first_names_of_their_kind() -> None:
    (case,) = simpler.fewer_keys(CASE)
    assert [intent.key for intent in case.intents] == ["cart0", "k0", "k1", ""]
    assert list(simpler.fewer_keys(case)) == [case]


def test_in_the_end_the_configuration_says_what_is_left() -> None:
    found: dict[str, Any] = {}
    for case in simpler.settled_knobs(CASE, 5):
        possible(case)
        plain = CASE.config.document()
        found.update({name: value for name, value in case.config.document().items() if value != plain[name]})
    assert found == {
        "ops": 5,
        "keys": 3,
        "think_ms": 0,
        "faults": ["loss", "delay", "partition", "crash", "clock-offset"],
    }


def test_what_is_no_configuration_is_not_tried() -> None:
    assert simpler.changed(RunConfig(), nodes=2) is None
