"""Forgetting what is deleted, by a vote of every member (`docs/adr/0005`).

A member votes yes for something that has been true for a grace period, which outlives every message and operation. The
model lets it say so at the beginning of that period, which is where the vote is called; what may come after is what a
member must have kept: no hint, none dropped, no restart.
"""

from model.abstract.logic import FALSE, TRUE, every, same
from model.abstract.protocol import Action, Guard, Update, grow, shrink
from model.abstract.vocabulary import (
    ballot,
    blocked,
    dgone,
    dur,
    expired,
    ggone,
    gone,
    got,
    has,
    hint,
    i,
    inb,
    live_read,
    n,
    prep,
    reaped,
    sent,
    sgone,
    started,
    t,
    v,
    x,
    yes,
)

call = Action(
    "call",
    (n,),
    (
        Guard("idle", ~ballot(), "one vote at a time"),
        Guard("stable", ~prep(), "no change of the list is under way"),
        Guard("dead", every(x, holds=has(n, x) >> (gone(n, x) & dgone(n, x))), "nothing in the state is shown"),
        Guard(
            "agreed",
            every(i, x, holds=has(n, x) >> ((~dur(i, x) | dgone(i, x)) & (same(i, n) | ~has(i, x) | gone(i, x)))),
            "on disk and in memory, no record anywhere still shows what is in the state",
        ),
        Guard(
            "reads over",
            every(t, x, holds=(has(n, x) & live_read(t) & got(t, x)) >> ggone(t, x)),
            "grace: reads that saw an older state are over",
        ),
        Guard(
            "writes over",
            every(v, x, holds=(has(n, x) & started(v) & ~expired(v) & sent(v, x)) >> sgone(v, x)),
            "grace: writes that carry an older state are over",
        ),
    ),
    (
        Update(ballot, (), TRUE),
        Update(inb, (x,), has(n, x)),
        Update(yes, (i,), FALSE),
        Update(blocked, (i,), FALSE),
    ),
    "{n} calls a vote on forgetting the key",
)

vote = Action(
    "vote",
    (n,),
    (
        Guard("open", ballot(), "a vote is open"),
        Guard("no hint", every(x, holds=~hint(n, x)), "the member keeps no hint"),
        Guard("steady", ~blocked(n), "it has dropped none, and has not restarted"),
    ),
    (grow(yes, i, by=same(i, n)),),
    "{n} votes yes",
)

decide = Action(
    "decide",
    (),
    (
        Guard("open", ballot(), "a vote is open"),
        Guard("unanimous", every(i, holds=yes(i)), "every member has voted yes"),
    ),
    (grow(reaped, x, by=inb(x)), Update(ballot, (), FALSE)),
    "everybody has agreed to forget the key",
)

abandon = Action(
    "abandon",
    (),
    (),
    (Update(ballot, (), FALSE),),
    "the vote is abandoned",
)

forget = Action(
    "forget",
    (n,),
    (Guard("agreed", every(x, holds=has(n, x) >> reaped(x)), "everybody has agreed on all that it has"),),
    tuple(shrink(relation, i, x, by=same(i, n)) for relation in (has, gone, dur, dgone)),
    "{n} forgets the key",
)

ACTIONS = (call, vote, decide, abandon, forget)
