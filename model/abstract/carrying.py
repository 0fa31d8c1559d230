"""The invariants that carry the proof through lost disks, changes of the list, and reaping."""

from model.abstract.logic import every, same, some
from model.abstract.protocol import Named, always
from model.abstract.vocabulary import (
    acked,
    alive,
    asks,
    ballot,
    before,
    blocked,
    c,
    conf,
    coord,
    cur,
    dgone,
    done,
    dur,
    expired,
    fin,
    flip,
    ggone,
    gone,
    got,
    h,
    has,
    hgone,
    hint,
    home,
    i,
    in_write,
    inb,
    j,
    k,
    kfin,
    kflip,
    kprep,
    live_read,
    lost,
    member,
    n,
    needs,
    nxt,
    over,
    owner,
    prep,
    promised,
    q,
    r,
    reaped,
    rec,
    s,
    sent,
    sgone,
    started,
    tr,
    used,
    v,
    ver,
    vouch,
    w,
    x,
    y,
    yes,
)

_waiting = alive(w) & ~acked(w) & home(w)
_counted_on = promised(i, w) | vouch(i, w)

RECOVERY = (
    always("one at a time", (rec(i) & rec(n)) >> same(i, n), "one disk is recovered at a time"),
    Named(
        "spare",
        every(i, holds=~rec(i)) | every(q, holds=some(n, holds=in_write(q, n) & ~rec(n))),
        "every write quorum has an owner that is not recovering",
    ),
    always("before", before(w) >> acked(w), "what was answered ok before a loss is answered ok"),
    always(
        "coordinator stays",
        (home(w) & coord(w, c) & _waiting) >> member(c),
        "who coordinates a write that is under way is an owner",
    ),
    always(
        "coordinator stays for recovery",
        (rec(i) & home(w) & coord(w, c) & acked(w) & ~before(w)) >> (member(c) & promised(c, w)),
        "while somebody recovers, who coordinated a write that was answered ok since is an owner",
    ),
    always(
        "recovered from the coordinator",
        (
            rec(i)
            & promised(i, w)
            & ~before(w)
            & home(w)
            & (alive(w) | acked(w))
            & coord(w, c)
            & (same(c, i) | conf(i, c))
        )
        >> (dur(i, w) | reaped(w)),
        "what was answered ok since the loss, or may be, comes back from its coordinator",
    ),
    always(
        "recovered from the others",
        (
            rec(i)
            & before(w)
            & (promised(i, w) | vouch(i, w))
            & conf(i, s)
            & ~same(i, s)
            & (promised(s, w) | vouch(s, w))
        )
        >> (dur(i, w) | reaped(w)),
        "what had been answered ok before the loss comes back from any other that acknowledged it",
    ),
    always("vouched before", (rec(i) & vouch(n, w)) >> before(w), "no transfer is verified while somebody recovers"),
    always("a loss is a loss", rec(i) >> lost(), "who recovers has lost its disk"),
)

