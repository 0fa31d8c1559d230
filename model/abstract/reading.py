"""Reads: R replies, the answer, and repair (Dynamo, sections 4.5 and 5)."""

from model.abstract.logic import every, same
from model.abstract.protocol import Action, Guard, grow, shrink
from model.abstract.vocabulary import (
    acked,
    asks,
    begun,
    c,
    cur,
    dgone,
    done,
    dur,
    ggone,
    gone,
    got,
    h,
    has,
    hgone,
    hint,
    i,
    in_read,
    j,
    kflip,
    l,
    live_read,
    member,
    must,
    n,
    nxt,
    p,
    r,
    reader,
    reads_of,
    rec,
    resp,
    t,
    x,
)

start_read = Action(
    "start_read",
    (r, c),
    (Guard("new", ~begun(r), "a read is asked for once"),),
    (
        grow(begun, t, by=same(t, r)),
        grow(reader, t, i, by=same(t, r) & same(i, c)),
        grow(live_read, t, by=same(t, r)),
        grow(must, t, x, by=same(t, r) & acked(x)),
        grow(asks, t, j, by=same(t, r) & ((cur(j) & ~kflip(c)) | (nxt(j) & kflip(c)))),
    ),
    "{c} coordinates {r}",
)

_waiting = live_read(r) & ~done(r)

respond = Action(
    "respond",
    (r, n),
    (
        Guard("waiting", _waiting, "replies count until the answer"),
        Guard("whole", ~rec(n), "a copy that is being recovered answers no reads"),
    ),
    (
        grow(resp, t, i, by=same(t, r) & same(i, n)),
        grow(got, t, x, by=same(t, r) & dur(n, x)),
        grow(ggone, t, x, by=same(t, r) & dgone(n, x)),
    ),
    "{n} replies to {r}",
)

respond_from_hint = Action(
    "respond_from_hint",
    (r, h),
    (Guard("waiting", _waiting, "replies count until the answer"),),
    (grow(got, t, x, by=same(t, r) & hint(h, x)), grow(ggone, t, x, by=same(t, r) & hgone(h, x))),
    "{h} replies to {r} with its hints, which counts for no quorum",
)

finish_read = Action(
    "finish_read",
    (r, l, p),
    (
        Guard("waiting", _waiting, "it is answered once"),
        Guard("list", asks(r, l) & reads_of(p, l), "replies of the list that the read asks"),
        Guard("quorum", every(i, holds=in_read(p, i) >> resp(r, i)), "R replies"),
    ),
    (grow(done, t, by=same(t, r)),),
    "{r} is answered",
)

repair = Action(
    "repair",
    (r, n),
    (
        Guard("alive", live_read(r), "the operation is not over"),
        Guard("owner", member(n), "owners are repaired"),
    ),
    (grow(has, i, x, by=same(i, n) & got(r, x)), grow(gone, i, x, by=same(i, n) & ggone(r, x))),
    "{n} is repaired with what {r} has seen",
)

end_read = Action(
    "end_read",
    (r,),
    (Guard("begun", begun(r), "it has been asked for"),),
    (shrink(live_read, t, by=same(t, r)),),
    "the operation {r} and its repairs come to their end",
)

ACTIONS = (start_read, respond, respond_from_hint, finish_read, repair, end_read)
