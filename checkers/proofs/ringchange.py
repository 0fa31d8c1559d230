"""Preference lists that differ: a node joins or leaves, a ring is stale, two coordinators see different health.

The store counts W acknowledgements *per list* while a change is under way: W of the old list and W of the new one, a
node that is in both counting in both. `pending-per-list` proves that this suffices for gets on either list,
`pending-implied` that W + p acknowledgements on the union imply it, and `pending-union` that W on the union do not.
"""

from checkers.proofs.lemma import Lemma, Parameter, Tempting
from checkers.proofs.rows import ACKS, ONE_REPLICA, QUORUMS, REPLICAS, REPLIES, WRITABLE, N, R, W
from checkers.proofs.terms import Named, equal, some, var
from checkers.proofs.venn import Region, Venn

_DIFFERENT = Parameter("d", "members of one list that are not in the other")
_PENDING = Parameter("p", "pending members: in the new list and not in the old one")


def _side(region: Region) -> str:
    """Members of both lists are n1, n2, ...; of the old one only o1, ...; of the new one only p1, ..."""
    return "n" if region.is_in("old", "new") else "o" if region.is_in("old") else "p"


def _lists(venn: Venn, symbol: str) -> tuple[Named, ...]:
    return (
        Named("the old list has N nodes", equal(venn.size("old"), N)),
        Named("the new list has N nodes", equal(venn.size("new"), N)),
        Named("they differ", equal(venn.size("old", outside=("new",)), var(symbol))),
    )


def _differ(symbol: str) -> tuple[Named, ...]:
    return (
        Named("no negative difference", var(symbol) >= 0),
        Named("no greater difference than the list", var(symbol) <= N),
    )


def _two_lists() -> Lemma:
    venn = Venn(
        ("old", "new", "write", "read"),
        lambda r: (
            (r.is_in("old") or r.is_in("new"))
            and (r.is_in("old") or not r.is_in("write"))
            and (r.is_in("new") or not r.is_in("read"))
        ),
    )
    return Lemma(
        name="lists-differ",
        claim="a get on one preference list meets every put on another, {d} of their members being different",
        parameters=(REPLICAS, REPLIES, ACKS, _DIFFERENT),
        venn=venn,
        domain=(*QUORUMS, *_differ("d")),
        setting=(
            *_lists(venn, "d"),
            Named("R nodes reply", equal(venn.size("read"), R)),
            Named("W nodes acknowledged", equal(venn.size("write"), W)),
        ),
        failure=Named("none in both", equal(venn.size("write", "read"), 0)),
        condition=R + W > N + var("d"),
        story="the put goes to the old list, {old}, and is acknowledged by {write}; "
        "the get goes to the new list, {new}, and hears {read}: no node is in both",
        assumes=("puts go to one list, gets to the other", "nothing was transferred yet"),
        tempting=(Tempting(R + W > N, "R + W > N is enough while the ring changes"),),
        prefix=_side,
    )


_EITHER = Venn(
    ("old", "new", "write", "read"),
    lambda r: r.is_in("old") or r.is_in("new"),
)


def _either_list() -> Named:
    only_old, only_new = _EITHER.size("read", outside=("old",)), _EITHER.size("read", outside=("new",))
    return Named("the get asks one of the lists", some(equal(only_old, 0), equal(only_new, 0)))


def _pending(name: str, claim: str, acknowledged: tuple[Named, ...], union: bool) -> Lemma:
    return Lemma(
        name=name,
        claim=claim,
        parameters=(REPLICAS, REPLIES, ACKS, _PENDING),
        venn=_EITHER,
        domain=(*QUORUMS, *_differ("p")),
        setting=(
            *_lists(_EITHER, "p"),
            Named("R nodes reply", equal(_EITHER.size("read"), R)),
            _either_list(),
            *acknowledged,
        ),
        failure=Named("none in both", equal(_EITHER.size("write", "read"), 0)),
        condition=R + W > N + var("p") if union else R + W > N,
        story="old list {old}, new list {new}; the put is acknowledged by {write}; the get hears {read}: "
        "no node is in both",
        assumes=("no node acknowledges before it holds the put durably",),
        tempting=(Tempting(R + W > N, "W acknowledgements on the union of both lists are enough"),) if union else (),
        prefix=_side,
    )


def _implied() -> Lemma:
    venn = Venn(("old", "new", "write"), lambda r: r.is_in("old") or r.is_in("new"))
    acks = Parameter("A", "acknowledgements on the union of both lists")
    return Lemma(
        name="pending-implied",
        claim="{A} acknowledgements on both lists together are W on each, pending members: {p}",
        parameters=(REPLICAS, ACKS, _PENDING, acks),
        venn=venn,
        domain=(
            ONE_REPLICA,
            *WRITABLE,
            *_differ("p"),
            Named("at least one node acknowledges", var("A") >= 1),
            Named("no more than there are", var("A") <= N + var("p")),
        ),
        setting=(*_lists(venn, "p"), Named("A nodes acknowledged", equal(venn.size("write"), var("A")))),
        failure=Named("fewer than W on a list", some(venn.size("old", "write") < W, venn.size("new", "write") < W)),
        condition=var("A") >= W + var("p"),
        story="old list {old}, new list {new}; {write} acknowledge: fewer than W={W} on one list",
        prefix=_side,
    )


RING_CHANGE = (
    _two_lists(),
    _pending(
        "pending-per-list",
        "W acknowledgements on each list are enough for gets on either, pending members: {p}",
        (
            Named("W of the old list acknowledged", _EITHER.size("old", "write") >= W),
            Named("W of the new list acknowledged", _EITHER.size("new", "write") >= W),
        ),
        union=False,
    ),
    _pending(
        "pending-plus",
        "W + {p} acknowledgements on both lists together are enough, pending members: {p}",
        (Named("W + p nodes acknowledged", _EITHER.size("write") >= W + var("p")),),
        union=False,
    ),
    _implied(),
    _pending(
        "pending-union",
        "W acknowledgements on both lists together are enough, pending members: {p}",
        (Named("W nodes acknowledged", _EITHER.size("write") >= W),),
        union=True,
    ),
)
