"""Whether a get meets every acknowledged put, and whether two puts meet: strict, sloppy, with hints under way.

Gifford (SOSP 1979) for the strict rows; sloppy quorums and hinted handoff are the Dynamo paper's section 4.6; PR and PW
are Riak's.
"""

from checkers.proofs.lemma import Lemma, Parameter, Tempting
from checkers.proofs.rows import ACKS, NODES, ONE_REPLICA, QUORUMS, REPLICAS, REPLIES, WRITABLE, N, R, S, W
from checkers.proofs.terms import Every, Named, Term, equal, some, var
from checkers.proofs.venn import Region, Venn


def owner_or_fallback(region: Region) -> str:
    """Owners are n1, n2, ...; nodes that stand in for them f1, f2, ..."""
    return "n" if region.is_in("list") else "f"


def _strict() -> Lemma:
    venn = Venn(("write", "read"))
    return Lemma(
        name="reads-meet-writes",
        claim="a get meets every acknowledged put",
        parameters=(REPLICAS, REPLIES, ACKS),
        venn=venn,
        domain=QUORUMS,
        setting=(
            Named("the list has N nodes", equal(venn.size(), N)),
            Named("R of them reply", equal(venn.size("read"), R)),
            Named("W of them acknowledged", equal(venn.size("write"), W)),
        ),
        failure=Named("none in both", equal(venn.size("write", "read"), 0)),
        condition=R + W > N,
        story="the put is acknowledged by {write}; the get hears {read}: no node is in both",
        assumes=("only the key's own N replicas count", "every acknowledgement is durable"),
    )


def _writes() -> Lemma:
    venn = Venn(("first", "second"))
    return Lemma(
        name="writes-meet-writes",
        claim="two acknowledged puts share a replica",
        parameters=(REPLICAS, REPLIES, ACKS),
        venn=venn,
        domain=QUORUMS,
        setting=(
            Named("the list has N nodes", equal(venn.size(), N)),
            Named("W acknowledged the first", equal(venn.size("first"), W)),
            Named("W acknowledged the second", equal(venn.size("second"), W)),
        ),
        failure=Named("none in both", equal(venn.size("first", "second"), 0)),
        condition=2 * W > N,
        story="one put is acknowledged by {first}, another by {second}: no node has seen both",
        assumes=("only the key's own N replicas count",),
        tempting=(Tempting(R + W > N, "R + W > N makes any two puts meet"),),
    )


_WRITE_FALLBACKS = Parameter("h", "acknowledgements that may come from fallbacks")
_READ_FALLBACKS = Parameter("g", "replies that may come from fallbacks")


def _sloppy() -> Lemma:
    h, g = var("h"), var("g")
    venn = Venn(("list", "write", "read"))
    return Lemma(
        name="sloppy-reads-meet-writes",
        claim="a get meets every acknowledged put under a sloppy quorum",
        parameters=(REPLICAS, REPLIES, ACKS, _WRITE_FALLBACKS, _READ_FALLBACKS, NODES),
        venn=venn,
        domain=(
            *QUORUMS,
            Named("at least the owners", S >= N),
            Named("no negative fallbacks of puts", h >= 0),
            Named("no negative fallbacks of gets", g >= 0),
            Named("no more fallbacks of puts than there are", h <= S - N),
            Named("no more fallbacks of gets than there are", g <= S - N),
        ),
        setting=(
            Named("S nodes in all", equal(venn.size(), S)),
            Named("the list has N nodes", equal(venn.size("list"), N)),
            Named("R nodes reply", equal(venn.size("read"), R)),
            Named("W nodes acknowledged", equal(venn.size("write"), W)),
            Named("at most h of them fallbacks", venn.size("write", outside=("list",)) <= h),
            Named("at most g of the replies from fallbacks", venn.size("read", outside=("list",)) <= g),
        ),
        failure=Named("none in both", equal(venn.size("write", "read"), 0)),
        condition=some(R + W > N + h + g, R + W > S),
        story="the put is acknowledged by {write}; the get hears {read}: no node is in both",
        assumes=("hints are not delivered yet", "every acknowledgement is durable"),
        tempting=(Tempting(R + W > N, "R + W > N is enough under a sloppy quorum"),),
        prefix=owner_or_fallback,
    )


def _sloppy_writes() -> Lemma:
    h = var("h")
    venn = Venn(("list", "first", "second"))
    return Lemma(
        name="sloppy-writes-meet-writes",
        claim="two acknowledged puts share a node under a sloppy quorum",
        parameters=(REPLICAS, ACKS, _WRITE_FALLBACKS, NODES),
        venn=venn,
        domain=(
            ONE_REPLICA,
            *WRITABLE,
            Named("at least the owners", S >= N),
            Named("no negative fallbacks", h >= 0),
            Named("no more fallbacks than there are", h <= S - N),
        ),
        setting=(
            Named("S nodes in all", equal(venn.size(), S)),
            Named("the list has N nodes", equal(venn.size("list"), N)),
            Named("W acknowledged the first", equal(venn.size("first"), W)),
            Named("W acknowledged the second", equal(venn.size("second"), W)),
            Named("at most h fallbacks the first", venn.size("first", outside=("list",)) <= h),
            Named("at most h fallbacks the second", venn.size("second", outside=("list",)) <= h),
        ),
        failure=Named("none in both", equal(venn.size("first", "second"), 0)),
        condition=some(2 * W > N + 2 * h, 2 * W > S),
        story="one put is acknowledged by {first}, another by {second}: no node has seen both",
        assumes=("hints are not delivered yet",),
        tempting=(Tempting(2 * W > N, "2*W > N is enough under a sloppy quorum"),),
        prefix=owner_or_fallback,
    )


