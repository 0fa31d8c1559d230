"""The abstract store, joined from its parts."""

from model.abstract import failing, promises, reading, reaping, reshaping, spreading, upkeep, writing
from model.abstract.logic import every, same, some
from model.abstract.protocol import Named, Protocol, Update, always
from model.abstract.vocabulary import (
    RELATIONS,
    SORTS,
    cur,
    first,
    i,
    in_read,
    in_write,
    j,
    k,
    member,
    owner,
    p,
    q,
    reads_of,
    used,
    writes_of,
)

AXIOMS = (
    always(
        "quorums meet",
        (reads_of(p, j) & writes_of(q, j)) >> some(i, holds=in_read(p, i) & in_write(q, i)),
        "R + W > N in every list",
    ),
    always("readers are owners", (reads_of(p, j) & in_read(p, i)) >> owner(j, i), "read quorums are of owners"),
    always("writers are owners", (writes_of(q, j) & in_write(q, i)) >> owner(j, i), "write quorums are of owners"),
    Named("writable", every(j, holds=some(q, holds=writes_of(q, j))), "every list has W owners"),
    Named("nonempty", every(q, holds=some(i, holds=in_write(q, i))), "W > 0"),
    always("one first list", (first(j) & first(k)) >> same(j, k), "one list is the first"),
    Named("a first list", some(j, holds=first(j)), "some list is the first"),
)
STORE = Protocol(
    "store",
    SORTS,
    RELATIONS,
    AXIOMS,
    (
        Update(cur, (j,), first(j)),
        Update(used, (j,), first(j)),
        Update(member, (i,), some(j, holds=first(j) & owner(j, i))),
    ),
    (*writing.ACTIONS, *reading.ACTIONS, *spreading.ACTIONS, *failing.ACTIONS, *reshaping.ACTIONS, *reaping.ACTIONS),
    (*promises.INVARIANTS_A, *upkeep.INVARIANTS_B),
    tuple(p.name for p in promises.PROPERTIES),
)
