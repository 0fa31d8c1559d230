"""Whether an acknowledged put survives lost disks, restarts, replicas that come back empty, and shared machines."""

from checkers.proofs.lemma import Lemma, Parameter, Tempting
from checkers.proofs.rows import ACKS, ONE_REPLICA, QUORUMS, REPLICAS, REPLIES, WRITABLE, N, R, W
from checkers.proofs.terms import Named, equal, some, var
from checkers.proofs.venn import Venn

_LOST = Parameter("f", "disks that are lost for good")
_RESTARTS = Parameter("k", "nodes that restart and forget what was not on their disk")
_SYNCED = Parameter("s", "acknowledgements that waited for the disk")

_f, _k, _s = var("f"), var("k"), var("s")
_SOME_LOST = Named("no negative number of disks", _f >= 0)
_SOME_RESTART = Named("no negative number of restarts", _k >= 0)


def _disks() -> Lemma:
    venn = Venn(("write", "lost"))
    return Lemma(
        name="survives-disks",
        claim="an acknowledged put outlives the loss of any {f} of its disks, all acknowledgements being durable",
        parameters=(REPLICAS, ACKS, _LOST),
        venn=venn,
        domain=(ONE_REPLICA, *WRITABLE, _SOME_LOST),
        setting=(
            Named("W nodes acknowledged", equal(venn.size("write"), W)),
            Named("at most f disks are lost", venn.size("lost") <= _f),
        ),
        failure=Named("no copy is left", equal(venn.size("write", outside=("lost",)), 0)),
        condition=W > _f,
        story="the put is acknowledged by {write}; lost disks: {lost}; no copy is left",
        assumes=("every acknowledgement waited for the disk", "nothing was repaired in between"),
        tempting=(Tempting(N > _f, "N copies survive N - 1 disks, whatever W"),),
    )


def _partly_synced() -> Lemma:
    venn = Venn(("write", "synced", "lost", "restarted"), lambda r: r.is_in("write") or not r.is_in("synced"))
    gone = venn.size("write", "lost") + venn.size("write", "restarted", outside=("synced", "lost"))
    return Lemma(
        name="survives-restarts",
        claim="an acknowledged put outlives the loss of any {f} of its disks and the restart of any {k} of its "
        "nodes, {s} of its acknowledgements being durable",
        parameters=(REPLICAS, ACKS, _SYNCED, _LOST, _RESTARTS),
        venn=venn,
        domain=(
            ONE_REPLICA,
            *WRITABLE,
            _SOME_LOST,
            _SOME_RESTART,
            Named("no negative number of syncs", _s >= 0),
            Named("no more syncs than acknowledgements", _s <= W),
        ),
        setting=(
            Named("W nodes acknowledged", equal(venn.size("write"), W)),
            Named("s of them from the disk", equal(venn.size("synced"), _s)),
            Named("at most f disks are lost", venn.size("lost") <= _f),
            Named("at most k nodes restart", venn.size("restarted") <= _k),
        ),
        failure=Named("no copy is left", equal(venn.size("write") - gone, 0)),
        condition=some(_s > _f, W > _f + _k),
        story="the put is acknowledged by {write}, on disk at {synced}; lost disks: {lost}; "
        "restarted: {restarted}: no copy is left",
        assumes=("nothing was repaired or synced in between",),
        tempting=(Tempting(W > _f, "W > f is enough when acknowledgements come from memory"),),
    )


def _replaced() -> Lemma:
    venn = Venn(("write", "read", "emptied"))
    return Lemma(
        name="replaced-by-empty",
        claim="a get meets every acknowledged put though {f} dead replicas were replaced by empty ones",
        parameters=(REPLICAS, REPLIES, ACKS, _LOST),
        venn=venn,
        domain=(*QUORUMS, _SOME_LOST),
        setting=(
            Named("the list has N nodes", equal(venn.size(), N)),
            Named("R of them reply", equal(venn.size("read"), R)),
            Named("W of them acknowledged", equal(venn.size("write"), W)),
            Named("at most f came back empty", venn.size("emptied") <= _f),
        ),
        failure=Named("no holder replies", equal(venn.size("write", "read", outside=("emptied",)), 0)),
        condition=R + W > N + _f,
        story="the put is acknowledged by {write}; replaced by empty nodes of the same name: {emptied}; "
        "the get hears {read}: no holder is among them",
        assumes=("an empty replica answers gets before it was filled",),
        tempting=(
            Tempting(R + W > N, "R + W > N is enough when a dead replica comes back empty"),
            Tempting(W > _f, "W > f keeps the put visible, as it keeps it alive"),
        ),
    )


def _machines() -> Lemma:
    venn = Venn(("write", "lost"))
    most = var("m*f")
    return Lemma(
        name="survives-machines",
        claim="an acknowledged put outlives the loss of machines that carry {m*f} of its replicas",
        parameters=(REPLICAS, ACKS, Parameter("m*f", "replicas of a key on the f lost machines, at the most")),
        venn=venn,
        domain=(ONE_REPLICA, *WRITABLE, Named("no negative number", most >= 0)),
        setting=(
            Named("W replicas acknowledged", equal(venn.size("write"), W)),
            Named("at most m*f of them are lost", venn.size("lost") <= most),
        ),
        failure=Named("no copy is left", equal(venn.size("write", outside=("lost",)), 0)),
        condition=W > most,
        story="the put is acknowledged by {write}; the lost machines carry {lost}; no copy is left",
        assumes=("the product m*f is one symbol: proved for every value of it",),
    )


def _monotone() -> Lemma:
    venn = Venn(("holders", "first", "second"))
    back = var("B")
    return Lemma(
        name="monotone-reads",
        claim="a get sees at least what an earlier get returned, which is then on {B} of the replicas",
        parameters=(REPLICAS, REPLIES, ACKS, Parameter("B", "replicas that hold what a get returns, before it does")),
        venn=venn,
        domain=(*QUORUMS, Named("somebody had it", back >= 1), Named("no more than the list", back <= N)),
        setting=(
            Named("the list has N nodes", equal(venn.size(), N)),
            Named("R reply to the first get", equal(venn.size("first"), R)),
            Named("R reply to the second", equal(venn.size("second"), R)),
            Named("B nodes hold it", equal(venn.size("holders"), back)),
            Named("the first get saw it", venn.size("holders", "first") >= 1),
        ),
        failure=Named("the second does not", equal(venn.size("holders", "second"), 0)),
        condition=R + back > N,
        story="a put of W={W} is under way and has reached {holders}; a get hears {first} and returns it; "
        "the next get hears {second} and does not",
        assumes=("strict quorum",),
        tempting=(Tempting(R + W > N, "R + W > N makes the store linearizable"),),
    )


SURVIVAL = (_disks(), _partly_synced(), _replaced(), _machines(), _monotone())
