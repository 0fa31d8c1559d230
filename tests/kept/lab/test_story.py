"""kept.lab.story: what the nodes did, claim by claim, held against golden files.

Each scene is written by hand, so that a change of the store cannot change its story.
"""

from collections.abc import Callable
from textwrap import fill
from typing import Any

import pytest

from checkers.facts import (
    Acknowledged,
    Fact,
    Failed,
    Hid,
    HintLeft,
    Holds,
    NeverPut,
    NeverSettled,
    Overwrote,
    OwnersAre,
    Returned,
    SeenBefore,
    Showed,
    Standing,
    Twice,
    WentBack,
)
from checkers.verdict import Counterexample, refute
from dynamo.core import messages as m
from histories.operation import Dot, Operation
from kept.lab.copyfacts import Crashed, Forgot, LastWrote, NamedAt, Replied, StillHeld
from kept.lab.facts import CameBack
from kept.lab.story import facts_of, paragraph

MS = 1_000
A, B = ("n1.0:0", 1), ("n2.0:0", 1)
Golden = Callable[[str, str], None]


def told(claim: str, scene: Any, facts: list[Fact], operations: list[Operation], unrest: str = "") -> str:
    """All three: the sentence, the paragraph, and the facts that only the watch tells."""
    found = counterexample(claim, facts, operations)
    more = facts_of(found, "cart", scene.watch, {op.request: op for op in scene.operations})
    text = "".join(f"{type(fact).__name__}: {fact.sentence()}\n" for fact in more)
    return f"{fill(found.sentence, 100)}\n\n{fill(paragraph(found, more, unrest), 100)}\n\n{text}"


def counterexample(claim: str, facts: list[Fact], operations: list[Operation]) -> Counterexample:
    return refute(claim, facts, operations).counterexample


def sent(scene: Any, at_us: int, sender: str, to: str, state: Any) -> None:
    scene.watch.sent(at_us, sender, to, m.Replicate(1, b"cart", state))


def deleted(scene: Any, at_us: int, seen: Dot) -> Operation:
    """A delete by client 5, acknowledged, that had seen one version."""
    one = Operation(
        len(scene.operations), 5, "delete", "cart", None, {seen[0]: seen[1]}, "5.9", at_us - 2 * MS, at_us, "ok", dot=B
    )  # fmt: skip
    scene.operations.append(one)
    return one


def resurrected(scene: type[Any]) -> tuple[Any, Operation, Operation, Standing]:
    """n3 is away when milk is deleted; the tombstone is forgotten, and n3 brings milk back."""
    s = scene("n1", "n2", "n3")
    milk = s.state(s.version(A, "milk"))
    tombstone = s.state(s.version(B, None), seen={A[0]: A[1]})
    put = s.put(2 * MS, "n1", A, milk, "milk", 3, 1 * MS, 4 * MS, {("n2", ""): 3 * MS, ("n3", ""): 3 * MS})
    for at_us, node in ((20 * MS, "n2"), (21 * MS, "n1")):
        s.write(at_us, (node, ""), tombstone)
    delete = deleted(s, 22 * MS, A)
    for at_us, node in ((9_000 * MS, "n1"), (9_001 * MS, "n2")):
        s.write(at_us, (node, ""), None)
    sent(s, 9_500 * MS, "n3", "n1", milk)
    s.write(9_501 * MS, (("n1"), ""), milk)
    return s, put, delete, Standing("cart", A, "milk", ("n1", "n3"))


def test_a_deleted_value_that_comes_back_from_a_node_that_was_away(scene: type[Any], golden: Golden) -> None:
    s, put, delete, stands = resurrected(scene)
    facts: list[Fact] = [Acknowledged(put), Overwrote(delete, A), stands]
    golden("resurrection", told("no-resurrection", s, facts, [put, delete]))
    more = facts_of(counterexample("no-resurrection", facts, [put]), "cart", s.watch, {})
    assert [type(fact) for fact in more] == [StillHeld, Forgot, Forgot, CameBack]
    assert more[0].places == (("n3", ""),)
    assert more[-1].sender == "n3"


def test_a_get_that_returns_what_a_delete_had_seen(scene: type[Any], golden: Golden) -> None:
    s, _, delete, _ = resurrected(scene)
    get = s.get("n1", {"n1": s.state(s.version(A, "milk"))}, {A[0]: A[1]}, 6, 9_600 * MS, 9_602 * MS)
    golden("stale-delete", told("fresh-deletes", s, [Overwrote(delete, A), Returned(get, A, "milk")], [delete, get]))


