"""Crashes, lost disks, and recovery from the other owners (`dynamo/core/antientropy.py`, "Recovery of a lost disk")."""

from model.abstract.logic import TRUE, every, same, some
from model.abstract.protocol import Action, Guard, Update, grow, shrink
from model.abstract.vocabulary import (
    acked,
    alive,
    before,
    blocked,
    conf,
    coord,
    dgone,
    dur,
    gone,
    has,
    hgone,
    hint,
    i,
    in_write,
    live_read,
    lost,
    m,
    member,
    n,
    q,
    reader,
    rec,
    s,
    t,
    tr,
    v,
    x,
)

_operations_die = (
    shrink(alive, v, by=coord(v, n)),
    shrink(live_read, t, by=reader(t, n)),
    grow(blocked, i, by=same(i, n)),
)

crash = Action(
    "crash",
    (n,),
    (),
    (
        shrink(has, i, x, by=same(i, n) & ~dur(n, x)),
        shrink(gone, i, x, by=same(i, n) & ~dgone(n, x)),
        *_operations_die,
    ),
    "{n} crashes and restarts with what is on its disk",
)

_others_left = every(q, holds=some(i, holds=in_write(q, i) & ~same(i, n)))

lose_disk = Action(
    "lose_disk",
    (n,),
    (
        Guard("one", every(i, holds=~rec(i)), "one disk at a time"),
        Guard("spare", _others_left, "W > 1"),
    ),
    (
        *(shrink(relation, i, x, by=same(i, n)) for relation in (has, gone, dur, dgone, hint, hgone)),
        *_operations_die,
        grow(rec, i, by=same(i, n)),
        shrink(conf, i, m, by=same(i, n)),
        Update(before, (x,), acked(x)),
        Update(lost, (), TRUE),
        shrink(tr, i, m, by=same(i, n)),
    ),
    "{n} restarts with an empty disk",
)

confirm = Action(
    "confirm",
    (n, s),
    (
        Guard("recovering", rec(n), "it is recovering"),
        Guard(
            "whole",
            every(x, holds=(dur(s, x) >> dur(n, x)) & (dgone(s, x) >> dgone(n, x))),
            "it has all that the other has",
        ),
    ),
    (grow(conf, i, m, by=same(i, n) & same(m, s)),),
    "{s} confirms that {n} has all that it has",
)

recover = Action(
    "recover",
    (n,),
    (
        Guard("recovering", rec(n), "it is recovering"),
        Guard("confirmed", every(i, holds=(member(i) & ~same(i, n)) >> conf(n, i)), "every other owner has confirmed"),
    ),
    (shrink(rec, i, by=same(i, n)),),
    "{n} has recovered and answers reads again",
)

ACTIONS = (crash, lose_disk, confirm, recover)
