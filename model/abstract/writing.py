"""Writes: from a client's request to its acknowledgement (Dynamo, section 4.5; `docs/adr/0002`)."""

from model.abstract.logic import every, same, some
from model.abstract.protocol import Action, Guard, grow, shrink
from model.abstract.vocabulary import (
    acked,
    alive,
    begun,
    c,
    coord,
    cur,
    delete,
    dgone,
    done,
    dur,
    expired,
    gone,
    got,
    has,
    hgone,
    hint,
    home,
    i,
    in_write,
    j,
    kfin,
    kprep,
    l,
    member,
    n,
    needs,
    nxt,
    out,
    over,
    owner,
    promised,
    q,
    r,
    sent,
    sgone,
    sloppy,
    started,
    v,
    w,
    writes_of,
    x,
)

unstarted = Guard("new", ~started(w), "a write is asked for once")
context = Guard("context", done(r) | ~begun(r), "the context is what a read returned, or none")
waiting = alive(w) & ~acked(w)


_needed = (cur(j) & ~kfin(c)) | (nxt(j) & kprep(c))
_begins = (
    grow(started, v, by=same(v, w)),
    grow(coord, v, i, by=same(v, w) & same(i, c)),
    grow(alive, v, by=same(v, w)),
    grow(needs, v, j, by=same(v, w) & _needed),
    grow(over, x, by=got(r, x) | (same(x, w) & delete(w))),
)

put = Action(
    "put",
    (w, c, l, r),
    (
        unstarted,
        context,
        Guard("owner", owner(l, c) & ((cur(l) & ~kfin(c)) | (nxt(l) & kprep(c))), "an owner coordinates"),
    ),
    (
        *_begins,
        grow(home, v, by=same(v, w)),
        grow(has, i, x, by=same(i, c) & (same(x, w) | got(r, x))),
        grow(gone, i, x, by=same(i, c) & (got(r, x) | (same(x, w) & delete(w)))),
        grow(sent, v, x, by=same(v, w) & (same(x, w) | got(r, x) | has(c, x))),
        grow(sgone, v, x, by=same(v, w) & (got(r, x) | gone(c, x) | (same(x, w) & delete(w)))),
    ),
    "{c} coordinates {w}",
    ((done(r), " for a client that has seen what {r} returned"),),
)

stand_in = Action(
    "stand_in",
    (w, c, r),
    (unstarted, context, Guard("fallback", ~member(c), "no owner, so it keeps a hint")),
    (
        *_begins,
        grow(out, v, by=same(v, w)),
        grow(hint, i, x, by=same(i, c) & (same(x, w) | got(r, x))),
        grow(hgone, i, x, by=same(i, c) & (got(r, x) | (same(x, w) & delete(w)))),
        grow(sent, v, x, by=same(v, w) & (same(x, w) | got(r, x) | hint(c, x))),
        grow(sgone, v, x, by=same(v, w) & (got(r, x) | hgone(c, x) | (same(x, w) & delete(w)))),
    ),
    "{c}, a fallback, coordinates {w} and keeps it in a hint",
    ((done(r), ", for a client that has seen what {r} returned"),),
)

replicate = Action(
    "replicate",
    (w, c),
    (
        Guard("coordinator", coord(w, c) & home(w) & waiting, "the coordinator is at it"),
        Guard("durable", dur(c, w), "the coordinator's own copy is on its disk"),
    ),
    (grow(out, v, by=same(v, w)), grow(promised, i, v, by=same(i, c) & same(v, w))),
    "{c} sends {w} to the other owners",
)

store = Action(
    "store",
    (n, w),
    (
        Guard("sent", out(w) & ~expired(w), "a message of the write is under way"),
        Guard("owner", member(n), "owners keep records"),
    ),
    (grow(has, i, x, by=same(i, n) & sent(w, x)), grow(gone, i, x, by=same(i, n) & sgone(w, x))),
    "{n} receives {w}",
)

sync = Action(
    "sync",
    (n,),
    (),
    (grow(dur, i, x, by=same(i, n) & has(n, x)), grow(dgone, i, x, by=same(i, n) & gone(n, x))),
    "{n} syncs its disk",
)

ack = Action(
    "ack",
    (n, w),
    (
        Guard("asked", waiting & home(w) & out(w), "somebody asked for it and waits"),
        Guard("owner", member(n), "an owner's acknowledgement"),
        Guard("synced", dur(n, w), "the write is on the disk"),
    ),
    (grow(promised, i, v, by=same(i, n) & same(v, w)),),
    "{n} acknowledges {w}",
)

_enough = every(
    j, holds=needs(w, j) >> some(q, holds=writes_of(q, j) & every(i, holds=in_write(q, i) >> promised(i, w)))
)
complete = Action(
    "complete",
    (w,),
    (
        Guard("waiting", waiting, "the coordinator is at it"),
        Guard("home", home(w), "an owner coordinates"),
        Guard("quorum", _enough, "W acknowledgements in each list that the write needs"),
    ),
    (grow(acked, v, by=same(v, w)),),
    "{w} is answered ok",
)

complete_sloppily = Action(
    "complete_sloppily",
    (w, n),
    (
        Guard("waiting", alive(w), "the coordinator is at it"),
        Guard("held", dur(n, w) | hint(n, w), "somebody holds it on disk, as a record or as a hint"),
    ),
    (grow(sloppy, v, by=same(v, w)),),
    "{w} is answered ok under a sloppy quorum, counting {n}",
)

expire = Action(
    "expire",
    (w,),
    (Guard("started", started(w), "it has been asked for"),),
    (shrink(alive, v, by=same(v, w)), grow(expired, v, by=same(v, w))),
    "the operation {w} and its messages come to their end",
)

ACTIONS = (put, stand_in, replicate, store, sync, ack, complete, complete_sloppily, expire)
