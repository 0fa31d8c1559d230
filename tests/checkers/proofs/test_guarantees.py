"""checkers.proofs.guarantees: what is guaranteed, and what overlap is mistaken for."""

from checkers.proofs.counts import Counts, judged
from checkers.proofs.guarantees import ALWAYS_OPEN, guaranteed, not_guaranteed
from checkers.proofs.judgement import Judgement
from checkers.proofs.solving import Solvers


def test_a_proved_overlap_is_never_called_linearizable() -> None:
    found = judged(Counts(3, (2,), (2,)), Solvers())
    assert not any("linear" in line for line in guaranteed(found))
    assert any(line.startswith("linearizability: ") for line in not_guaranteed(found))
    assert any("the next get hears n2 and n3 and does not" in line for line in not_guaranteed(found))


def test_what_is_proved_is_guaranteed_and_what_is_refuted_or_open_is_not() -> None:
    given = [
        Judgement(result, f"claim {result}", result, "why")
        for result in ("proved", "refuted", "unknown", "disagreement")
    ]
    assert guaranteed(given) == ("claim proved (why)",)
    assert not_guaranteed(given) == (
        "claim refuted: why",
        "claim unknown: unknown: why",
        "claim disagreement: disagreement: why",
        *ALWAYS_OPEN,
    )
