"""kept.lab.loss: who had a lost put and how each copy went, held against golden files."""

from collections.abc import Callable
from textwrap import fill
from typing import Any

from histories.run import RecordedRun
from kept.lab.config import RunConfig
from kept.lab.loss import Loss, headline, lost_puts, paragraph, story_of
from kept.lab.trial import claims_of, finish, prepare

Golden = Callable[[str, str], None]


def text_of(told: Loss) -> str:
    facts = "".join(f"{type(fact).__name__}: {fact.sentence()}\n" for fact in told.facts)
    return f"{fill(headline(told), 100)}\n\n{fill(paragraph(told), 100)}\n\n{facts}"


def test_last_writer_wins_with_a_clock_that_is_ahead(scene: type[Any], golden: Golden) -> None:
    """The later of two acknowledged puts is lost to the earlier one: two replicas keep it until they hear of the
    other, whose coordinator's clock was ahead; a third copy is lost in a crash before its sync."""
    s = scene("n1", "n2", "n3", "n4")
    s.machines["n4"].clock.offset_us = 250_000
    early, late = ("n4.0:0", 1), ("n1.0:0", 1)
    eggs = s.state(s.version(early, "eggs", 252_000))
    s.put(2_000, "n4", early, eggs, "eggs", 1, 1_000, 5_000, {})
    milk = s.state(s.version(late, "milk", 10_000))
    put = s.put(10_000, "n1", late, milk, "milk", 3, 9_000, 12_000, {("n2", ""): 11_000})
    s.write(14_000, ("n3", ""), milk, synced=False)
    s.crash(15_000, "n3")
    for at_us, node in ((33_000, "n1"), (34_500, "n2")):
        s.write(at_us, (node, ""), eggs)
    told = story_of(put, s.watch, s.puts, "lww")
    assert told.winner == s.puts[early]
    assert told.skew is not None
    assert (told.skew.node, told.skew.ahead_us) == ("n4", 250_000)
    assert told.gone_us == 34_500
    golden("lww-loss", text_of(told))


def test_last_writer_wins_at_a_coordinator_whose_clock_is_behind(scene: type[Any], golden: Golden) -> None:
    """The coordinator holds a version with a greater stamp: the put is acknowledged and no record ever holds it."""
    s = scene("n1", "n2")
    early, late = ("n2.0:0", 1), ("n1.0:0", 1)
    eggs = s.state(s.version(early, "eggs", 2_000))
    s.put(2_000, "n2", early, eggs, "eggs", 1, 1_000, 5_000, {("n1", ""): 3_000})
    s.machines["n1"].clock.offset_us = -100_000
    put = s.put(10_000, "n1", late, eggs, "milk", 3, 9_000, 12_000, {})
    told = story_of(put, s.watch, s.puts, "lww")
    assert told.skew is not None
    assert (told.skew.node, told.skew.ahead_us) == ("n1", -100_000)
    golden("lww-lost-at-once", text_of(told))


def test_plain_vectors_let_a_put_descend_one_that_it_never_saw(scene: type[Any], golden: Golden) -> None:
    """Two blind puts through one node: the second one's clock descends the first one's."""
    s = scene("n1", "n2", "n3")
    first, second = ("n1.0:0", 1), ("n1.0:0", 2)
    milk = s.state(s.version(first, "milk", clock={"n1.0:0": 1}))
    put = s.put(2_000, "n1", first, milk, "milk", 3, 1_000, 4_000, {("n2", ""): 3_000, ("n3", "n4"): 3_100})
    eggs = s.state(s.version(second, "eggs", clock={"n1.0:0": 2}))
    s.put(20_000, "n1", second, eggs, "eggs", 1, 19_000, 22_000, {("n2", ""): 21_000})
    s.write(30_000, ("n3", "n4"), None)
    told = story_of(put, s.watch, s.puts, "vv")
    assert told.skew is None
    assert told.gone_us == 30_000
    golden("vv-loss", text_of(told))


def test_a_put_that_the_winner_had_seen_is_not_said_to_be_unseen(scene: type[Any]) -> None:
    s = scene("n1")
    first, second = ("n1.0:0", 1), ("n1.0:0", 2)
    put = s.put(2, "n1", first, s.state(s.version(first, "milk")), "milk", 3, 1, 4, {})
    s.put(20, "n1", second, s.state(s.version(second, "eggs")), "eggs", 1, 19, 22, {}, context={"n1.0:0": 1})
    assert "had not seen it" not in paragraph(story_of(put, s.watch, s.puts, "dvv"))


def test_hostile_values_are_shown_short_and_printable(scene: type[Any]) -> None:
    s = scene("n1")
    first, second = ("n1.0:0", 1), ("n1.0:0", 2)
    hostile = "\x1b[2J\n" + "x" * 5_000
    put = s.put(2, "n1", first, s.state(s.version(first, hostile)), hostile, 3, 1, 4, {})
    s.put(20, "n1", second, s.state(s.version(second, hostile)), hostile, 1, 19, 22, {})
    text = headline(told := story_of(put, s.watch, s.puts, "dvv")) + paragraph(told)
    assert text.isprintable()
    assert len(text) < 1_000


def recorded(versions: str) -> RecordedRun:
    config = RunConfig(seed=1, ops=200, versions=versions)  # type: ignore[arg-type]
    return finish(prepare(config), claims_of(config)).run


def test_the_lost_puts_are_those_that_the_checker_finds() -> None:
    assert lost_puts(recorded("dvv")) == []
    lost = lost_puts(recorded("lww"))
    assert lost == sorted(lost, key=lambda op: op.index)
    assert lost
    standing = {version.value for state in recorded("lww").replicas.states for version in state.versions}  # type: ignore[union-attr]
    assert not {put.value for put in lost} & standing
