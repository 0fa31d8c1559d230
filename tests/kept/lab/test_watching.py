"""kept.lab.watching: what a watch notes is what happened, and watching changes nothing."""

from typing import Any

import pytest

from dynamo.core import messages as m
from dynamo.core.effects import Minted
from dynamo.core.messages import Request, Response
from kept.lab.config import RunConfig
from kept.lab.run import Lab
from kept.lab.trial import history_sha256
from kept.lab.watching import KeyWatch, attach

KEY = b"cart"
A, B = ("n1.0:0", 1), ("n1.0:0", 2)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_watched_run_has_the_same_history_to_the_byte(seed: int) -> None:
    config = RunConfig(seed=seed, ops=200, fault_gap_ms=60)
    plain = Lab(config, None).execute()
    lab = Lab(config, None)
    watch = KeyWatch(frozenset([b"k0", b"cart0"]))
    attach(watch, lab)
    watched = lab.execute()
    assert history_sha256(watched, None) == history_sha256(plain, None)
    assert watched.counts == plain.counts
    assert watch.changes
    assert watch.answers
    assert {change.key for change in watch.changes} <= {b"k0", b"cart0"}


@pytest.mark.parametrize("seed", [1, 4])
def test_the_noted_changes_end_in_what_the_disks_hold(seed: int) -> None:
    """Whatever crashes took: replaying the notes gives each node's final record."""
    lab = Lab(
        RunConfig(seed=seed, ops=300, fault_gap_ms=60, keys=2, faults=("crash", "mid-step-crash", "torn-write")), None
    )
    watch = KeyWatch(frozenset([b"k0", b"k1"]))
    attach(watch, lab)
    lab.execute()
    held: dict[Any, Any] = {}
    for change in watch.changes:
        assert held.get((change.place, change.key), change.before) == change.before
        held[change.place, change.key] = change.after
    own = {(node, key): state for ((node, owner), key), state in held.items() if not owner}
    assert own
    for (node, key), state in own.items():
        stored = lab.world.machines[node].disk.read("data", key)
        assert (stored or state.__class__({}, ())) == state


def test_an_acknowledgement_names_the_copies_that_were_on_disk_and_only_those(scene: type[Any]) -> None:
    s = scene("n1", "n2", "n3")
    one = s.state(s.version(A, "milk"))
    s.write(1, ("n1", ""), one)
    s.watch.minted(1, "n1", Minted("r", KEY, A))
    s.write(2, ("n2", "n4"), one)
    s.write(2, ("n3", ""), one, synced=False)
    s.watch.completed(3, Request("r", m.PUT, KEY, b"milk"), Response("r", m.OK, dot=A))
    assert s.watch.answers["r"].durable == (("n1", ""), ("n2", "n4"))
    assert s.watch.answers["r"].coordinator == "n1"


def test_a_crash_takes_back_what_was_not_synced_and_is_noted_as_a_change(scene: type[Any]) -> None:
    s = scene("n1")
    one, two = s.state(s.version(A, "milk")), s.state(s.version(B, "eggs"))
    s.write(1, ("n1", ""), one)
    s.write(2, ("n1", ""), two, synced=False)
    s.crash(3, "n1")
    *_, last = s.watch.changes
    assert (last.at_us, last.crash, last.before, last.after) == (3, True, two, one)
    assert [change.crash for change in s.watch.departures[KEY, A]] == [False]
    assert [change.crash for change in s.watch.departures[KEY, B]] == [True]


def test_a_crash_of_one_node_says_nothing_of_another(scene: type[Any]) -> None:
    s = scene("n1", "n2")
    s.write(1, ("n2", ""), s.state(s.version(A, "milk")), synced=False)
    s.crash(2, "n1")
    assert len(s.watch.changes) == 1


def test_a_minting_knows_how_wrong_its_coordinators_clock_was(scene: type[Any]) -> None:
    s = scene("n1")
    s.machines["n1"].clock.offset_us = -250_000
    s.write(5, ("n1", ""), s.state(s.version(A, "milk")))
    s.watch.minted(5, "n1", Minted("r", KEY, A))
    made = s.watch.made[A]
    assert (made.ahead_us, made.held.versions[0].dot) == (-250_000, A)


def test_messages_are_noted_by_key_and_the_reply_to_a_read_by_its_operation(scene: type[Any]) -> None:
    s = scene("n1", "n2")
    one = s.state(s.version(A, "milk"))
    for message in (
        m.Replicate(1, KEY, one),
        m.Handoff(1, ((b"other", one), (KEY, one))),
        m.Read(9, KEY),
        m.ReadReply(9, b"", one),
        m.ReadReply(8, b"", one),
        m.TreeRecord(KEY, one, True),
        m.Stored(1),
        m.Replicate(1, b"other", one),
    ):
        s.watch.sent(4, "n1", "n2", message)
    assert [sent.name for sent in s.watch.messages] == ["Replicate", "Handoff", "Read", "ReadReply", "TreeRecord"]