_PR = Parameter("PR", "replies that must come from the key's own replicas")
_PW = Parameter("PW", "acknowledgements that must come from the key's own replicas")


def _primary() -> Lemma:
    pr, pw = var("PR"), var("PW")
    venn = Venn(("list", "write", "read"))
    return Lemma(
        name="primaries-that-answered",
        claim="a get meets every acknowledged put when PR and PW count owners that answered",
        parameters=(REPLICAS, REPLIES, ACKS, _PR, _PW, NODES),
        venn=venn,
        domain=(
            *QUORUMS,
            Named("at least the owners", S >= N),
            Named("PR is no negative number", pr >= 0),
            Named("PR is part of R", pr <= R),
            Named("PW is no negative number", pw >= 0),
            Named("PW is part of W", pw <= W),
        ),
        setting=(
            Named("S nodes in all", equal(venn.size(), S)),
            Named("the list has N nodes", equal(venn.size("list"), N)),
            Named("R nodes reply", equal(venn.size("read"), R)),
            Named("W nodes acknowledged", equal(venn.size("write"), W)),
            Named("PR owners replied", venn.size("list", "read") >= pr),
            Named("PW owners acknowledged", venn.size("list", "write") >= pw),
        ),
        failure=Named("none in both", equal(venn.size("write", "read"), 0)),
        condition=some(pr + pw > N, R + W > S),
        story="the put is acknowledged by {write}; the get hears {read}: no node is in both",
        assumes=("PR and PW count replicas that answered", "every acknowledgement is durable"),
        tempting=(Tempting(R + W > N, "R + W > N is enough under a sloppy quorum"),),
        prefix=owner_or_fallback,
    )


def _looking_alive() -> Lemma:
    pr, pw = var("PR"), var("PW")
    venn = Venn(("list", "write", "read", "alive"), lambda r: r.is_in("list") or not r.is_in("alive"))
    base = _primary()
    return Lemma(
        name="primaries-that-look-alive",
        claim="a get meets every acknowledged put when PR and PW count owners that only look alive",
        parameters=base.parameters,
        venn=venn,
        domain=base.domain,
        setting=(
            Named("S nodes in all", equal(venn.size(), S)),
            Named("the list has N nodes", equal(venn.size("list"), N)),
            Named("R nodes reply", equal(venn.size("read"), R)),
            Named("W nodes acknowledged", equal(venn.size("write"), W)),
            Named("PR owners look alive", venn.size("alive") >= pr),
            Named("PW owners look alive", venn.size("alive") >= pw),
        ),
        failure=Named("none in both", equal(venn.size("write", "read"), 0)),
        condition=R + W > S,
        story="owners that look alive: {alive}; yet the put is acknowledged by {write}, and the get hears {read}",
        assumes=("PR and PW are checked before anybody has answered",),
        tempting=(Tempting(pr + pw > N, "PR + PW > N is enough when owners look alive"),),
        prefix=owner_or_fallback,
    )


_UNDELIVERED = Parameter("u", "hints that are not delivered yet")


def _hints(shared: bool) -> Lemma:
    u, hints, waiting = var("u"), var("hints"), var("waiting")
    venn = Venn(("direct", "handed", "read"), lambda r: shared or not r.is_in("direct", "handed"))
    handed = venn.size("handed")
    delivered = hints - waiting
    if shared:
        brought = Named(
            "hints reached an owner or more", Every((handed <= delivered, some(delivered <= 0, handed >= 1)))
        )
    else:
        brought = Named("every delivered hint reached an owner of its own", equal(handed, delivered))
    return Lemma(
        name="hints-for-shared-owners" if shared else "hints-undelivered",
        claim="a strict get meets every acknowledged put with {u} of its hints under way"
        + (", though hints may share an owner" if shared else ", hint owners being distinct"),
        parameters=(REPLICAS, REPLIES, ACKS, _UNDELIVERED),
        venn=venn,
        domain=(*QUORUMS, Named("no negative number of hints", u >= 0)),
        setting=(
            Named("the list has N nodes", equal(venn.size(), N)),
            Named("R of them reply", equal(venn.size("read"), R)),
            Named("no negative hints", hints >= 0),
            Named("some hints wait", waiting >= 0),
            Named("of those that were made", waiting <= hints),
            Named("at most u", waiting <= u),
            Named("owners and hints acknowledged", equal(venn.size("direct") + hints, W)),
            brought,
        ),
        failure=Named("no reply from a holder", equal(venn.union("direct", "handed") - _missed(venn), 0)),
        condition=Every((R >= N, W > u)) if shared else R + W > N + u,
        story="owners that acknowledged: {direct}; owners that a hint reached: {handed}; the get hears {read}",
        assumes=("the get counts owners only",)
        + (() if shared else ("no two hints, and no hint and acknowledgement, are for one owner",)),
        tempting=(Tempting(R + W > N + u if shared else R + W > N, "delivered hints make up for what is missing"),),
        extra=("hints", "waiting"),
    )


def _missed(venn: Venn) -> Term:
    """Holders that the get does not hear."""
    return venn.size("direct", outside=("read",)) + venn.size("handed", outside=("read", "direct"))


OVERLAP = (_strict(), _writes(), _sloppy(), _sloppy_writes(), _primary(), _looking_alive(), _hints(False), _hints(True))
