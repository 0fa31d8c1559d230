"""The operator: asks somebody, tries others where nobody answers, asks whom a refusal names, and buries the dead."""

from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest

from checkers.verdict import Valid
from dynamo.core.effects import Asked, Reply
from dynamo.core.membership import Plan, Table, founded
from dynamo.core.messages import Operate, Operated
from dynamo.core.preference import Member
from kept.lab.config import RunConfig
from kept.lab.promises import promised
from kept.lab.run import Lab, recorded, verdicts
from kept.sim import faults as kinds
from kept.sim.faults import Fault
from kept.sim.operator import LOOKS_EVERY_US, PATIENCE_US, TRIES, VOUCHES_AFTER_US

SECOND = 1_000_000
NAMES = ("n1", "n2", "n3")
MEMBERS = tuple(Member(name, (at,)) for at, name in enumerate(NAMES))
TABLE = founded(MEMBERS)


class Ring:
    """Scripted nodes that know a ring, and what they answer to an operator."""

    def __init__(self, stage: Any, table: Table = TABLE, silent: tuple[str, ...] = (), seed: int = 0) -> None:
        self.table = table
        self.silent = silent
        self.asked: list[tuple[str, Operate]] = []
        self.answers: dict[str, tuple[str, str]] = {}
        """node -> status and reason; else ok."""
        self.staged = stage(NAMES, self.react, seed=seed)
        self.know()

    @property
    def world(self) -> Any:
        return self.staged.world

    def know(self) -> None:
        """Every process knows the ring as it is now."""
        for name, machine in self.world.machines.items():
            if machine.node is not None:
                inside = name in self.table.involved
                machine.node.participant = SimpleNamespace(table=self.table, inside=inside)

    def react(self, node: Any, event: Any) -> list[Any]:
        if not isinstance(event, Asked) or not isinstance(event.request, Operate):
            node.participant = SimpleNamespace(table=self.table, inside=False)
            return []
        self.asked.append((node.name, event.request))
        if node.name in self.silent:
            return []
        status, reason = self.answers.get(node.name, ("ok", ""))
        return [Reply(event.client, Operated(event.request.id, status, reason))]

    def change(self, kind: str, *nodes: str, number: float = 0.0) -> None:
        self.world.inject(Fault(kind, self.world.now_us, 1, nodes, (), number))
        self.know()

    def run(self, us: int) -> None:
        self.world.run(self.world.now_us + us)

    def commands(self) -> list[tuple[str, str, str]]:
        return [(command.action, command.node, command.newcomer) for _, command in self.asked]

    def ends(self) -> list[tuple[str, str]]:
        return [(row["action"], row["status"]) for row in self.staged.told("operator")]


@pytest.mark.parametrize(
    ("kind", "nodes", "number", "expected"),
    [
        (kinds.JOIN, ("n4",), 2.0, [("join", "n4", 2.0)]),
        (kinds.JOIN, ("n4",), 0.0, [("join", "n4", 1.0)]),
        (kinds.LEAVE, ("n2",), 0.0, [("leave", "n2", 1.0)]),
        (kinds.WEIGHT, ("n2",), 0.5, [("weight", "n2", 0.5)]),
        (kinds.ABORT, (), 0.0, [("abort", "", 1.0)]),
        (kinds.RIVALS, ("n4", "n2"), 0.0, [("join", "n4", 1.0), ("leave", "n2", 1.0)]),
        (kinds.REMOVE, ("n2",), 0.0, [("remove", "n2", 1.0)]),
        (kinds.REPLACE, ("n2", "n4"), 0.0, [("replace", "n2", 1.0)]),
    ],
)
def test_each_kind_of_change_is_the_command_that_it_stands_for(
    stage: Any, kind: str, nodes: tuple[str, ...], number: float, expected: list[tuple[str, str, float]]
) -> None:
    ring = Ring(stage)
    ring.change(kind, *nodes, number=number)
    ring.run(SECOND)
    told = [(command.action, command.node, command.weight) for _, command in ring.asked]
    assert sorted(told) == expected
    both = {kind: 1} if kind == kinds.RIVALS else {}
    assert ring.world.counts == {action: 1 for action, _, _ in expected} | both
    assert sorted(ring.ends()) == [(action, "ok") for action, _, _ in expected]
    assert ("n4" in ring.world.machines) == ("n4" in nodes), "a newcomer is switched on"
    assert len({command.id for _, command in ring.asked}) == len(expected)


