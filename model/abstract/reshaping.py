"""A change of the preference list, in phases with barriers.

    prepare   who knows it writes to both lists, W acknowledgements in each; reads ask the list in force
    transfer  once all know and older writes are over: each new owner reads a read quorum of the list in force
    flip      once every transfer is verified: who knows it reads from the list to come
    close     once all know and older reads are over: who knows it writes to the list to come alone
    end       once all know and older writes are over: the list to come is the list in force

A list is used once: it is one version of the ring. So any number of changes may follow each other.
"""

from model.abstract.logic import FALSE, TRUE, every, same
from model.abstract.protocol import Action, Guard, Update, grow, shrink
from model.abstract.vocabulary import (
    acked,
    alive,
    asks,
    c,
    cur,
    dgone,
    done,
    dur,
    fin,
    flip,
    gone,
    has,
    home,
    i,
    in_read,
    j,
    k,
    kfin,
    kflip,
    kprep,
    l,
    live_read,
    m,
    member,
    n,
    needs,
    nxt,
    owner,
    p,
    prep,
    promised,
    reads_of,
    rec,
    s,
    t,
    tr,
    used,
    ver,
    vouch,
    x,
)

_calm = every(i, holds=~rec(i))

begin_change = Action(
    "begin_change",
    (l,),
    (
        Guard("stable", ~prep(), "one change at a time"),
        Guard("fresh", ~used(l), "a list is a version of the ring"),
    ),
    (
        Update(prep, (), TRUE),
        grow(nxt, j, by=same(j, l)),
        grow(used, j, by=same(j, l)),
        grow(member, i, by=owner(l, i)),
    ),
    "the change to {l} is prepared",
)

learn_prepare = Action(
    "learn_prepare",
    (c,),
    (Guard("phase", prep(), "that is the phase"),),
    (grow(kprep, i, by=same(i, c)),),
    "{c} learns that a change is prepared",
)

transfer = Action(
    "transfer",
    (s, n, l),
    (
        Guard("barrier", prep() & every(i, holds=kprep(i)), "everybody knows that a change is prepared"),
        Guard("list", nxt(l), "to the list to come"),
        Guard(
            "drained",
            every(x, holds=(alive(x) & ~acked(x) & home(x)) >> needs(x, l)),
            "writes that do not need the list to come are over",
        ),
        Guard("whole", ~rec(s), "a copy that is being recovered is no source"),
    ),
    (
        *(grow(relation, i, x, by=same(i, n) & dur(s, x)) for relation in (has, dur)),
        *(grow(relation, i, x, by=same(i, n) & dgone(s, x)) for relation in (gone, dgone)),
        grow(tr, i, m, by=same(i, n) & same(m, s)),
    ),
    "{s} transfers what it holds to the disk of {n}",
)

verify = Action(
    "verify",
    (n, k, l, p),
    (
        Guard("phase", prep() & ~flip(), "a change is prepared and not flipped"),
        Guard("source", cur(k) & reads_of(p, k), "from the list in force"),
        Guard("owner", nxt(l) & owner(l, n), "to an owner in the list to come"),
        Guard("transferred", every(i, holds=in_read(p, i) >> tr(n, i)), "a read quorum has transferred"),
        Guard("calm", _calm, "nobody is recovering"),
    ),
    (
        grow(ver, i, by=same(i, n)),
        grow(vouch, i, x, by=same(i, n) & acked(x) & dur(n, x) & ~needs(x, l)),
    ),
    "the transfer to {n} is verified",
)

begin_flip = Action(
    "begin_flip",
    (l,),
    (
        Guard("phase", prep() & nxt(l), "a change is prepared"),
        Guard("verified", every(i, holds=owner(l, i) >> ver(i)), "the transfer to every new owner is verified"),
    ),
    (Update(flip, (), TRUE),),
    "the change to {l} is flipped",
)

learn_flip = Action(
    "learn_flip",
    (c,),
    (Guard("phase", flip(), "that is the phase"),),
    (grow(kflip, i, by=same(i, c)),),
    "{c} learns that the change is flipped",
)

begin_close = Action(
    "begin_close",
    (l,),
    (
        Guard("phase", flip() & nxt(l), "the change is flipped"),
        Guard("barrier", every(i, holds=kflip(i)), "everybody knows that the change is flipped"),
        Guard(
            "drained",
            every(t, holds=(live_read(t) & ~done(t)) >> asks(t, l)),
            "reads that do not ask the list to come are over",
        ),
    ),
    (Update(fin, (), TRUE),),
    "the change to {l} is closing",
)

learn_close = Action(
    "learn_close",
    (c,),
    (Guard("phase", fin(), "that is the phase"),),
    (grow(kfin, i, by=same(i, c)),),
    "{c} learns that the change is closing",
)

end_change = Action(
    "end_change",
    (k, l),
    (
        Guard("phase", fin() & cur(k) & nxt(l), "the change is closing"),
        Guard("barrier", every(i, holds=kfin(i)), "everybody knows that the change is closing"),
        Guard(
            "drained",
            every(x, holds=(alive(x) & ~acked(x) & home(x)) >> ~needs(x, k)),
            "writes that need the list in force are over",
        ),
        Guard("calm", _calm, "nobody is recovering"),
    ),
    (
        Update(cur, (j,), nxt(j)),
        Update(nxt, (j,), FALSE),
        *(Update(relation, (), FALSE) for relation in (prep, flip, fin)),
        *(Update(relation, (i,), FALSE) for relation in (kprep, kflip, kfin, ver)),
        Update(tr, (i, m), FALSE),
        grow(promised, i, x, by=vouch(i, x)),
        Update(vouch, (i, x), FALSE),
        Update(member, (i,), owner(l, i)),
    ),
    "the change to {l} has ended",
)

leave = Action(
    "leave",
    (n, m),
    (
        Guard("outside", ~member(n), "it owns nothing any more"),
        Guard("owner", member(m), "an owner takes over"),
        Guard(
            "handed over",
            every(x, holds=(dur(n, x) >> dur(m, x)) & (dgone(n, x) >> dgone(m, x))),
            "the owner has all that it has",
        ),
    ),
    (*(shrink(relation, i, x, by=same(i, n)) for relation in (has, gone, dur, dgone, promised)),),
    "{n} forgets what it no longer owns, which {m} holds",
)

ACTIONS = (
    begin_change,
    learn_prepare,
    transfer,
    verify,
    begin_flip,
    learn_flip,
    begin_close,
    learn_close,
    end_change,
    leave,
)
