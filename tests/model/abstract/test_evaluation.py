from itertools import product

from model.abstract.evaluation import Evaluation
from model.abstract.logic import FALSE, TRUE, Relation, Sort, Var, every, same, some

THING, PLACE = Sort("Thing"), Sort("Place")
x, y = Var("x", THING), Var("y", THING)
p = Var("p", PLACE)
at = Relation("at", (THING, PLACE), "{0} is at {1}")
home = Relation("home", (PLACE,), "{0} is home", rigid=True)


def evaluation() -> Evaluation:
    return Evaluation({"Thing": 3, "Place": 2}, {"at": 0}, {"home": 0b10})


def test_bit_i_plus_size_times_j_stands_for_the_pair_i_j():
    test = evaluation().compile(at(x, p), {x: 0, p: 1})
    for thing, place in product(range(3), range(2)):
        assert test((1 << (thing + 3 * place),), [thing, place])
        assert not test((~(1 << (thing + 3 * place)),), [thing, place])


def test_rigid_relations_are_not_read_from_the_state():
    test = evaluation().compile(home(p), {p: 0})
    assert [test((0,), [place]) for place in (0, 1)] == [False, True]


def test_formulas_mean_what_python_means():
    known = {(0, 1), (2, 0), (2, 1)}
    state = (sum(1 << (thing + 3 * place) for thing, place in known),)
    things, places = range(3), range(2)
    cases = [
        (every(x, holds=some(p, holds=at(x, p))), all(any((i, j) in known for j in places) for i in things)),
        (some(x, holds=every(p, holds=at(x, p))), any(all((i, j) in known for j in places) for i in things)),
        (
            every(x, y, p, holds=(at(x, p) & at(y, p)) >> same(x, y)),
            all(i == k for i, k, j in product(things, things, places) if (i, j) in known and (k, j) in known),
        ),
        (some(x, y, holds=~same(x, y) & every(p, holds=at(x, p) >> (at(y, p) | home(p)))), True),
        (TRUE, True),
        (FALSE, False),
    ]
    for formula, expected in cases:
        compiling = evaluation()
        assert compiling.compile(formula, {})(state, [0] * (compiling.width + 1)) is expected, formula


def test_a_bound_variable_may_have_the_name_of_a_free_one():
    compiling = evaluation()
    test = compiling.compile(at(x, p) & some(x, holds=~at(x, p)) & at(x, p), {x: 0, p: 1})
    env = [2, 0] + [0] * compiling.width
    assert test((0b000100,), env)
    assert not test((0b000111,), [2, 0] + [0] * compiling.width)