def test_a_replaced_value_that_stands_beside_its_successor(scene: type[Any], golden: Golden) -> None:
    s = scene("n1", "n2")
    milk = s.state(s.version(A, "milk"))
    both = s.state(s.version(A, "milk"), s.version(B, "eggs"))
    s.put(2 * MS, "n1", A, milk, "milk", 3, 1 * MS, 4 * MS, {("n2", ""): 3 * MS})
    seen = {A[0]: A[1]}
    eggs = s.put(20 * MS, "n2", B, both, "eggs", 5, 19 * MS, 22 * MS, {("n1", ""): 21 * MS}, context=seen)
    stands = Standing("cart", A, "milk", ("n1", "n2"))
    golden("false-sibling", told("no-false-sibling", s, [stands, Overwrote(eggs, A)], [eggs]))


def test_a_put_that_was_reported_failed_and_is_there(scene: type[Any], golden: Golden) -> None:
    s = scene("n1", "n2")
    milk = s.state(s.version(A, "milk"))
    sent(s, 2 * MS, "n1", "n2", milk)
    put = s.put(2 * MS, "n1", A, milk, "milk", 3, 1 * MS, 600 * MS, {("n2", ""): 3 * MS})
    failed = put._replace(outcome="fail", reason="1 of W=2 acknowledged in time", dot=None)
    golden(
        "failed-but-visible", told("no-false-sibling", s, [Standing("cart", A, "milk", ("n2",)), Failed(failed)], [put])
    )


def test_a_value_that_nobody_put(scene: type[Any], golden: Golden) -> None:
    s = scene("n1", "n2")
    cut = s.state(s.version(A, "mil"))
    sent(s, 2 * MS, "n1", "n2", cut)
    s.write(3 * MS, ("n2", ""), cut)
    get = s.get("n2", {"n2": cut}, {A[0]: 1}, 6, 5 * MS, 6 * MS)
    facts: list[Fact] = [Returned(get, A, "mil"), NeverPut("cart", A, "mil")]
    golden("invented-value", told("no-invented-value", s, facts, [get]))


def test_a_name_that_is_given_again_after_a_crash(scene: type[Any], golden: Golden) -> None:
    s = scene("n1", "n2")
    s.put(2 * MS, "n1", A, s.state(s.version(A, "milk")), "milk", 3, 1 * MS, 4 * MS, {("n2", ""): 3 * MS})
    s.machines["n1"].disk.crash(0, None)
    s.watch.happened(5 * MS, "crashed", {"node": "n1", "lost_batches": 1})
    s.watch.happened(6 * MS, "crashed", {"node": "n2"})
    s.put(20 * MS, "n1", A, s.state(s.version(A, "eggs")), "eggs", 5, 19 * MS, 22 * MS, {})
    twice = Twice("the dot n1.0:0/1 names two things", '"milk" of "cart"', '"eggs" of "cart"')
    golden("dot-names-two", told("unique-dots", s, [twice], s.operations))
    more = facts_of(counterexample("unique-dots", [twice], []), "cart", s.watch, {})
    assert [type(fact) for fact in more] == [NamedAt, Crashed, NamedAt]


def test_a_name_that_is_given_again_after_its_record_was_forgotten(scene: type[Any], golden: Golden) -> None:
    s = scene("n1")
    s.put(2 * MS, "n1", A, s.state(s.version(A, "milk")), "milk", 3, 1 * MS, 4 * MS, {})
    s.write(9 * MS, ("n1", ""), s.state(seen={A[0]: 1}))
    s.write(10 * MS, ("n1", ""), None)
    second = s.put(20 * MS, "n1", A, s.state(s.version(A, "eggs")), "eggs", 5, 19 * MS, 22 * MS, {})
    reader = s.get("n1", {}, {A[0]: 1}, 6, 5 * MS, 6 * MS)
    golden("dot-reused", told("unique-dots", s, [SeenBefore(second, A, reader, 6 * MS)], [second, reader]))


def test_a_put_that_two_nodes_named(scene: type[Any], golden: Golden) -> None:
    s = scene("n1", "n2")
    put = s.put(2 * MS, "n1", A, s.state(s.version(A, "milk")), "milk", 3, 1 * MS, 900 * MS, {})
    both = s.state(s.version(A, "milk"), s.version(B, "milk"))
    s.write(700 * MS, ("n2", ""), both)
    from dynamo.core.effects import Minted

    s.watch.minted(700 * MS, "n2", Minted(put.request, b"cart", B))
    twice = Twice('one value under two dots, put "cart"="milk" by client 3', "n1.0:0/1", "n2.0:0/1")
    golden("put-named-twice", told("unique-dots", s, [twice], [put]))


