"""The abstract store: a Dynamo register for one key, over any number of nodes, writes, reads and lists of owners.

It is one value with two engines: solvers prove its invariants for instances of every size
(`checkers.proofs.protocol`), and `model.abstract.interpreter` executes it on small ones. What it leaves out is listed
in `docs/protocol-proof.md`.
"""

from model.abstract import failing, invariants, reading, reaping, reshaping, spreading, writing
from model.abstract.logic import every, same, some
from model.abstract.protocol import Named, Protocol, Update, always
from model.abstract.vocabulary import (
    RELATIONS,
    SORTS,
    acked,
    cur,
    delete,
    done,
    dur,
    first,
    ggone,
    got,
    h,
    has,
    hint,
    home,
    i,
    in_read,
    in_write,
    j,
    k,
    lost,
    member,
    must,
    owner,
    p,
    q,
    r,
    reads_of,
    reaped,
    rec,
    sgone,
    sloppy,
    used,
    w,
    writes_of,
    x,
)

AXIOMS = (
    always(
        "quorums meet",
        (reads_of(p, j) & writes_of(q, j)) >> some(i, holds=in_read(p, i) & in_write(q, i)),
        "R + W > N: every read quorum of a list meets every write quorum of it",
    ),
    always("readers are owners", (reads_of(p, j) & in_read(p, i)) >> owner(j, i), "read quorums are of owners"),
    always("writers are owners", (writes_of(q, j) & in_write(q, i)) >> owner(j, i), "write quorums are of owners"),
    Named("nonempty", every(q, holds=some(i, holds=in_write(q, i))), "W > 0"),
    Named("writable", every(j, holds=some(q, holds=writes_of(q, j))), "W <= N: every list has a write quorum"),
    always("one first list", (first(j) & first(k)) >> same(j, k), "one list is the first"),
    Named("a first list", some(j, holds=first(j)), "some list is the first"),
)

INITIAL = (
    Update(cur, (j,), first(j)),
    Update(used, (j,), first(j)),
    Update(member, (i,), some(j, holds=first(j) & owner(j, i))),
)

_seen = done(r) & must(r, w) & got(r, w) & home(w)
GOALS = (
    Named("fresh read", some(r, w, holds=_seen), "a read sees a write that was answered ok before it"),
    Named(
        "fresh delete",
        some(r, w, x, holds=done(r) & must(r, w) & delete(w) & ~delete(x) & sgone(w, x) & got(r, x) & ggone(r, x)),
        "a read knows that a value is gone which it would show without the delete before it",
    ),
    Named(
        "hints delivered",
        some(w, i, holds=sloppy(w) & ~home(w) & dur(i, w) & every(h, holds=~hint(h, w))),
        "a write that only a fallback held is on an owner's disk, and its hint is gone",
    ),
    Named(
        "recovered",
        some(r, w, holds=_seen & lost() & every(i, holds=~rec(i) & (member(i) >> dur(i, w)))),
        "after a disk was lost and recovered all owners have a write, and a read sees it",
    ),
    Named(
        "list changed",
        some(r, w, j, holds=_seen & cur(j) & ~first(j) & every(i, holds=owner(j, i) >> dur(i, w))),
        "another list is in force, its owners have a write, and a read sees it",
    ),
    Named(
        "forgotten",
        some(w, x, holds=acked(w) & delete(w) & reaped(x) & ~delete(x) & every(i, holds=~has(i, x) & ~has(i, w))),
        "a value and its delete, which was answered ok, are forgotten everywhere",
    ),
)

STORE = Protocol(
    "store",
    SORTS,
    RELATIONS,
    AXIOMS,
    INITIAL,
    (
        *writing.ACTIONS,
        *reading.ACTIONS,
        *spreading.ACTIONS,
        *failing.ACTIONS,
        *reshaping.ACTIONS,
        *reaping.ACTIONS,
    ),
    invariants.ALL,
    invariants.PROPERTIES,
    GOALS,
)
