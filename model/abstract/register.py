"""The replicated register of Attiya, Bar-Noy and Dolev (1995, "Sharing memory robustly in message-passing systems").

Many writers, as in Lynch and Shvartsman (1997). Every operation has two rounds. It asks all servers for their tags and
waits for a quorum; a put takes a tag above all that it heard, a get the highest one. Then it sends that tag to all
servers, which keep the highest that they have met, and waits for a quorum of acknowledgements. A tag stands for the
value written under it.

Messages may take for ever and arrive in any order. A message that nobody waits for any more is forgotten at once; one
that brings a tag to a server always counts. What a coordinator has heard is merged: it keeps the highest tag and who
answered, not what each said.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise, product

from model.abstract.instance import Instance
from model.abstract.logic import Relation, Sort, Var, every, same, some
from model.abstract.protocol import Action, Guard, Named, Protocol, Update, always, grow, shrink

SERVER = Sort("Server")
OPERATION = Sort("Operation")
TAG = Sort("Tag")
QUORUM = Sort("Quorum")

above = Relation("above", (TAG, TAG), "{0} is above {1}", rigid=True)
lowest = Relation("lowest", (TAG,), "{0} is the tag at the start", rigid=True)
put = Relation("put", (OPERATION,), "{0} is a put", rigid=True)
then = Relation("then", (OPERATION, OPERATION), "the client of {0} asks for {1} next", rigid=True)
takes = Relation("takes", (OPERATION, TAG, TAG), "{0} takes {2} where the highest that it heard is {1}", rigid=True)
within = Relation("within", (QUORUM, SERVER), "{1} is in {0}", rigid=True)

holds = Relation("holds", (SERVER, TAG), "{0} holds {1}")
begun = Relation("begun", (OPERATION,), "{0} has been asked for")
reply = Relation("reply", (OPERATION, SERVER, TAG), "an answer of {1} is on its way to {0} with {2}")
asked = Relation("asked", (OPERATION, SERVER), "{1} has been asked by {0}")
heard = Relation("heard", (OPERATION, SERVER), "{0} has the answer of {1}")
best = Relation("best", (OPERATION, TAG), "the highest tag that {0} has heard is {1}")
chosen = Relation("chosen", (OPERATION, TAG), "{0} has chosen {1}")
stored = Relation("stored", (OPERATION, SERVER), "{1} has been told the tag of {0}")
acknowledged = Relation("acknowledged", (OPERATION, SERVER), "{0} has the acknowledgement of {1}")
done = Relation("done", (OPERATION,), "{0} has been answered")
floor = Relation("floor", (OPERATION, TAG), "{1} had been answered when {0} was asked for")

s, i = (Var(name, SERVER) for name in "si")
o, p = (Var(name, OPERATION) for name in "op")
t, u = (Var(name, TAG) for name in "tu")
q, _q2 = (Var(name, QUORUM) for name in ("q", "q2"))
_e = Var("e", OPERATION)

_choosing = every(t, holds=~chosen(o, t))
_storing = some(t, holds=chosen(o, t)) & ~done(o)


begin = Action(
    "begin",
    (o,),
    (
        Guard("new", ~begun(o), "it is asked for once"),
        Guard("turn", every(p, holds=then(p, o) >> done(p)), "a client waits for its answer"),
    ),
    (
        grow(begun, p, by=same(p, o)),
        grow(best, p, t, by=same(p, o) & lowest(t)),
        grow(floor, p, t, by=same(p, o) & some(_e, holds=done(_e) & chosen(_e, t))),
    ),
    "{o} asks all servers",
)

answer = Action(
    "answer",
    (o, s),
    (
        Guard("waiting", begun(o) & _choosing, "the operation still waits for answers"),
        Guard("once", ~asked(o, s), "the question has not arrived yet"),
    ),
    (
        grow(asked, p, i, by=same(p, o) & same(i, s)),
        grow(reply, p, i, t, by=same(p, o) & same(i, s) & holds(s, t)),
    ),
    "{s} answers {o}",
)

_higher = (best(o, t) & every(u, holds=reply(o, s, u) >> ~above(u, t))) | (
    reply(o, s, t) & every(u, holds=best(o, u) >> above(t, u))
)
hear = Action(
    "hear",
    (o, s),
    (Guard("answered", some(t, holds=reply(o, s, t)), "an answer is on its way"),),
    (
        grow(heard, p, i, by=same(p, o) & same(i, s)),
        shrink(reply, p, i, t, by=same(p, o) & same(i, s)),
        Update(best, (p, t), (best(p, t) & ~same(p, o)) | (same(p, o) & _higher)),
    ),
    "the answer of {s} reaches {o}",
)

_choice = some(u, holds=best(o, u) & ((put(o) & takes(o, u, t)) | (~put(o) & same(u, t))))
choose = Action(
    "choose",
    (o,),
    (
        Guard("waiting", begun(o) & _choosing, "it chooses once"),
        Guard("quorum", some(q, holds=every(i, holds=within(q, i) >> heard(o, i))), "a quorum has answered"),
    ),
    (
        grow(chosen, p, t, by=same(p, o) & _choice),
        shrink(asked, p, i, by=same(p, o)),
        shrink(heard, p, i, by=same(p, o)),
        shrink(reply, p, i, t, by=same(p, o)),
        shrink(best, p, t, by=same(p, o)),
    ),
    "{o} chooses its tag and sends it to all servers",
)

_kept = (holds(s, t) & every(u, holds=chosen(o, u) >> ~above(u, t))) | (
    chosen(o, t) & every(u, holds=holds(s, u) >> above(t, u))
)
store = Action(
    "store",
    (o, s),
    (Guard("sent", some(t, holds=chosen(o, t)) & ~stored(o, s), "the tag is on its way"),),
    (
        Update(holds, (i, t), (holds(i, t) & ~same(i, s)) | (same(i, s) & _kept)),
        grow(stored, p, i, by=same(p, o) & same(i, s)),
    ),
    "{s} is told the tag of {o}",
)

acknowledge = Action(
    "acknowledge",
    (o, s),
    (
        Guard("stored", stored(o, s) & ~acknowledged(o, s), "an acknowledgement is on its way"),
        Guard("waiting", ~done(o), "somebody waits for it"),
    ),
    (grow(acknowledged, p, i, by=same(p, o) & same(i, s)),),
    "the acknowledgement of {s} reaches {o}",
)

finish = Action(
    "finish",
    (o,),
    (
        Guard("storing", _storing, "it is answered once"),
        Guard("quorum", some(q, holds=every(i, holds=within(q, i) >> acknowledged(o, i))), "a quorum has acknowledged"),
    ),
    (grow(done, p, by=same(p, o)), shrink(acknowledged, p, i, by=same(p, o))),
    "{o} is answered",
)

PROMISES = (
    always(
        "real time",
        (chosen(o, t) & floor(o, u)) >> (~above(u, t) & (put(o) >> ~same(u, t))),
        "an operation has no older tag than what was answered before it was asked for, and a put has a higher one",
    ),
    always(
        "one put, one tag",
        (put(o) & put(p) & chosen(o, t) & chosen(p, t)) >> same(o, p),
        "two puts have two tags",
    ),
    always(
        "no invented tag",
        (chosen(o, t) & ~put(o)) >> (lowest(t) | some(_e, holds=put(_e) & chosen(_e, t))),
        "a get returns what was there at the start, or what somebody put",
    ),
)
"""Together: gets and puts in the order of their tags, each get after its put, are one copy's history."""

