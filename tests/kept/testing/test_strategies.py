"""kept.testing.strategies: what is drawn can be carried out, and shrinks to what is plain."""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from histories.columns import Columns
from kept.lab.config import RunConfig
from kept.lab.steps import Ask, Pass, Step, Strike
from kept.testing.cluster import SimCluster
from kept.testing.strategies import clusters, configurations, fault_plans, histories, operations, performed, steps
from kept.testing.violation import Violation

FEW = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
SMALL = RunConfig(nodes=3, clients=2, partitions=8)
LWW = RunConfig(nodes=3, clients=2, partitions=4, versions="lww")


@FEW
@given(st.data())
def test_whatever_is_drawn_can_be_carried_out_and_the_store_keeps_its_promises(data: st.DataObject) -> None:
    config = data.draw(configurations())
    performed(config, data.draw(steps(config))).check()


@FEW
@given(clusters(versions="dvv", nodes=3, n=3))
def test_a_cluster_serves(cluster: SimCluster) -> None:
    assert cluster.put("k", "1").ok
    assert cluster.config.versions == "dvv"


@FEW
@given(operations(SMALL), fault_plans(SMALL))
def test_operations_are_requests_and_fault_plans_have_none(asked: tuple[Step, ...], plan: tuple[Step, ...]) -> None:
    assert all(isinstance(step, Ask) for step in asked)
    assert not any(isinstance(step, Ask) for step in plan)


@settings(FEW, max_examples=200)
@given(operations(SMALL, most=20))
def test_a_request_has_seen_an_earlier_answer_about_its_own_key(asked: tuple[Any, ...]) -> None:
    for step in asked:
        if step.seen >= 0:
            assert asked[step.seen].key == step.key
            assert asked[step.seen].kind != "delete"
        assert step.kind != "delete" or step.seen >= 0


def test_the_smallest_of_each_is_plain() -> None:
    always = settings(FEW, max_examples=100)
    config = find(configurations(), lambda _: True, settings=always)
    assert (config.nodes, config.n, config.r, config.w, config.versions) == (1, 1, 1, 1, "dvv")
    assert find(steps(SMALL), lambda _: True, settings=always) == ()
    (put,) = find(operations(SMALL), lambda found: any(one.kind == "put" for one in found), settings=always)
    assert put == Ask(client=0, node="n1", kind="put", key=b"k0", value=b"v0")
    (strike,) = find(
        fault_plans(SMALL), lambda found: any(isinstance(one, Strike) and one.nodes for one in found), settings=always
    )
    assert (strike.kind, strike.nodes) == ("crash", ("n1",))
    assert find(histories(), lambda found: len(found) > 0, settings=always).process.tolist() == [0]


def test_a_lost_write_shrinks_to_two_plain_puts() -> None:
    def loses(found: tuple[Step, ...]) -> bool:
        try:
            performed(LWW, found, ["no-lost-write"]).check("no-lost-write")
        except Violation:
            return True
        return False

    phases = (Phase.generate, Phase.shrink)
    smallest = find(steps(LWW), loses, settings=settings(FEW, max_examples=100, phases=phases, derandomize=True))
    assert len(smallest) == 2, smallest
    assert [step.kind for step in smallest if isinstance(step, Ask)] == ["put", "put"]
    assert not any(isinstance(step, Pass) for step in smallest)


def test_a_fixed_field_is_not_drawn() -> None:
    config = find(configurations(n=3, w=3), lambda found: found.nodes > 3, settings=settings(FEW, max_examples=100))
    assert (config.n, config.w, config.nodes) == (3, 3, 4)


def test_histories_are_those_of_any_store() -> None:
    assert isinstance(find(histories(), lambda _: True), Columns)


@pytest.mark.parametrize("wrong", [{"n": 4, "nodes": 3}])
def test_what_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="n: 4 is more than the nodes: 3"):
        find(configurations(**wrong), lambda _: True)
