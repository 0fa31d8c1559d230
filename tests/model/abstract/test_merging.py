from itertools import product

import pytest

from model.abstract.evaluation import Evaluation
from model.abstract.logic import Var, every
from model.abstract.merging import LEMMAS, VERSION, State, below, equal, merge

STATES = ("unseen", "live", "gone")


def holds(formula, **replicas):
    """Whether a formula holds of replicas that hold one version each in one of the three states."""
    rows: dict[str, int] = {}
    state: list[bool] = []
    for name, held in replicas.items():
        rows[f"seen_{name}"], rows[f"live_{name}"] = len(state), len(state) + 1
        state += [held != "unseen", held == "live"]
    compiling = Evaluation({"Version": 1}, rows, {})
    test = compiling.compile(formula, {})
    return test(tuple(map(int, state)), [0] * (compiling.width + 1))


@pytest.mark.parametrize("lemma", LEMMAS, ids=[lemma.name for lemma in LEMMAS])
def test_every_lemma_holds_of_all_states_of_a_version(lemma):
    """Merging treats versions one by one, so one version in each of three states is every case there is."""
    cases = 0
    for a, b, c in product(STATES, repeat=3):
        if all(holds(given.formula, a=a, b=b, c=c) for given in lemma.given):
            assert holds(lemma.claim, a=a, b=b, c=c)
            cases += 1
    assert cases > 0


def test_the_higher_of_unseen_live_and_gone_wins():
    claims = {lemma.name: lemma for lemma in LEMMAS}
    a_live, a_seen = (claims["union"].relations[at] for at in (1, 0))
    b_live, b_seen = (claims["union"].relations[at] for at in (3, 2))
    x = Var("x", VERSION)
    merged = merge(State(a_seen(x), a_live(x)), State(b_seen(x), b_live(x)))
    for a, b in product(STATES, repeat=2):
        higher = max(a, b, key=STATES.index)
        assert holds(every(x, holds=merged.live), a=a, b=b) == (higher == "live")
        assert holds(every(x, holds=merged.gone), a=a, b=b) == (higher == "gone")


def test_a_merge_that_keeps_what_either_shows_is_told_apart():
    """The known mistake: siblings by union, so a deleted value comes back."""
    claims = {lemma.name: lemma for lemma in LEMMAS}
    a_seen, a_live, b_seen, b_live = claims["union"].relations[:4]
    x = Var("x", VERSION)
    one, other = State(a_seen(x), a_live(x)), State(b_seen(x), b_live(x))
    wrong = State(one.seen | other.seen, one.live | other.live)
    assert not holds(every(x, holds=equal(wrong, merge(one, other))), a="live", b="gone")
    assert not holds(every(x, holds=below(other, wrong)), a="live", b="gone")
