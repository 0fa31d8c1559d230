"""kept.scenario.wording: exact, short, and the same every time."""

import pytest

from dynamo.core import messages as m
from dynamo.core.context import encode_context
from dynamo.core.membership import FLIP, NO_TABLE, Plan, Table, encode_table
from dynamo.core.preference import Member
from dynamo.core.siblings import NOTHING, Siblings, Version
from kept.scenario import wording
from kept.scenario.stage import BACKGROUND
from kept.scenario.wire import KINDS

TWO = Siblings({"a": 2, "b": 1}, (Version("a", 2, b"milk", 3_000), Version("b", 1, b"two eggs", 1_500)))


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (b"milk", "milk"),
        (b"a b", '"a b"'),
        (b"", '""'),
        (b"\xff\n", '"\\xff\\n"'),
        ("é".encode(), '"é"'),
        (b"x" * 41, None),
    ],
)
def test_one_plain_word_stands_bare_and_everything_else_in_quotes(data: bytes, shown: str | None) -> None:
    assert wording.text(data) == (shown or f'"{"x" * 40}..."')


@pytest.mark.parametrize(
    ("span_us", "shown"),
    [(0, "0 ms"), (250, "250 us"), (99_000, "99 ms"), (2_250_000, "2.25 s"), (12_000_000, "12 s"), (-5_000, "-5 ms")],
)
def test_a_span_has_a_unit(span_us: int, shown: str) -> None:
    assert wording.duration(span_us) == shown


@pytest.mark.parametrize(
    ("policy", "shown"),
    [("dvv", '[milk a/2, "two eggs" b/1] seen {a/2, b/1}'), ("lww", '[milk a/2 at 3 ms, "two eggs" b/1 at 1500 us]')],
)
def test_a_state_shows_what_its_policy_decides_by(policy: str, shown: str) -> None:
    assert wording.state(TWO, policy) == shown


def test_a_plain_vector_shows_its_clock() -> None:
    state = Siblings({"a": 1, "b": 2}, (Version("a", 1, b"v", 0, (("a", 1), ("b", 2))),))
    assert wording.state(state, "vv") == "[v {a/1, b/2}]"


def test_nothing_a_tombstone_and_what_cannot_be_told_are_three_things() -> None:
    assert wording.state(NOTHING, "dvv") == "nothing"
    assert wording.state(Siblings({"a": 1}, ()), "dvv") == "deleted seen {a/1}"
    assert wording.state(Siblings({"a": 1}, (Version("a", 1, None, 1_000),)), "lww") == "[deleted a/1 at 1 ms]"
    assert wording.state(None, "dvv") == "cannot tell"


TOLD = '[milk a/2, "two eggs" b/1] seen {a/2, b/1}'
TABLE = Table("c", 4, (Member("a", (1,)), Member("b", (2,))))
CHANGING = TABLE._replace(
    plan=Plan("a.1.2", "a", "leave b", TABLE.members[:1], 2, ("b",), ("a.1.1",), FLIP),
)
PUT = m.Request("q1", m.PUT, b"k", b"v")
GET = m.Request("q2", m.GET, b"k")
DELETE = m.Request("q3", m.DELETE, b"k")
CONTEXT = encode_context({"a": 2, "b": 1})


@pytest.mark.parametrize(
    ("request_", "response", "line"),
    [
        (
            PUT,
            m.Response("q1", m.OK, "", (b"v",), (("a", 2),), CONTEXT, ("a", 2)),
            "put k=v: ok a/2, context {a/2, b/1}",
        ),
        (
            PUT,
            m.Response("q1", m.OK, "", (b"v", b"w"), (("a", 2), ("b", 1)), CONTEXT, ("a", 2)),
            "put k=v: ok a/2, siblings [v a/2, w b/1], context {a/2, b/1}",
        ),
        (PUT, m.Response("q1", m.INFO, "late"), "put k=v: info (late)"),
        (GET, m.Response("q2", m.OK), "get k: ok, nothing, context {}"),
        (GET, m.Response("q2", m.OK, "", (b"w",), (("b", 1),), CONTEXT), "get k: ok [w b/1], context {a/2, b/1}"),
        (DELETE, m.Response("q3", m.OK, "", (), (), CONTEXT), "delete k: ok, context {a/2, b/1}"),
        (
            DELETE,
            m.Response("q3", m.OK, "", (b"w",), (("b", 1),), CONTEXT),
            "delete k: ok, siblings [w b/1], context {a/2, b/1}",
        ),
    ],
)
def test_an_answer_is_one_line(request_: m.Request, response: m.Response, line: str) -> None:
    assert wording.answer(request_, response) == line


