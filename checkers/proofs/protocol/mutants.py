"""Protocols with one thing wrong, each a known mistake: what the abstract store would be without that guard.

Every mutant must be caught: bounded checking finds a run from the initial state to a broken promise. The bug zoo seeds
many of the same mistakes into the real store.
"""

from typing import NamedTuple

from checkers.proofs.protocol.mutation import Change, both, guarded, updated, without, without_axiom
from model.abstract.instance import Instance, instance
from model.abstract.logic import FALSE, every, same, some
from model.abstract.protocol import Update, grow
from model.abstract.vocabulary import (
    acked,
    alive,
    conf,
    cur,
    dur,
    gone,
    got,
    h,
    has,
    hint,
    i,
    in_read,
    in_write,
    j,
    n,
    needs,
    p,
    promised,
    q,
    r,
    resp,
    sent,
    w,
    writes_of,
    x,
)

THREE = instance({"old": "abc"}, r=2, w=2)
"""Three owners, R = W = 2."""
PAIR = instance({"old": "ab"}, r=1, w=2)
ALL_THREE = instance({"old": "abc"}, r=1, w=3)
FALLBACK = instance({"old": "ab"}, r=1, w=2, nodes="f")
MOVE = instance({"old": "a", "new": "b"}, r=1, w=1)
"""The record moves from one owner to another."""
GROW = instance({"old": "ab", "new": "bc"}, r=1, w=2)
TWO_PUTS = instance({"old": "ab"}, r=1, w=2, writes=("put1", "put2"))
DELETING = instance({"old": "a"}, r=1, w=1, deletes=("del1",))
DELETING_PAIR = instance({"old": "ab"}, r=1, w=2, deletes=("del1",))
DELETING_TWICE = instance({"old": "a"}, r=1, w=1, deletes=("del1",), reads=("get1", "get2"), nodes="f")
DELETING_FALLBACK = instance({"old": "a"}, r=1, w=1, deletes=("del1",), nodes="f")


class Mutant(NamedTuple):
    """A protocol that breaks a promise."""

    name: str
    mistake: str
    change: Change
    instance: Instance
    breaks: str
    """The promise that it breaks."""
    among: tuple[str, ...] = ()
    """Where not empty: the actions of which the run may consist; it is a shortest of these."""


_some_list = some(j, q, holds=needs(w, j) & writes_of(q, j) & every(i, holds=in_write(q, i) >> promised(i, w)))
_old_list = every(
    j, holds=(needs(w, j) & cur(j)) >> some(q, holds=writes_of(q, j) & every(i, holds=in_write(q, i) >> promised(i, w)))
)
_overwrites = Update(has, (i, x), (has(i, x) & ~same(i, n)) | (same(i, n) & sent(w, x)))
_repair_overwrites = Update(has, (i, x), (has(i, x) & ~same(i, n)) | (same(i, n) & got(r, x)))
_sync_exactly = Update(dur, (i, x), (dur(i, x) & ~same(i, n)) | (same(i, n) & has(n, x)))

REREAD_PAIR = instance({"old": "ab"}, r=1, w=2, deletes=("del1",), reads=("get1", "get2"))
DELETING_ACTIONS = (
    *("put", "stand_in", "sync", "expire", "hand_off", "drop_hint"),
    *("start_read", "respond", "respond_from_hint", "finish_read", "repair", "end_read"),
    *("call", "vote", "decide", "forget"),
)
"""What a value, its delete and the vote need, and no more: the searches among all actions take minutes."""

