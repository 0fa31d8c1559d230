import pytest

from checkers.proofs.protocol.obligations import DENIAL, groups, lemma, script, start, step
from checkers.proofs.protocol.proof import scripts
from checkers.proofs.protocol.solvers import SOLVERS
from model.abstract.logic import relations
from model.abstract.merging import LEMMAS
from model.abstract.store import STORE


def test_every_action_owes_every_invariant_or_writes_none_of_its_relations():
    for group in list(groups(STORE))[1:]:
        written = {update.relation.name for update in STORE.action(group.name).updates}
        claimed = {claim.name for claim in group.claims}
        for named in STORE.invariants:
            assert (named.name in claimed) != (named.name in group.untouched)
            assert (named.name in claimed) == (not written.isdisjoint(relations(named.formula)))


def test_the_start_owes_every_invariant_from_the_axioms_alone():
    group = start(STORE)
    assert [claim.name for claim in group.claims] == [named.name for named in STORE.invariants]
    assert [assumption.name for assumption in group.assumptions] == [f"axiom: {axiom.name}" for axiom in STORE.axioms]


def test_a_step_assumes_axioms_all_invariants_and_its_guards_by_name():
    names = [assumption.name for assumption in step(STORE, STORE.action("ack")).assumptions]
    assert names[-3:] == ["guard: asked", "guard: owner", "guard: synced"]
    assert len(set(names)) == len(names)
    assert len(names) == len(STORE.axioms) + len(STORE.invariants) + 3


def test_a_lemma_assumes_what_it_is_given():
    group = lemma(LEMMAS[-3])
    assert LEMMAS[-3].name == "least upper bound"
    assert [assumption.name for assumption in group.assumptions][-1] == "given: c is above both"


def test_every_obligation_has_a_file_of_its_own_with_one_question():
    files = scripts()
    assert len(files) == sum(len(list(group.obligations())) for group in groups(STORE)) + len(LEMMAS)
    for name, text in files.items():
        assert name.endswith(".smt2")
        assert " " not in name
        assert text.count("(check-sat)") == 1
        assert text.count(f":named |{DENIAL}|") == 1
        assert text.count("(assert ") == text.count(":named ")


@pytest.mark.parametrize("name", ["z3", "cvc5"])
def test_every_file_reads_back_to_the_answer_that_proves_it(name):
    """Each file alone, in a solver of its own, as a sceptic would; every twelfth, so that the test stays short."""
    pytest.importorskip(name)
    files = scripts()
    for text in list(files.values())[::12]:
        assert SOLVERS[name](10_000).tell(text) == ["unsat"], text.splitlines()[0]


def test_a_file_that_should_not_be_proved_is_not():
    mutant = STORE.without_guard("drop_hint", "delivered")
    answers = [
        SOLVERS["z3"](10_000).tell(script(one)) for one in step(mutant, mutant.action("drop_hint")).obligations()
    ]
    assert ["sat"] in answers


def test_a_file_opens_with_what_it_shows():
    text = scripts()["ack--promise.smt2"]
    assert text.splitlines()[:3] == [
        "; ack: promise",
        "; an acknowledged write is on the disk of who acknowledged it",
        "; proved if the answer is unsat",
    ]