@pytest.mark.parametrize(
    ("message", "line"),
    [
        (m.Replicate(1, b"k", NOTHING), "Replicate k nothing"),
        (m.Replicate(1, b"k", NOTHING, "n1"), "Replicate k for n1 nothing"),
        (m.Replicate(1, b"k", NOTHING, durable=False), "Replicate k nothing, memory will do"),
        (m.Stored(1), "Stored"),
        (m.Read(1, b"k"), "Read k"),
        (m.ReadReply(1, b"", None), "ReadReply cannot tell"),
        (m.Forward(PUT), "Forward put k=v"),
        (m.Forwarded(m.Response("q1", m.FAIL), refused=True), "Forwarded refused"),
        (m.Forwarded(m.Response("q1", m.OK)), "Forwarded ok"),
        (m.Handoff(1, ((b"k", NOTHING), (b"l", NOTHING))), "Handoff k nothing; l nothing"),
        (m.TreeRecord(b"k", NOTHING, True), "TreeRecord k nothing, yours is wanted"),
        (m.TreeLeaves(((0, (1,), {b"k": b"d"}),)), "TreeLeaves k"),
        (m.ReapQuery(1, b"k", b"d"), "ReapQuery k"),
        (m.ReapVote(1, False), "ReapVote no"),
        (m.Reap(b"k", b"d"), "Reap k"),
        (m.Ping(), "Ping"),
        (m.Hello(1, 2, 3), "Hello from boot 2, heartbeat 3"),
        (m.Welcome(1, 2, 3, encode_table(TABLE)), "Welcome boot 2, heartbeat 3; epoch 4: a, b"),
        (m.Welcome(1, 0, 0, encode_table(NO_TABLE)), "Welcome boot 0, heartbeat 0; in no ring"),
        (m.Announce(encode_table(TABLE)), "Announce epoch 4: a, b"),
        (
            m.Announce(encode_table(CHANGING)),
            "Announce epoch 4: a, b; leave b, driven by a, phase flip, without b (a.1.2 in place of a.1.1)",
        ),
        (m.Progress("a.1.2", "flip"), "Progress a.1.2 flip"),
        (m.LetIn("n7", 1.0, "", "", ""), "LetIn n7"),
        (m.TransferPull(1, "a.1.2", 3, 7), "TransferPull partition 3 from leaf 7 on"),
        (m.TransferPage(1, ((b"k", b"d"), (b"l", b"d")), -1), "TransferPage k, l"),
        (m.TransferPage(1, (), -1), "TransferPage no keys"),
        (m.TransferFetch(1, (b"k", b"l")), "TransferFetch k, l"),
        (m.TransferRecords(1, ((b"k", NOTHING), (b"l", TWO))), "TransferRecords k nothing; l " + TOLD),
        (m.Operated("o1", m.OK), "Operated ok"),
    ],
)
def test_a_message_is_told_by_its_kind_and_what_it_is_about(message: object, line: str) -> None:
    assert wording.message(message, "dvv") == line


@pytest.mark.parametrize(
    ("answer", "line"),
    [
        (m.Operated("o1", "refused", "a is the last member"), "refused: a is the last member"),
        (m.Operated("o1", m.OK, "a member", 4, ("a", "b")), "a member; epoch 4: a, b"),
        (m.Operated("o1", m.OK, "in no ring"), "in no ring"),
        (
            m.Operated("o1", m.OK, "leave b", 4, ("a", "b"), "leave b, driven by a, phase prepare"),
            "ok; epoch 4: a, b; leave b, driven by a, phase prepare",
        ),
        (
            m.Operated("o1", m.OK, "leave b goes on without c", 4, ("a", "b"), "leave b, driven by a, phase flip"),
            "leave b goes on without c; epoch 4: a, b; leave b, driven by a, phase flip",
        ),
    ],
)
def test_an_answer_to_an_order_is_one_line(answer: m.Operated, line: str) -> None:
    assert wording.operated(answer) == line


def test_messages_that_an_answer_leaves_out_are_messages_and_carry_no_record() -> None:
    assert set(KINDS) >= BACKGROUND
    carrying = {"Replicate", "ReadReply", "Handoff", "TreeRecord", "TransferRecords"}
    assert not carrying & BACKGROUND