MUTANTS = (
    # Quorums
    Mutant(
        "quorums that miss each other",
        "R + W = N",
        without_axiom("quorums meet"),
        instance({"old": "ab"}, 1, 1),
        "fresh reads",
    ),
    Mutant(
        "ack at one",
        "the coordinator's own acknowledgement is enough",
        guarded("complete", "quorum", some(i, holds=promised(i, w))),
        PAIR,
        "fresh reads",
    ),
    Mutant(
        "read at one",
        "the first reply is enough",
        guarded("finish_read", "quorum", some(i, holds=in_read(p, i) & resp(r, i))),
        instance({"old": "ab"}, 2, 1),
        "fresh reads",
    ),
    Mutant(
        "hint counted as an acknowledgement",
        "a fallback's hint counts as the owner's copy",
        both(guarded("ack", "synced", dur(n, w) | hint(n, w)), guarded("ack", "asked", alive(w))),
        PAIR,
        "fresh reads",
    ),
    # Durability
    Mutant(
        "ack before sync",
        "a replica acknowledges what is only in its memory",
        guarded("ack", "synced", has(n, w)),
        PAIR,
        "fresh reads",
    ),
    Mutant(
        "sent before sync",
        "the coordinator's own copy is not on its disk when it counts",
        without("replicate", "durable"),
        PAIR,
        "fresh reads",
    ),
    Mutant(
        "hint dropped before it is durable",
        "handoff is over when the owner has the record in memory",
        guarded("drop_hint", "delivered", every(x, holds=hint(h, x) >> has(n, x))),
        FALLBACK,
        "no lost sloppy write",
    ),
    Mutant(
        "last writer wins",
        "a record that arrives replaces what is there",
        both(updated("store", _overwrites), updated("sync", _sync_exactly)),
        TWO_PUTS,
        "fresh reads",
    ),
    Mutant(
        "repair overwrites",
        "read repair puts what the read saw in place of the record",
        both(updated("repair", _repair_overwrites), updated("sync", _sync_exactly)),
        PAIR,
        "fresh reads",
    ),
    # Lost disks
    Mutant("the only disk", "W = 1, and a disk is lost", without("lose_disk", "spare"), MOVE, "no lost write"),
    Mutant("wiped disk rejoins", "an empty copy answers reads", without("respond", "whole"), PAIR, "fresh reads"),
    Mutant(
        "recovered by one",
        "one other owner is enough to recover from",
        guarded("recover", "confirmed", some(i, holds=~same(i, n) & conf(n, i))),
        THREE,
        "fresh reads",
    ),
    Mutant(
        "two disks at once",
        "a second disk is lost before the first has recovered",
        without("lose_disk", "one"),
        ALL_THREE,
        "fresh reads",
    ),
    Mutant(
        "fallback coordinates for owners",
        "W owners acknowledge what only a fallback holds",
        both(without("complete", "home"), guarded("ack", "asked", alive(w) & ~acked(w))),
        FALLBACK,
        "fresh reads",
    ),
    # The change of the list
    Mutant(
        "old list only",
        "during a change W of the old list are enough",
        guarded("complete", "quorum", _old_list),
        MOVE,
        "fresh reads",
    ),
    Mutant(
        "union of the lists",
        "during a change W of both lists together are enough",
        guarded("complete", "quorum", _some_list),
        MOVE,
        "fresh reads",
    ),
    Mutant(
        "flip before the transfer",
        "reads ask the new owners before they have the records",
        without("begin_flip", "verified"),
        MOVE,
        "fresh reads",
    ),
    Mutant(
        "transfer not verified",
        "a transfer counts when it has begun",
        without("verify", "transferred"),
        MOVE,
        "fresh reads",
    ),
    Mutant(
        "transfer before the barrier",
        "somebody still writes to the old list alone",
        without("transfer", "barrier"),
        MOVE,
        "fresh reads",
    ),
    Mutant(
        "transfer before older writes end",
        "a write that began before the change ends after the transfer",
        without("transfer", "drained"),
        MOVE,
        "fresh reads",
    ),
    Mutant(
        "closed before the barrier",
        "somebody still reads from the old list",
        without("begin_close", "barrier"),
        MOVE,
        "fresh reads",
    ),
    Mutant(
        "closed before older reads end",
        "a read that began before the flip asks the old list after the close",
        without("begin_close", "drained"),
        MOVE,
        "fresh reads",
    ),
    Mutant(
        "left before the hand over",
        "a former owner forgets what nobody else holds",
        without("leave", "handed over"),
        MOVE,
        "no lost sloppy write",
    ),
    # Deleting
    Mutant(
        "tombstone reaped alone",
        "one owner forgets a tombstone without asking",
        without("decide", "unanimous"),
        DELETING_FALLBACK,
        "no resurrection",
        DELETING_ACTIONS,
    ),
    Mutant(
        "live record reaped",
        "nobody looks whether the key is deleted",
        without("call", "dead"),
        DELETING,
        "no false reaping",
        DELETING_ACTIONS,
    ),
    Mutant(
        "stale owner ignored",
        "an owner that still shows the value is not asked",
        without("call", "agreed"),
        DELETING_PAIR,
        "no resurrection",
        DELETING_ACTIONS,
    ),
    Mutant(
        "no grace for reads",
        "a read that saw the value repairs after the reaping",
        without("call", "reads over"),
        DELETING,
        "no resurrection",
        DELETING_ACTIONS,
    ),
    Mutant(
        "no grace for writes",
        "a message that carries the value arrives after the reaping",
        without("call", "writes over"),
        DELETING,
        "no resurrection",
        (*DELETING_ACTIONS, "replicate", "store"),
    ),
    Mutant(
        "hint ignored",
        "a member agrees while it keeps a hint",
        without("vote", "no hint"),
        DELETING_FALLBACK,
        "no resurrection",
        DELETING_ACTIONS,
    ),
    Mutant(
        "hint just handed off",
        "a member agrees right after it dropped a hint",
        without("vote", "steady"),
        DELETING_TWICE,
        "no resurrection",
        DELETING_ACTIONS,
    ),
    Mutant(
        "tombstones not exchanged",
        "anti-entropy brings versions, and not that they are gone",
        updated("exchange", grow(gone, i, x, by=FALSE)),
        REREAD_PAIR,
        "fresh deletes",
        (*DELETING_ACTIONS, "replicate", "ack", "complete", "exchange"),
    ),
)
