"""How copies come together behind the clients' back: hints, their handoff, anti-entropy (Dynamo, 4.6 and 4.7)."""

from model.abstract.logic import every, same
from model.abstract.protocol import Action, Guard, grow, shrink
from model.abstract.vocabulary import (
    blocked,
    dgone,
    dur,
    expired,
    gone,
    h,
    has,
    hgone,
    hint,
    i,
    member,
    n,
    out,
    s,
    sent,
    sgone,
    w,
    x,
)

keep_hint = Action(
    "keep_hint",
    (h, w),
    (Guard("sent", out(w) & ~expired(w), "a message of the write is under way"),),
    (grow(hint, i, x, by=same(i, h) & sent(w, x)), grow(hgone, i, x, by=same(i, h) & sgone(w, x))),
    "{h} keeps {w} in a hint",
)

hand_off = Action(
    "hand_off",
    (h, n),
    (Guard("owner", member(n), "hints are for owners"),),
    (grow(has, i, x, by=same(i, n) & hint(h, x)), grow(gone, i, x, by=same(i, n) & hgone(h, x))),
    "{h} hands its hints to {n}",
)

drop_hint = Action(
    "drop_hint",
    (h, n),
    (
        Guard("owner", member(n), "hints are for owners"),
        Guard(
            "delivered",
            every(x, holds=(hint(h, x) >> dur(n, x)) & (hgone(h, x) >> dgone(n, x))),
            "the owner says that it holds them on disk",
        ),
    ),
    (
        shrink(hint, i, x, by=same(i, h)),
        shrink(hgone, i, x, by=same(i, h)),
        grow(blocked, i, by=same(i, h)),
    ),
    "{h} drops its hints, which {n} holds",
)

exchange = Action(
    "exchange",
    (s, n),
    (Guard("owner", member(n), "owners keep records"),),
    (grow(has, i, x, by=same(i, n) & dur(s, x)), grow(gone, i, x, by=same(i, n) & dgone(s, x))),
    "anti-entropy brings to {n} what {s} holds",
)

ACTIONS = (keep_hint, hand_off, drop_hint, exchange)
