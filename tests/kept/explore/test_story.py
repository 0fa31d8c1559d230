"""kept.explore.story: what ended before what began is all the order that a story has."""

from dynamo.core.messages import FAIL, INFO, OK, Request, Response
from kept.explore.story import Stories

GET = Request("0.1", "get", b"k")
PUT = Request("1.1", "put", b"k", b"v")


def test_the_order_of_beginnings_that_overlap_does_not_show() -> None:
    stories = Stories(2, 2)
    one = stories.begin(stories.begin(stories.nothing, 0, GET), 2, PUT)
    other = stories.begin(stories.begin(stories.nothing, 2, PUT), 0, GET)
    assert one == other
    assert stories.of_digest(stories.digests[one]) == one


def test_what_ended_before_an_operation_began_shows() -> None:
    stories = Stories(2, 2)
    got = Response("0.1", OK)
    ended_first = stories.begin(stories.end(stories.begin(stories.nothing, 0, GET), 0, got), 2, PUT)
    ended_later = stories.end(stories.begin(stories.begin(stories.nothing, 0, GET), 2, PUT), 0, got)
    assert ended_first != ended_later
    told = stories.all[ended_first][2]
    assert told is not None
    assert told.before == 0b1


def test_a_client_goes_on_with_the_context_of_its_last_answer_and_forgets_it_after_an_unknown_outcome() -> None:
    stories = Stories(1, 3)
    begun = stories.begin(stories.nothing, 0, GET)
    assert stories.context(begun, 0, b"k") == b""
    got = stories.end(begun, 0, Response("0.1", OK, context=b"seen"))
    assert stories.context(got, 0, b"k") == b"seen"
    second = stories.begin(got, 1, PUT)
    assert stories.context(stories.end(second, 1, Response("0.2", FAIL)), 0, b"k") == b"seen"
    assert stories.context(stories.end(second, 1, Response("0.2", INFO)), 0, b"k") == b""
    deleting = stories.begin(got, 1, Request("0.2", "delete", b"k", context=b"seen"))
    assert stories.context(stories.end(deleting, 1, Response("0.2", OK, context=b"all")), 0, b"k") == b""


def test_the_names_that_a_put_was_given_are_kept_in_their_order() -> None:
    stories = Stories(1, 1)
    begun = stories.begin(stories.nothing, 0, PUT)
    told = stories.all[stories.mint(stories.mint(begun, 0, ("a", 1)), 0, ("b", 1))][0]
    assert told is not None
    assert told.minted == (("a", 1), ("b", 1))


def test_contexts_are_of_one_key() -> None:
    stories = Stories(1, 2)
    got = stories.end(stories.begin(stories.nothing, 0, GET), 0, Response("0.1", OK, context=b"seen"))
    put = stories.begin(got, 1, Request("0.2", "put", b"l", b"v"))
    lost = stories.end(put, 1, Response("0.2", INFO))
    assert (stories.context(lost, 0, b"k"), stories.context(lost, 0, b"l")) == (b"seen", b"")