def test_a_newcomer_is_switched_on_once_and_is_no_founder(stage: Any) -> None:
    ring = Ring(stage)
    for _ in range(2):
        ring.change(kinds.JOIN, "n4")
        ring.run(SECOND)
    assert ring.world.names == (*NAMES, "n4")
    (boot,) = ring.staged.boots("n4")
    assert not boot.genesis


@pytest.mark.parametrize("seed", range(8))
def test_a_member_that_serves_is_asked_and_neither_who_leaves_nor_who_is_outside(stage: Any, seed: int) -> None:
    ring = Ring(stage, seed=seed)
    ring.world.enlist("n4")
    ring.know()
    ring.staged.node("n1").serving = False
    ring.change(kinds.LEAVE, "n2")
    ring.run(SECOND)
    assert [name for name, _ in ring.asked] == ["n3"]


@pytest.mark.parametrize("seed", range(8))
def test_who_is_named_is_told_first_and_anybody_where_that_one_is_not_there(stage: Any, seed: int) -> None:
    for told, asked in (("n3", {"n3"}), ("n9", {"n1", "n3"})):
        ring = Ring(stage, seed=seed)
        ring.world.inject(Fault(kinds.LEAVE, ring.world.now_us, 1, ("n2",), (("n2", told),)))
        ring.know()
        ring.run(SECOND)
        assert {name for name, _ in ring.asked} <= asked
        assert ring.ends() == [("leave", "ok")]


def test_every_member_is_asked_now_and_then(stage: Any) -> None:
    asked = set()
    for seed in range(30):
        ring = Ring(stage, seed=seed)
        ring.change(kinds.JOIN, "n4")
        ring.run(SECOND)
        asked |= {name for name, _ in ring.asked}
    assert asked == {*NAMES}


def test_where_nobody_is_in_a_ring_anybody_is_asked_who_is_not_destroyed(stage: Any) -> None:
    ring = Ring(stage)
    for name in NAMES:
        ring.staged.node(name).participant.inside = False
    ring.world.machines["n1"].destroy()
    ring.change(kinds.LEAVE, "n2")
    for name in ("n2", "n3"):
        ring.staged.node(name).participant.inside = False
    ring.run(SECOND)
    assert [name for name, _ in ring.asked] == ["n3"]