CHANGE = (
    always("one list in force", (cur(j) & cur(k)) >> same(j, k), "one list is in force"),
    always("one list to come", (nxt(j) & nxt(k)) >> same(j, k), "one list is to come"),
    Named("a list in force", some(j, holds=cur(j)), "some list is in force"),
    Named("a list to come", ~prep() | some(j, holds=nxt(j)), "while a change is under way some list is to come"),
    always("used", (cur(j) | nxt(j) | needs(w, j) | asks(r, j)) >> used(j), "lists are used up"),
    always("another list", ~(cur(j) & nxt(j)), "the list to come is not in force"),
    always(
        "members", ((cur(j) | nxt(j)) & owner(j, i)) >> member(i), "owners in a list in force or to come are members"
    ),
    always(
        "phases",
        (nxt(j) >> prep()) & (flip() >> prep()) & (fin() >> flip()),
        "a change is prepared, then flipped, then closed",
    ),
    always(
        "knowledge",
        (kprep(i) >> prep()) & (kflip(i) >> flip()) & (kfin(i) >> fin()),
        "nobody knows of a phase before it begins",
    ),
    always(
        "transfers follow the barrier",
        (tr(n, s) | ver(n) | flip()) >> kprep(i),
        "a transfer begins when everybody writes to both lists",
    ),
    always(
        "closing follows the barrier", fin() >> kflip(i), "closing begins when everybody reads from the list to come"
    ),
    always(
        "drained for the transfer",
        ((tr(n, s) | ver(n) | flip()) & nxt(j) & _waiting) >> needs(w, j),
        "since the transfers began, all writes under way need the list to come",
    ),
    always(
        "drained for closing",
        (fin() & nxt(j) & live_read(r) & ~done(r)) >> asks(r, j),
        "since closing began, all reads under way ask the list to come",
    ),
    always(
        "needs the list in force",
        (_waiting & cur(k) & ~needs(w, k)) >> fin(),
        "until closing begins all writes need the list in force",
    ),
    always(
        "coordinator of the list to come",
        (_waiting & coord(w, c) & cur(k) & nxt(j) & ~needs(w, k)) >> owner(j, c),
        "who coordinates a write for the list to come alone is an owner in it",
    ),
    always(
        "transferred",
        (tr(n, s) & member(n) & promised(s, w) & acked(w) & nxt(j) & ~needs(w, j)) >> (dur(n, w) | reaped(w)),
        "a transfer brought what its source had acknowledged",
    ),
    always("vouched", vouch(i, w) >> (acked(w) & prep()), "a verified transfer speaks of what was answered ok"),
    always(
        "vouched for the list to come",
        (vouch(i, w) & nxt(j)) >> (owner(j, i) & ~needs(w, j)),
        "and of what did not need the list to come",
    ),
    always(
        "vouched is held",
        (vouch(i, w) & ~rec(i)) >> (dur(i, w) | reaped(w)),
        "what a verified transfer brought is on the disk",
    ),
    always(
        "verified",
        (ver(i) & nxt(j) & owner(j, i) & acked(w) & ~needs(w, j)) >> (vouch(i, w) | reaped(w)),
        "a verified transfer brought all that was answered ok without needing the list to come",
    ),
    always(
        "verified before the flip",
        (flip() & nxt(j) & owner(j, i)) >> ver(i),
        "all transfers are verified before the flip",
    ),
    always("no transfer without a change", (tr(n, s) | ver(n)) >> prep(), "transfers belong to a change"),
)

_spoiled = some(h, x, holds=~yes(h) & (blocked(h) | hint(h, x)))
_places = (
    ("memory", i, has(i, w), gone(i, w)),
    ("disk", i, dur(i, w), dgone(i, w)),
    ("hints", i, hint(i, w), hgone(i, w)),
    ("messages", v, sent(v, w) & ~expired(v), sgone(v, w)),
    ("reads", r, got(r, w) & live_read(r), ggone(r, w)),
)

FORGETTING = (
    *(
        Named(
            f"clean or spoiled: {name}",
            ~ballot() | _spoiled | every(at, w, holds=(inb(w) & seen) >> dead),
            f"{name}: unless somebody cannot vote yes, nothing still shows what is voted on",
        )
        for name, at, seen, dead in _places
    ),
    *(
        always(f"reaped: {name}", (reaped(w) & seen) >> dead, f"{name}: nothing still shows what is reaped")
        for name, at, seen, dead in _places[1:]
    ),
    always(
        "voted on with all it deletes",
        (inb(y) & sgone(y, x)) >> inb(x),
        "who votes on a write votes on all that it replaced or deleted",
    ),
    always(
        "reaped with all it deletes",
        (reaped(y) & sgone(y, x)) >> reaped(x),
        "who reaps a write reaps all that it replaced or deleted",
    ),
    always(
        "voted on once known",
        (inb(x) | reaped(x)) >> (started(x) & over(x)),
        "a vote is on what was replaced or deleted",
    ),
)
