"""kept.scenario.showing: what stands on the disks, and what the checkers say of it."""

from collections.abc import Callable
from typing import Any

import pytest

from kept.scenario.failing import ScenarioError

Begin = Callable[..., Any]


def test_a_key_is_shown_at_its_owners_and_wherever_else_it_is(talk: Begin) -> None:
    conversation = talk("cluster", "crash n1", "advance 30s", "put n2 k v")
    assert conversation.say("show k") == [
        "n1: nothing  (down)",
        "n2: [v n2.0:0/1] seen {n2.0:0/1}",
        "n3: [v n2.0:0/1] seen {n2.0:0/1}",
        "n4 for n1: [v n2.0:0/1] seen {n2.0:0/1}",
    ]
    assert conversation.say("show hints") == ["n4 keeps k for n1: [v n2.0:0/1] seen {n2.0:0/1}"]
    assert conversation.say("show down")[0] == "n2 holds to be down: n1"


def test_where_there_is_nothing_that_is_said(talk: Begin) -> None:
    conversation = talk("cluster")
    said = [conversation.say(f"show {what}") for what in ("hints", "down", "wire", "waiting")]
    assert said == [["no hints"], ["nobody is held to be down"], ["nothing waits"], ["nobody waits"]]


@pytest.mark.parametrize(
    ("cluster", "what", "lines"),
    [
        ("nodes=4", "ring", ["every key: n1, n2, n3, then n4"]),
        ("nodes=3", "ring k", ["k: n1, n2, n3"]),
        ("nodes=4 racks=2 n=2", "ring", ["every key: n1 in rack1, n2 in rack2, then n3, n4"]),
        ("nodes=2 n=1 r=1 w=1 ring=3 partitions=2", "ring", ["partition 0: n2, then n1", "partition 1: n1, then n2"]),
        (
            "nodes=3 n=2 ring=3 partitions=30",
            "ring",
            [f"{name}: a copy of 20 of 30 partitions" for name in ("n1", "n2", "n3")],
        ),
    ],
)
def test_the_ring_is_shown_as_the_nodes_have_it(talk: Begin, cluster: str, what: str, lines: list[str]) -> None:
    assert talk(f"cluster {cluster}").say(f"show {what}") == lines


def test_roots_are_equal_where_the_copies_are(talk: Begin) -> None:
    conversation = talk("cluster sloppy=no", "put n1 k v")
    one, two, three = (line.split(": ")[1] for line in conversation.say("show roots k"))
    assert one == two == three
    conversation.say("cut n1->n3", "put n1 k w")
    one, two, three = (line.split(": ")[1] for line in conversation.say("show roots k"))
    assert one == two != three
    assert conversation.say("crash n3", "show roots k")[2] == "n3: down"


def test_births_are_shown_as_the_node_has_them_and_as_the_disk_has_them(talk: Begin) -> None:
    conversation = talk("cluster birth_lease=4", "put n1 k v", "put n1 l v", "hold disk n1", "put n1 m v")
    assert conversation.say("show births n1") == ["n1: next birth 3, reserved below 4; on its disk 4"]
    assert len(conversation.say("release disk n1", "show births")) == 5


def test_who_waits_is_shown(talk: Begin) -> None:
    assert talk("cluster", "hold Replicate", "put n1 k v").say("show waiting") == ["put k=v: no answer yet"]


def test_a_check_judges_what_is_promised_and_at_rest_what_is_promised_of_rest(talk: Begin) -> None:
    conversation = talk("cluster", "put n1 k v")
    assert "convergence" not in " ".join(conversation.say("check"))
    conversation.say("settle", "show k")
    assert "convergence, placement" in " ".join(conversation.say("check"))
    conversation.say("get n1 k")
    assert "convergence" not in " ".join(conversation.say("check"))


def test_a_named_claim_has_a_line_of_its_own(talk: Begin) -> None:
    conversation = talk("cluster", "put n1 k v", "settle")
    assert conversation.say("check no-lost-write convergence") == [
        "valid    no-lost-write: 1 acknowledged put: 1 standing in the end, 0 replaced",
        "valid    convergence: 1 key alike at all owners; no hints; Merkle roots of 5 nodes equal",
    ]


def test_a_violation_is_told_with_its_sentence_wrapped(talk: Begin) -> None:
    said = talk("cluster", "bug canary", "put n1 k v").say("check no-lost-write")
    assert said[0].startswith('INVALID  no-lost-write: Put "k"="v" by client 0 was acknowledged')
    assert len(said) > 1
    assert all(line.startswith(" " * 9) and len(line) <= 118 for line in said[1:])


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("show", "nothing; accepted: show KEY, hints, ring"),
        ("show k l", "k l; accepted: show KEY"),
        ("show hints k", "k; accepted: show hints"),
        ("show roots", "nothing; accepted: show roots KEY"),
        ("show births n9", "node: n9; accepted: n1"),
        ("check convergence", "convergence: is judged at rest; `settle` just before `check`"),
        ("check no-lost-writ", "claim: no-lost-writ; accepted: no-lost-write"),
    ],
)
def test_what_cannot_be_shown_is_told(talk: Begin, line: str, told: str) -> None:
    with pytest.raises(ScenarioError) as error:
        talk("cluster", line)
    assert str(error.value).startswith(told)