def test_of_several_rings_the_one_that_it_is_about_is_asked(stage: Any) -> None:
    for seed in range(10):
        ring = Ring(stage, seed=seed)
        other = founded([Member("n9", (0,))])
        ring.change(kinds.WEIGHT, "n2", number=2.0)
        ring.asked.clear()
        for name in ("n1", "n3"):
            ring.staged.node(name).participant.table = other
        ring.world.operator._order(Operate("x", "weight", "n2"), avoid="")
        ring.run(PATIENCE_US // 2)
        assert "n2" in {name for name, command in ring.asked if command.id == "x"}


# Patience


def test_who_does_not_answer_in_time_is_given_up_for_another_one_and_in_the_end_all_are(stage: Any) -> None:
    ring = Ring(stage, silent=NAMES)
    ring.change(kinds.JOIN, "n4")
    ring.run(PATIENCE_US - 1)
    assert len(ring.asked) == 1
    ring.run(20 * SECOND)
    assert len(ring.asked) == TRIES
    assert len({command.id for _, command in ring.asked}) == 1, "it is one order"
    assert ring.ends() == [("join", "unanswered")]
    assert ring.world.counts == {"operator's order unanswered": 1}
    assert ring.world.operator.orders == {}


def test_an_answer_ends_an_order_and_later_ones_are_ignored(stage: Any) -> None:
    ring = Ring(stage)
    ring.change(kinds.JOIN, "n4")
    ring.run(5 * SECOND)
    assert len(ring.asked) == 1
    (order,) = (command.id for _, command in ring.asked)
    ring.world.operator.answered(Operated(order, "refused", "a change is under way"), None)
    assert ring.ends() == [("join", "ok")]


def test_whom_a_refusal_names_is_asked_at_once(stage: Any) -> None:
    for seed in range(6):
        ring = Ring(stage, seed=seed)
        ring.answers = dict.fromkeys(NAMES[:2], ("refused", "a change is under way: join n5, driven by n3; ask n3"))
        ring.change(kinds.ABORT)
        ring.run(PATIENCE_US // 2)
        assert ring.asked[-1][0] == "n3"
        assert len(ring.asked) <= 2
        assert ring.ends() == [("abort", "ok")]


def test_two_nodes_that_name_each_other_are_not_asked_for_ever(stage: Any) -> None:
    ring = Ring(stage)
    ring.answers = {name: ("refused", f"ask; ask {NAMES[at - 1]}") for at, name in enumerate(NAMES)}
    ring.change(kinds.ABORT)
    ring.run(20 * SECOND)
    assert len(ring.asked) == TRIES
    assert ring.ends() == [("abort", "refused")]


@pytest.mark.parametrize("reason", ["no change is under way", "ask another member", "driven by n9; ask n9"])
def test_a_refusal_that_names_nobody_is_an_answer(stage: Any, reason: str) -> None:
    ring = Ring(stage)
    ring.answers = dict.fromkeys(NAMES, ("refused", reason))
    ring.change(kinds.ABORT)
    ring.run(20 * SECOND)
    assert len(ring.asked) == 1
    assert ring.ends() == [("abort", "refused")]
    assert ring.staged.told("operator")[0]["reason"] == reason
    assert ring.world.counts == {"operator's order refused": 1}


def test_a_node_that_is_starting_is_given_its_time(stage: Any) -> None:
    ring = Ring(stage)
    ring.answers = dict.fromkeys(NAMES, ("refused", "the node is starting"))
    ring.change(kinds.ABORT)
    ring.run(PATIENCE_US - 1)
    assert len(ring.asked) == 1
    assert ring.ends() == []
    ring.answers = {}
    ring.run(SECOND)
    assert ring.ends() == [("abort", "ok")]


# The dead


@pytest.mark.parametrize(("kind", "nodes"), [(kinds.REMOVE, ("n2",)), (kinds.REPLACE, ("n2", "n4"))])
def test_a_node_that_is_removed_is_dead_for_good_before_the_operator_says_so(
    stage: Any, kind: str, nodes: tuple[str, ...]
) -> None:
    ring = Ring(stage)
    disk = ring.world.machines["n2"].disk
    ring.change(kind, *nodes)
    machine = ring.world.machines["n2"]
    assert machine.destroyed
    assert machine.disk is not disk
    assert ring.staged.told("destroyed") == [{"node": "n2"}]
    ring.run(30 * SECOND)
    ring.world.heal()
    assert not machine.up
    assert "n2" not in {name for name, _ in ring.asked}


def test_the_operator_says_it_again_until_the_ring_goes_on_without_the_dead_node(stage: Any) -> None:
    ring = Ring(stage)
    ring.change(kinds.REMOVE, "n2")
    ring.run(2 * LOOKS_EVERY_US + SECOND)
    assert ring.commands() == [("remove", "n2", "")] * 3
    ring.table = Table(TABLE.cluster, 2, (MEMBERS[0], MEMBERS[2]))
    ring.know()
    ring.run(10 * LOOKS_EVERY_US)
    assert len(ring.asked) == 3


def test_a_ring_that_does_not_know_the_dead_node_says_nothing_while_its_own_is_down(stage: Any) -> None:
    """(Once the order was forgotten when all of the ring's nodes were down at once and another ring was there.)"""
    ring = Ring(stage)
    ring.change(kinds.REMOVE, "n2")
    ring.run(SECOND)
    ring.table = founded([Member("n1", (0,)), Member("n3", (1,))])
    assert ring.table.cluster != TABLE.cluster
    ring.know()
    ring.run(3 * LOOKS_EVERY_US)
    assert len(ring.asked) == 1
    ring.table = TABLE
    ring.know()
    ring.run(LOOKS_EVERY_US)
    assert len(ring.asked) == 2


def test_a_change_that_buries_the_dead_already_is_left_alone(stage: Any) -> None:
    ring = Ring(stage)
    ring.change(kinds.REMOVE, "n2")
    ring.run(SECOND)
    ring.table = TABLE._replace(plan=Plan("n1.1.1", "n1", "remove n2", (MEMBERS[0], MEMBERS[2]), gone=("n2",)))
    ring.know()
    ring.run(5 * LOOKS_EVERY_US)
    assert len(ring.asked) == 1
    ring.table = TABLE
    ring.know()
    ring.run(LOOKS_EVERY_US)
    assert len(ring.asked) == 2, "it was given up"


def test_a_change_that_waits_for_the_dead_is_replaced_by_its_removal_also_where_it_was_to_be_replaced(
    stage: Any,
) -> None:
    ring = Ring(stage, TABLE._replace(plan=Plan("n1.1.1", "n1", "weight n3", MEMBERS)))
    ring.change(kinds.REPLACE, "n2", "n4")
    ring.run(SECOND)
    assert ring.commands() == [("remove", "n2", "")]


@pytest.mark.parametrize("how", ["it died as well", "it has joined already"])
def test_an_heir_that_cannot_take_over_does_not(stage: Any, how: str) -> None:
    ring = Ring(stage)
    ring.world.enlist("n4")
    if how == "it died as well":
        ring.world.machines["n4"].destroy()
    else:
        ring.table = Table(TABLE.cluster, 2, (*MEMBERS, Member("n4", ())))
    ring.know()
    ring.change(kinds.REPLACE, "n2", "n4")
    ring.run(SECOND)
    assert ring.commands() == [("remove", "n2", "")]


def test_while_nobody_knows_a_ring_the_operator_waits(stage: Any) -> None:
    ring = Ring(stage)
    ring.change(kinds.REMOVE, "n2")
    ring.run(SECOND)
    ring.asked.clear()
    for name in ("n1", "n3"):
        ring.staged.node(name).participant.inside = False
    ring.run(3 * LOOKS_EVERY_US)
    assert ring.asked == []
    ring.know()
    ring.run(LOOKS_EVERY_US)
    assert ring.commands() == [("remove", "n2", "")]


# In a run


def test_equal_seeds_give_equal_orders(stage: Any) -> None:
    found = []
    for _ in range(2):
        ring = Ring(stage, seed=5, silent=("n2",))
        for at in range(4, 8):
            ring.change(kinds.JOIN, f"n{at}")
            ring.run(SECOND)
        found.append([(name, command) for name, command in ring.asked])
    assert found[0] == found[1]


@pytest.mark.parametrize("ring", [1, 2, 3])
def test_changes_happen_in_a_run_one_after_another_and_no_promise_is_broken(ring: int) -> None:
    counts: Counter[str] = Counter()
    for seed in range(2):
        config = RunConfig(seed=seed, ops=1_200, faults=kinds.CHANGES, fault_gap_ms=1_000, ring=ring, think_ms=150)
        outcome = Lab(config, None).execute()
        counts.update(outcome.counts)
        found = verdicts(recorded(outcome, None), promised(config))
        assert {claim: verdict for claim, verdict in found.items() if not isinstance(verdict, Valid)} == {}
    assert {"join", "leave", "remove", "replace", "abort"} <= {*counts}


def starting(ring: Ring, *names: str) -> Ring:
    """Nobody answers these: they do not serve."""
    for name, machine in ring.world.machines.items():
        machine.node.serving = name not in names
    return ring


def test_after_the_faults_are_healed_it_vouches_for_whoever_still_waits_for_an_answer(stage: Any) -> None:
    ring = starting(Ring(stage), "n2")
    ring.world.heal()
    ring.world.run(VOUCHES_AFTER_US - 1)
    assert ring.asked == []
    ring.world.run(VOUCHES_AFTER_US + SECOND)
    assert [(node, command.action, command.node) for node, command in ring.asked] == [("n2", "vouch", "n2")]
    starting(ring)
    ring.world.run(3 * VOUCHES_AFTER_US)
    assert len(ring.asked) == 1


def test_it_does_not_vouch_for_a_disk_that_it_has_put_back_itself(stage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ring = starting(Ring(stage), "n2")
    monkeypatch.setattr(ring.world.damage, "_returning", ring.world.machines["n2"])
    ring.world.heal()
    ring.world.run(3 * VOUCHES_AFTER_US)
    assert ring.asked == []
