"""Every claim holds of perfect runs, and names are checked."""

import pytest

from checkers.registry import CLAIMS, UnknownClaim, judge
from checkers.verdict import Unknown, Valid


@pytest.mark.parametrize("seed", range(25))
def test_every_claim_is_valid_of_a_perfect_run(perfect, seed):
    verdicts = judge(perfect(seed), CLAIMS)
    assert {name: v for name, v in verdicts.items() if not isinstance(v, Valid)} == {}
    assert list(verdicts) == list(CLAIMS)


@pytest.mark.parametrize("seed", range(12))
def test_no_claim_is_violated_where_nobody_told_the_dots_of_unacknowledged_puts(perfect, mutate, seed):
    for name, verdict in judge(mutate.untraced(perfect(seed)), CLAIMS).items():
        assert isinstance(verdict, Valid), (name, verdict)


def test_a_run_without_final_states_is_unknown_where_they_matter_and_says_what_to_record(perfect):
    verdicts = judge(perfect(0)._replace(replicas=None), CLAIMS)
    unknown = {name for name, v in verdicts.items() if isinstance(v, Unknown)}
    assert unknown == {
        "no-lost-write",
        "no-false-sibling",
        "no-invented-value",
        "convergence",
        "no-resurrection",
        "placement",
        "reference-model",
    }
    assert all("replicas.jsonl" in v.reason for v in verdicts.values() if isinstance(v, Unknown))


@pytest.mark.parametrize("part", ["history", "replicas"])
def test_a_truncated_file_never_makes_a_verdict_about_the_end(perfect, part):
    run = perfect(1)
    cut = run._replace(**{part: getattr(run, part)._replace(truncated=True)})
    assert isinstance(judge(cut, ["no-lost-write"])["no-lost-write"], Unknown)
    assert isinstance(judge(cut, ["no-false-sibling"])["no-false-sibling"], Unknown)
    assert isinstance(judge(cut, ["no-invented-value"])["no-invented-value"], Unknown)


def test_the_claims_about_gets_alone_need_no_final_states(perfect):
    bare = perfect(2)._replace(replicas=None)
    for name in ("honest-contexts", "fresh-reads", "fresh-deletes", "unique-dots"):
        assert isinstance(judge(bare, [name])[name], Valid)


def test_every_claim_says_what_it_means_in_words_of_its_own():
    wordings = [claim.wording for claim in CLAIMS.values()]
    assert len(set(wordings)) == len(wordings)
    assert all(wording.isprintable() and not wording.endswith(".") for wording in wordings)


def test_a_misspelt_claim_is_refused_with_the_nearest_name(perfect):
    with pytest.raises(UnknownClaim, match=r"no-lost-writes.*did you mean no-lost-write\?") as refused:
        judge(perfect(0), ["no-lost-writes"])
    assert refused.value.name == "no-lost-writes"