def test_a_get_that_goes_back_behind_what_its_client_has_read(scene: type[Any], golden: Golden) -> None:
    s = scene("n1", "n2", "n3", "n4")
    milk = s.state(s.version(A, "milk"))
    s.put(2 * MS, "n1", A, milk, "milk", 3, 1 * MS, 4 * MS, {})
    first = s.get("n4", {"n1": milk, "n2": s.nothing}, {A[0]: 1}, 6, 9 * MS, 11 * MS)
    second = s.get("n4", {"n2": s.nothing, "n3": s.nothing}, {}, 6, 12 * MS, 14 * MS)
    facts: list[Fact] = [Showed(first), WentBack(second, first, A)]
    golden("went-back", told("monotonic-reads", s, facts, [first, second]))
    more = facts_of(counterexample("monotonic-reads", facts, []), "cart", s.watch, {})
    assert [(fact.node, fact.how) for fact in more if isinstance(fact, Replied)] == [
        ("n2", "unknown"), ("n3", "unknown"),
    ]  # fmt: skip


def test_a_get_that_hides_what_its_context_covers(scene: type[Any], golden: Golden) -> None:
    s = scene("n1", "n2", "n3", "n4")
    milk = s.state(s.version(A, "milk"))
    put = s.put(2 * MS, "n1", A, milk, "milk", 3, 1 * MS, 4 * MS, {("n2", ""): 3 * MS})
    replies = {"n2": milk, "n3": s.state(seen={A[0]: 1}), "n4": s.nothing}
    get = s.get("n4", replies, {A[0]: 1}, 6, 9 * MS, 11 * MS)
    golden("hidden-sibling", told("honest-contexts", s, [Acknowledged(put), Hid(get, A)], [put, get]))
    more = facts_of(counterexample("honest-contexts", [Hid(get, A)], []), "cart", s.watch, {})
    assert [(fact.node, fact.how) for fact in more if isinstance(fact, Replied)] == [
        ("n2", "held"), ("n3", "replaced"), ("n4", "unknown"),
    ]  # fmt: skip


def apart(scene: type[Any]) -> Any:
    """n1 and n2 hold different things, n4 holds what it should not; n3 nothing."""
    s = scene("n1", "n2", "n3", "n4")
    milk, eggs = s.state(s.version(A, "milk")), s.state(s.version(B, "eggs"))
    s.put(2 * MS, "n1", A, milk, "milk", 3, 1 * MS, 4 * MS, {})
    sent(s, 19 * MS, "n4", "n2", eggs)
    s.write(20 * MS, ("n2", ""), eggs)
    s.write(30 * MS, ("n2", ""), eggs)
    s.write(25 * MS, ("n4", "n3"), eggs)
    return s


def test_replicas_that_stay_apart(scene: type[Any], golden: Golden) -> None:
    facts: list[Fact] = [Holds("n1", "cart", (A,), ((A[0], 1),)), Holds("n2", "cart", (B,), ((B[0], 1),))]
    golden("apart", told("convergence", apart(scene), facts, []))
    more = facts_of(counterexample("convergence", facts, []), "cart", apart(scene).watch, {})
    assert more == (LastWrote(("n1", ""), 2 * MS, ""), LastWrote(("n2", ""), 20 * MS, "n4"))


def test_a_hint_that_is_never_handed_off(scene: type[Any], golden: Golden) -> None:
    golden("hint-left", told("convergence", apart(scene), [HintLeft("n4", "n3", "cart")], []))


def test_a_cluster_that_does_not_come_to_rest_says_what_went_on(scene: type[Any], golden: Golden) -> None:
    text = told("convergence", apart(scene), [NeverSettled()], [], "n4 keeps hints for n3")
    golden("never-settled", text)
    assert "When the time was up, n4 keeps hints for n3." in " ".join(text.split())


def test_a_key_in_the_wrong_place(scene: type[Any], golden: Golden) -> None:
    owners = OwnersAre("cart", ("n1", "n2", "n3"))
    facts: list[Fact] = [owners, Holds("n4", "cart", (B,), ((B[0], 1),))]
    golden("misplaced", told("placement", apart(scene), facts, []))


@pytest.mark.parametrize("facts", [[], [NeverSettled()]])
def test_where_the_watch_knows_no_more_the_judges_sentence_stands_alone(scene: type[Any], facts: list[Fact]) -> None:
    found = Counterexample("convergence", "It is so.", (), tuple(facts))
    assert facts_of(found, "cart", scene("n1").watch, {}) == ()
    assert paragraph(found, (), "") == "It is so."
