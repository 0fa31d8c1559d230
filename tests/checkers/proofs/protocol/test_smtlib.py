from random import Random

import pytest

from checkers.proofs.protocol import smtlib
from checkers.proofs.protocol.solvers import SOLVERS
from model.abstract.instance import instance
from model.abstract.interpreter import Interpreter
from model.abstract.logic import FALSE, TRUE, Relation, Sort, Var, every, same, some
from model.abstract.store import STORE

THING = Sort("Thing")
x, y = Var("x", THING), Var("y", THING)
near = Relation("near", (THING, THING), "{0} is near {1}")
dark = Relation("dark", (), "it is dark")


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        (near(x, y), "(near x y)"),
        (dark(), "dark"),
        (~dark() & same(x, y), "(and (not dark) (= x y))"),
        (dark() >> near(x, x), "(=> dark (near x x))"),
        (dark() >> (near(x, x) | near(y, y)), "(=> dark (or (near x x) (near y y)))"),
        (every(x, y, holds=near(x, y)), "(forall ((x Thing) (y Thing)) (near x y))"),
        (some(x, holds=near(x, x)), "(exists ((x Thing)) (near x x))"),
        (every(holds=dark()), "dark"),
        (TRUE, "true"),
        (FALSE, "false"),
    ],
)
def test_a_formula_is_written_in_prefix_notation(formula, text):
    assert smtlib.term(formula) == text


def test_an_assertion_carries_its_name_in_bars():
    assert smtlib.assertion("guard: one at a time", dark()) == "(assert (! dark :named |guard: one at a time|))"


def structure(interpreter: Interpreter, state: tuple[int, ...]) -> str:
    """A finite state in full: its things, that there are no others, and every tuple of every relation."""
    lines = ["(set-logic UF)", *map(smtlib.declare_sort, STORE.sorts), *map(smtlib.declare_relation, STORE.relations)]
    for sort, names in interpreter.instance.things.items():
        quoted = [f"|{name}|" for name in names]
        lines += [f"(declare-const {name} {sort})" for name in quoted]
        if len(names) > 1:
            lines.append(f"(assert (distinct {' '.join(quoted)}))")
        lines.append(f"(assert (forall ((z {sort})) (or false {' '.join(f'(= z {name})' for name in quoted)})))")
    for relation in STORE.relations:
        rows = interpreter.instance.rigid.get(relation.name, frozenset())
        if not relation.rigid:
            rows = interpreter.value(state, relation.name)
        bound = " ".join(f"(z{at} {sort.name})" for at, sort in enumerate(relation.sorts))
        tuples = [
            f"(and true {' '.join(f'(= z{at} |{name}|)' for at, name in enumerate(row))})" for row in sorted(rows)
        ]
        atom = relation(*(Var(f"z{at}", sort) for at, sort in enumerate(relation.sorts)))
        term = f"(= {smtlib.term(atom)} (or false {' '.join(tuples)}))"
        lines.append(f"(assert {f'(forall ({bound}) {term})' if relation.sorts else term})")
    return "\n".join(lines)


@pytest.mark.parametrize("solver", ["z3", "cvc5"])
def test_solvers_read_in_the_text_what_the_interpreter_sees_in_the_state(solver, walk):
    """Every axiom, invariant and goal, in reachable states and in arbitrary ones; both truth values occur often."""
    pytest.importorskip(solver)
    interpreter = Interpreter(STORE, instance({"old": "ab"}, r=1, w=2, deletes=("del1",)))
    chance = Random(3)
    reached = list(walk(interpreter, 4, 30))
    broken = [tuple(row ^ chance.getrandbits(6) & chance.getrandbits(6) for row in state) for state in reached]
    seen = {True: 0, False: 0}
    for state in (reached[-1], *broken[-3:]):
        session = SOLVERS[solver](10_000)
        assert session.tell(structure(interpreter, interpreter.state(dict_of(interpreter, state)))) == []
        for named in (*STORE.axioms, *STORE.invariants, *STORE.goals):
            truth = interpreter.holds(state, named.formula)
            # The structure has one model, so the denial of what is true contradicts it, and so does what is false.
            denied = ~named.formula if truth else named.formula
            assert session.tell(f"(push 1)(assert {smtlib.term(denied)})(check-sat)(pop 1)") == ["unsat"], named.name
            seen[truth] += 1
    assert min(seen.values()) > 30


def dict_of(interpreter: Interpreter, state: tuple[int, ...]) -> dict[str, frozenset[tuple[str, ...]]]:
    return {relation.name: interpreter.value(state, relation.name) for relation in STORE.mutable}
