"""kept.scenario.interpreter: lines become commands, and the same lines can be said to another cluster."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kept.scenario.failing import ScenarioError
from kept.scenario.interpreter import COMMANDS, Interpreter, vocabulary

Begin = Callable[..., Any]


def test_a_cluster_begins_anew(talk: Begin) -> None:
    conversation = talk("cluster", "put n1 k v")
    assert conversation.say("cluster nodes=3 sloppy=no versions=lww") == ["n1, n2, n3: N=3 R=2 W=2, strict, lww"]
    assert conversation.say("get n1 k") == ["get k: ok, nothing, context {}"]


def test_a_bug_is_seeded_right_after_the_cluster_only(talk: Begin) -> None:
    conversation = talk("cluster")
    assert conversation.say("bug canary") == ["with the bug canary"]
    assert conversation.say("put n1 k v", "show k") == ["n1: nothing", "n2: nothing", "n3: nothing"]
    with pytest.raises(ScenarioError, match="bug: stands right after `cluster`"):
        conversation.say("bug canary")


def test_again_without_the_bug_shows_what_is_answered_otherwise(talk: Begin) -> None:
    conversation = talk("cluster", "bug canary", "clock n1 +1s", "put n1 k v", "get n1 k")
    assert conversation.say("again without the bug") == [
        "> put n1 k v",
        "  put k=v: ok n1.0:0/1, context {n1.0:0/1}",
        "> get n1 k",
        "  get k: ok [v n1.0:0/1], context {n1.0:0/1}",
        "(1 of 3 commands are answered as before)",
    ]


def test_again_leaves_the_cluster_as_it_is(talk: Begin) -> None:
    conversation = talk("cluster", "bug canary", "put n1 k v")
    before = conversation.say("show k")
    conversation.say("again without the bug")
    assert conversation.say("show k") == before
    assert conversation.say("again without the bug")[-1] == "(0 of 3 commands are answered as before)"


def test_again_with_another_field_keeps_the_bug(talk: Begin) -> None:
    conversation = talk("cluster", "bug canary", "put n1 k v as v", "show k")
    said = conversation.say("again with nodes=3 r=1 n=2 w=1")
    assert said == ["> show k", "  n1: nothing", "  n2: nothing", "(1 of 2 commands are answered as before)"]


def test_a_line_that_does_not_apply_to_the_other_cluster_is_an_answer_too(talk: Begin) -> None:
    conversation = talk("cluster", "hold n1->n5", "put n1 k v")
    assert conversation.say("again with nodes=3")[:2] == [
        "> hold n1->n5",
        "  does not apply: node or client: n5; accepted: *, n1, n2, n3, client, operator",
    ]


def test_again_must_show_something(talk: Begin) -> None:
    conversation = talk("cluster", "put n1 k v", "show k")
    with pytest.raises(ScenarioError, match="every command is answered as before; what was changed does not show"):
        conversation.say("again with read_repair=off")


def test_a_command_that_says_nothing_says_ok(talk: Begin) -> None:
    conversation = talk("cluster", "hold Replicate", "put n1 k v", "trace on")
    assert all(conversation.say(line) for line in ("show wire", "release", "trace off"))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("put n1 k v", "there is no cluster yet; begin with `cluster`"),
        ("bug canary", "bug: stands right after `cluster`"),
        ("again without the bug", "again: there is nothing to carry out again"),
        ("clster", "command: clster; accepted: cluster, bug, again, put"),
        ("put n1 'k", "put n1 'k: no closing quotation; accepted: words, in quotes where they hold spaces"),
        ("x" * 2_000, "a line of 2000 characters; accepted: up to 1000"),
        ("''", "command: ''; accepted"),
    ],
)
def test_a_line_that_is_no_command_is_told(line: str, told: str) -> None:
    with pytest.raises(ScenarioError) as error:
        Interpreter().perform(line)
    assert str(error.value).startswith(told)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("again", "again ; accepted: again without the bug, again with FIELD=VALUE..."),
        ("again with", "again with; accepted"),
        ("again without the bug", "again: the cluster has no bug"),
        ("again with colour=blue", "colour: unknown field"),
    ],
)
def test_what_cannot_be_done_again_is_told(talk: Begin, line: str, told: str) -> None:
    with pytest.raises(ScenarioError) as error:
        talk("cluster", "put n1 k v", line)
    assert str(error.value).startswith(told)


def test_the_vocabulary_names_every_command_once() -> None:
    names = [usage.split()[0] for usage, _ in vocabulary()]
    assert names == ["cluster", "bug", "again", *COMMANDS]
    assert len(set(names)) == len(names)
    assert all(about.endswith(".") for _, about in vocabulary())


NODE = st.sampled_from(["n1", "n2", "n3", "n4"])
KEY = st.sampled_from(["k", "l"])
LINK = st.sampled_from(["", "n1->n2", "n2->*", "*->n3", "Replicate", "n1->* Replicate", "Handoff", "n1->client"])
ANYTHING = st.one_of(
    st.builds("put {} {} v with a as a".format, NODE, KEY),
    st.builds("put {} {} v as a".format, NODE, KEY),
    st.builds("get {} {} as a".format, NODE, KEY),
    st.builds("delete {} {} with a".format, NODE, KEY),
    st.builds("{} {}".format, st.sampled_from(["restart", "pause", "resume", "sync", "lose disk", "retry a"]), NODE),
    st.builds("crash {}{}".format, NODE, st.sampled_from(["", " losing unsynced", " keeping 1"])),
    st.builds("{} disk {}".format, st.sampled_from(["hold", "release"]), NODE),
    st.builds("{} {}".format, st.sampled_from(["hold", "release", "deliver", "duplicate", "drop", "cut"]), LINK),
    st.builds("damage {} {}".format, NODE, KEY),
    st.builds("partition {} | {}".format, NODE, NODE),
    st.builds("advance {}".format, st.sampled_from(["50ms", "700ms", "12s"])),
    st.builds(
        "show {}".format, st.sampled_from(["k", "hints", "down", "wire", "ring", "roots k", "births", "waiting"])
    ),
    st.sampled_from(["retry a", "heal", "release", "settle", "check", "trace all", "trace off", "cluster nodes=4"]),
)


@given(st.lists(ANYTHING, max_size=25), st.sampled_from(["dvv", "vv", "lww"]))
@settings(max_examples=60)
def test_no_sequence_of_commands_does_more_than_answer_or_say_what_is_wrong(lines: list[str], versions: str) -> None:
    interpreter = Interpreter()
    interpreter.perform(f"cluster nodes=4 versions={versions}")
    for line in lines:
        said = interpreter.attempt(line)
        assert said
        assert all(told and told == told.rstrip() and "\n" not in told for told in said)
