"""The abstract store as traces are held against it: that of the proof, and what a real node does beside.

Guards that no promise needs are left out (docs/protocol-proof.md has the list). Five actions are added: each keeps
every invariant of the proof, which the tests ask a solver. One guard is weaker than in the proof: `begin_flip /
verified` asks new owners only, and no owner who stays; docs/conformance.md says why, and that it is not proved.
"""

from dataclasses import replace

from model.abstract.failing import crash
from model.abstract.logic import TRUE, every, same, some
from model.abstract.protocol import Action, Guard, Update, grow, shrink
from model.abstract.store import STORE
from model.abstract.vocabulary import (
    acked,
    alive,
    coord,
    cur,
    dgone,
    dur,
    fin,
    gone,
    has,
    hgone,
    hint,
    home,
    i,
    j,
    k,
    kfin,
    l,
    lost,
    m,
    member,
    n,
    needs,
    nxt,
    owner,
    promised,
    rec,
    tr,
    v,
    ver,
    w,
    x,
)

UNNEEDED = (
    ("put", "context"),
    ("stand_in", "context"),
    ("stand_in", "fallback"),
    ("store", "owner"),
    ("ack", "owner"),
    ("repair", "owner"),
    ("hand_off", "owner"),
    ("drop_hint", "owner"),
    ("exchange", "owner"),
    ("confirm", "recovering"),
    ("recover", "recovering"),
    ("call", "idle"),
    ("call", "stable"),
    ("vote", "open"),
)
"""Guards without which the invariants are inductive all the same. A node knows the ring later than the ring changes,
and a client may put with the context that came with an earlier put's answer, which no read returned."""

_records = (has, gone, dur, dgone)
_outside = ~member(n) | (fin() & kfin(n) & every(j, holds=~(nxt(j) & owner(j, n))))

give_up = Action(
    "give_up",
    (w,),
    (),
    (shrink(alive, v, by=same(v, w)),),
    "the coordinator of {w} gives up; its messages go on",
)

need_more = Action(
    "need_more",
    (w, l),
    (Guard("waiting", alive(w) & ~acked(w), "it is not answered yet"), Guard("list", nxt(l), "the list to come")),
    (grow(needs, v, j, by=same(v, w) & same(j, l)),),
    "{w} waits for W owners of {l} too",
)

entrust = Action(
    "entrust",
    (n,),
    (),
    (grow(hint, i, x, by=same(i, n) & dur(n, x)), grow(hgone, i, x, by=same(i, n) & dgone(n, x))),
    "{n} keeps its own record in hints for others",
)

exile = Action(
    "exile",
    (n,),
    (
        Guard("outside", _outside, "it owns nothing any more, or knows that the change is closing"),
        Guard("calm", every(i, holds=~rec(i)), "nobody is recovering"),
        Guard(
            "own writes over", every(x, holds=~(alive(x) & ~acked(x) & home(x) & coord(x, n))), "its writes are over"
        ),
    ),
    (
        *entrust.updates,
        *(shrink(relation, i, x, by=same(i, n)) for relation in (*_records, promised)),
        shrink(tr, i, m, by=same(i, n)),
    ),
    "{n} turns its record, which is others', into hints for them",
)

lose_other_disk = Action(
    "lose_other_disk",
    (n,),
    (Guard("outside", ~member(n), "it owns nothing"),),
    (
        *(shrink(relation, i, x, by=same(i, n)) for relation in (*_records, hint, hgone, promised)),
        *crash.updates[2:],
        Update(lost, (), TRUE),
    ),
    "{n}, which owns nothing, restarts with an empty disk",
)

ADDED = (give_up, need_more, entrust, exile, lose_other_disk)

_begin_flip = STORE.action("begin_flip")
_stays = some(k, holds=cur(k) & owner(k, i))
_transfer = STORE.action("transfer")
STAYERS_UNASKED = replace(
    _begin_flip,
    guards=(
        _begin_flip.guard("phase"),
        _transfer.guard("barrier"),
        _transfer.guard("drained"),
        Guard(
            "verified",
            every(i, holds=(owner(l, i) & ~_stays) >> ver(i)),
            "the transfer to every owner who is new is verified",
        ),
    ),
)

PROVED = replace(STORE, actions=(*STORE.actions, *ADDED))
"""All but the weaker guard."""
for _action, _guard in UNNEEDED:
    PROVED = PROVED.without_guard(_action, _guard)
PROTOCOL = PROVED.with_action(STAYERS_UNASKED)