GOALS = (
    Named(
        "seen in passing",
        some(o, p, t, holds=done(o) & chosen(o, t) & chosen(p, t) & put(p) & ~put(o) & ~done(p)),
        "a get returns the value of a put that has not been answered",
    ),
)

REGISTER = Protocol(
    "register",
    (SERVER, OPERATION, TAG, QUORUM),
    (
        *(above, lowest, put, then, takes, within),
        *(holds, begun, reply, asked, heard, best, chosen, stored, acknowledged, done, floor),
    ),
    (
        always(
            "quorums meet",
            some(i, holds=within(q, i) & within(_q2, i)),
            "every two quorums have a server in common",
        ),
        Named("one start", some(t, holds=lowest(t)), "there is a tag at the start"),
    ),
    (Update(holds, (s, t), lowest(t)),),
    (begin, answer, hear, choose, store, acknowledge, finish),
    PROMISES,
    tuple(named.name for named in PROMISES),
    GOALS,
)


def register_instance(clients: Mapping[str, Sequence[str]], servers: int = 3, quorum: int | None = None) -> Instance:
    """`clients` are the clients' names and what each asks for, one after the other: "put" or "get".

    Every `quorum` servers are a quorum; unless it is given, a majority. ValueError where an operation is neither.
    """
    size = servers // 2 + 1 if quorum is None else quorum
    names = tuple(f"s{number}" for number in range(1, servers + 1))
    operations: dict[str, str] = {}
    order: list[tuple[str, str]] = []
    for client, asked_for in clients.items():
        mine = []
        for number, kind in enumerate(asked_for, 1):
            if kind not in ("put", "get"):
                raise ValueError(f"client {client}: {kind!r} is no operation; accepted: put, get")
            mine.append(f"{client}.{kind}{number}")
            operations[mine[-1]] = kind
        order += pairwise(mine)
    puts = [name for name, kind in operations.items() if kind == "put"]
    tags = [(0, ""), *product(range(1, len(puts) + 1), puts)]
    called = {tag: f"{tag[0]}:{tag[1]}" if tag[1] else "0" for tag in tags}
    quorums = {"+".join(chosen): chosen for chosen in combinations(names, size)}
    return Instance(
        {"Server": names, "Operation": tuple(operations), "Tag": tuple(called.values()), "Quorum": tuple(quorums)},
        {
            "above": frozenset((called[a], called[b]) for a in tags for b in tags if a > b),
            "lowest": frozenset({("0",)}),
            "put": frozenset((name,) for name in puts),
            "then": frozenset(order),
            "takes": frozenset(
                (name, called[old], called[old[0] + 1, name]) for name in puts for old in tags if old[0] < len(puts)
            ),
            "within": frozenset((name, server) for name, chosen in quorums.items() for server in chosen),
        },
    )
