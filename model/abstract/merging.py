"""Two replicas merge what they hold: as stores compute it, as the abstract store has it, and why both are one.

A store keeps, for one key, what it has *seen* (its version vector) and the versions that are *live*. It merges

    seen    =  seen1 | seen2
    live    =  (live1 & live2)  |  (live1 - seen2)  |  (live2 - seen1)

(Almeida et al. 2014, "Scalable and accurate causality tracking", `sync` of dotted version vector sets; the same is the
observed-remove set). The abstract store keeps seen and gone = seen - live, and merges by union. The lemmas say that
the first is the second, that it is the least upper bound of an order, and that nothing live is lost by it.
"""

from typing import NamedTuple

from model.abstract.logic import Formula, Relation, Sort, Var, iff
from model.abstract.protocol import Named, always

VERSION = Sort("Version")
SORTS = (VERSION,)
_x = Var("x", VERSION)


class State(NamedTuple):
    """What one replica holds of one key, or what a merge makes of two: formulas about the version x."""

    seen: Formula
    live: Formula

    @property
    def gone(self) -> Formula:
        return self.seen & ~self.live


class Lemma(NamedTuple):
    """Under what is `given`, the closed formula `claim` holds."""

    name: str
    relations: tuple[Relation, ...]
    given: tuple[Named, ...]
    claim: Formula
    sentence: str


def _replica(name: str) -> tuple[State, tuple[Relation, ...], Named]:
    seen = Relation(f"seen_{name}", (VERSION,), f"{name} has seen {{0}}")
    live = Relation(f"live_{name}", (VERSION,), f"{{0}} is live at {name}")
    sound = always(f"{name} is a state", live(_x) >> seen(_x), f"what is live at {name} has been seen there")
    return State(seen(_x), live(_x)), (seen, live), sound


def merge(one: State, other: State) -> State:
    """As stores compute it."""
    live = (one.live & other.live) | (one.live & ~other.seen) | (other.live & ~one.seen)
    return State(one.seen | other.seen, live)


def equal(one: State, other: State) -> Formula:
    return iff(one.seen, other.seen) & iff(one.live, other.live)


def below(one: State, other: State) -> Formula:
    """The other has seen all of this, and shows nothing that is gone here."""
    return (one.seen >> other.seen) & (one.gone >> other.gone)


_a, _ra, _sa = _replica("a")
_b, _rb, _sb = _replica("b")
_c, _rc, _sc = _replica("c")
_relations = (*_ra, *_rb, *_rc)
_states = (_sa, _sb, _sc)


def _lemma(name: str, claim: Formula, sentence: str) -> Lemma:
    return Lemma(name, _relations, _states, always("", claim, "").formula, sentence)


_ab = merge(_a, _b)
LEMMAS = (
    _lemma("a merge is a state", _ab.live >> _ab.seen, "what is live after a merge has been seen"),
    _lemma("commutative", equal(_ab, merge(_b, _a)), "it does not matter who merges with whom"),
    _lemma("associative", equal(merge(_ab, _c), merge(_a, merge(_b, _c))), "nor in which order"),
    _lemma("idempotent", equal(merge(_a, _a), _a), "nor how often"),
    _lemma("upper bound", below(_a, _ab) & below(_b, _ab), "a merge is above both: what was seen or gone stays so"),
    Lemma(
        "least upper bound",
        _relations,
        (*_states, always("c is above both", below(_a, _c) & below(_b, _c), "c is above a and b")),
        always("", below(_ab, _c), "").formula,
        "and below everything that is above both: it adds nothing of its own",
    ),
    _lemma(
        "union",
        iff(_ab.seen, _a.seen | _b.seen) & iff(_ab.gone, _a.gone | _b.gone),
        "it is the union of what was seen and the union of what is gone, as the abstract store has it",
    ),
    _lemma(
        "nothing live is lost",
        (_a.live & ~_ab.live) >> (_b.seen & ~_b.live),
        "a version that one side shows disappears only where the other has seen it go",
    ),
)
