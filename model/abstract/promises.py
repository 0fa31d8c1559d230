"""What the abstract store promises of one key (`docs/promises.md` has the wording for the real store)."""

from model.abstract.logic import some
from model.abstract.protocol import always
from model.abstract.vocabulary import (
    acked,
    delete,
    done,
    dur,
    ggone,
    gone,
    got,
    has,
    hint,
    i,
    lost,
    must,
    over,
    r,
    reaped,
    sgone,
    sloppy,
    v,
    w,
    x,
)

PROMISES = (
    always(
        "fresh reads",
        (done(r) & must(r, w)) >> (got(r, w) | reaped(w)),
        "a read that was asked for after a write was answered ok has seen it, unless it was deleted and reaped",
    ),
    always(
        "fresh deletes",
        (done(r) & must(r, v) & sgone(v, x) & ~delete(x) & got(r, x)) >> ggone(r, x),
        "a read that was asked for after a write was answered ok shows nothing that the write replaced or deleted",
    ),
    always(
        "no lost write",
        acked(w) >> (reaped(w) | some(i, holds=dur(i, w))),
        "a write that was answered ok is on some disk, unless it was deleted and reaped",
    ),
    always(
        "no lost sloppy write",
        (sloppy(w) & ~lost()) >> (reaped(w) | some(i, holds=dur(i, w) | hint(i, w))),
        "as long as no disk is lost, a write that was answered ok under a sloppy quorum is on some disk",
    ),
    always(
        "no false loss", ggone(r, x) >> over(x), "what a read hides was replaced or deleted by somebody who had seen it"
    ),
    always(
        "no false reaping", reaped(x) >> over(x), "what is reaped was replaced or deleted by somebody who had seen it"
    ),
    always("no resurrection", (reaped(x) & has(i, x)) >> gone(i, x), "what is reaped never stands again at any node"),
)
