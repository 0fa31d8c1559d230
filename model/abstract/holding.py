"""The invariants on what places hold, and on what writes and reads have said of it."""

from model.abstract.logic import every, same, some
from model.abstract.protocol import Named, always
from model.abstract.vocabulary import (
    acked,
    alive,
    asks,
    begun,
    c,
    coord,
    cur,
    dgone,
    done,
    dur,
    fin,
    flip,
    ggone,
    gone,
    got,
    has,
    hgone,
    hint,
    home,
    i,
    in_write,
    j,
    k,
    live_read,
    must,
    n,
    needs,
    nxt,
    out,
    over,
    owner,
    promised,
    q,
    r,
    reaped,
    rec,
    resp,
    sent,
    sgone,
    started,
    v,
    w,
    writes_of,
    x,
    y,
)

_waiting = alive(w) & ~acked(w) & home(w)
_asking = live_read(r) & ~done(r)


_promised_by_w = some(q, holds=writes_of(q, j) & every(i, holds=in_write(q, i) >> promised(i, w)))


_PLACES = (
    ("memory", i, has, gone),
    ("disk", i, dur, dgone),
    ("hints", i, hint, hgone),
    ("messages", v, sent, sgone),
    ("reads", r, got, ggone),
)

HOLDING = (
    *(
        always(f"seen before gone: {name}", goes(at, x) >> holds(at, x), f"{name}: what is gone has been seen")
        for name, at, holds, goes in _PLACES
    ),
    *(
        always(f"known: {name}", holds(at, x) >> started(x), f"{name}: what has been seen has been asked for")
        for name, at, holds, _ in _PLACES
    ),
    *(
        always(
            f"closed: {name}",
            (holds(at, y) & sgone(y, x)) >> goes(at, x),
            f"{name}: where a write has been seen, what it replaced or deleted is gone",
        )
        for name, at, holds, goes in _PLACES
    ),
    *(
        always(
            f"no false loss: {name}",
            goes(at, x) >> over(x),
            f"{name}: what is gone was replaced or deleted by somebody who had seen it",
        )
        for name, at, holds, goes in _PLACES[:4]
    ),
    always(
        "memory has the disk",
        (dur(i, x) >> has(i, x)) & (dgone(i, x) >> gone(i, x)),
        "memory has all that the disk has",
    ),
)

WRITING = (
    always("one coordinator", (coord(w, i) & coord(w, n)) >> same(i, n), "a write has one coordinator"),
    always(
        "started",
        (coord(w, i) | home(w) | alive(w) | sent(w, x) | out(w) | needs(w, j) | promised(i, w) | acked(w))
        >> started(w),
        "of a write that nobody asked for there is nothing",
    ),
    always(
        "acknowledged at home",
        acked(w) >> (home(w) & out(w)),
        "what is answered ok was coordinated by an owner, whose messages had left",
    ),
    always("promises are answers", (promised(i, w) & home(w)) >> out(w), "nobody acknowledges what was not sent"),
    Named("somebody coordinates", every(w, holds=home(w) >> some(c, holds=coord(w, c))), "a write has a coordinator"),
    always(
        "coordinator promises first",
        (out(w) & coord(w, i) & _waiting) >> promised(i, w),
        "the coordinator is the first to acknowledge",
    ),
    always(
        "promise",
        (promised(i, w) & ~rec(i) & home(w) & (alive(w) | acked(w))) >> (dur(i, w) | reaped(w)),
        "an acknowledged write is on the disk of who acknowledged it",
    ),
    always(
        "quorum in force",
        (acked(w) & cur(j) & ~fin()) >> (reaped(w) | _promised_by_w),
        "W owners of the list in force acknowledged what was answered ok",
    ),
    always(
        "quorum to come",
        (acked(w) & nxt(j) & needs(w, j)) >> (reaped(w) | _promised_by_w),
        "W owners of the list to come acknowledged what was answered ok and needed it",
    ),
)

READING = (
    always(
        "begun",
        (got(r, x) | resp(r, i) | done(r) | must(r, x) | live_read(r) | asks(r, j)) >> begun(r),
        "of a read that nobody asked for there is nothing",
    ),
    always("must is acknowledged", must(r, w) >> acked(w), "what a read must see was answered ok"),
    always("one list", (asks(r, j) & asks(r, k)) >> same(j, k), "a read asks one list"),
    always(
        "asks a list in use",
        (_asking & asks(r, j)) >> (cur(j) | (nxt(j) & flip())),
        "a read asks the list in force, or after the flip the one to come",
    ),
    always(
        "reply",
        (_asking & resp(r, i) & must(r, w) & promised(i, w)) >> (got(r, w) | reaped(w)),
        "the reply of a node brings what the node had acknowledged before the read",
    ),
    always(
        "reply of a newcomer",
        (_asking & resp(r, i) & must(r, w) & asks(r, j) & nxt(j) & owner(j, i) & ~needs(w, j))
        >> (got(r, w) | reaped(w)),
        "the reply of an owner of the list to come brings what was answered ok without needing that list",
    ),
)
