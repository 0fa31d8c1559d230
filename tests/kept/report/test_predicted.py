"""kept.report.predicted: predictions in words, and what is demanded of them."""

import pytest

from checkers.staleness.confidence import Proportion, Quantile
from kept.predictor.config import PredictConfig, configured
from kept.predictor.predict import LookingBack, Prediction
from kept.report.predicted import claim_lines, demanded, last_line, story, table, title, verdict

TIMES = tuple((share, Quantile(3.25, 3.0, None)) for share in (0.5, 0.95, 0.99, 0.999))


def prediction(fresh: int, **fields: object) -> Prediction:
    config: PredictConfig = configured({"trials": 1_000, "t": (0.5,), "k": (1, 2), **fields})
    seen = ((0.5, Proportion(fresh, 1_000)),)
    back = (LookingBack(1, 1 / 3, seen), LookingBack(2, 5 / 9, ((0.5, Proportion(1_000, 1_000)),)))
    return Prediction(config, "mine\x1b.csv", seen, ((0.999, Quantile(7.5, None, 8.0)),), back, TIMES, TIMES)


def test_one_configuration_is_told_in_full() -> None:
    assert story(prediction(900)) == [
        "mine\\x1b.csv, N=3 R=1 W=1: 1,000 trials, seed 0",
        "",
        "a get that starts so long after the acknowledgement of the newest put returns it, or newer",
        "       0.5 ms    90.000%   (87.985% to 91.709%)",
        "",
        "so many gets do, if they start so long after it",
        "    99.90%      7.50 ms   (? to 8.00)",
        "",
        "a get returns one of the last k puts",
        "         however late   if all k were acknowledged together, 0.5 ms before it",
        "  k=1     33.333%    90.000%   (87.985% to 91.709%)",
        "  k=2     55.556%   100.000%   (99.617% to 100.000%)",
        "",
        "latency in ms      50 %       95 %       99 %     99.9 %",
        "  get             3.25       3.25       3.25       3.25",
        "  put             3.25       3.25       3.25       3.25",
    ]
    assert last_line([prediction(900)], 0.04) == (
        "mine\\x1b.csv, N=3 R=1 W=1: 90.00% fresh after 0.5 ms, 99.9% after 7.50 ms (0.0 s)"
    )


def test_quorums_that_meet_need_no_trial() -> None:
    sure = prediction(1_000, r=2, w=2)
    assert "R+W>N: every get meets every acknowledged put, however soon it starts" in story(sure)
    assert title(sure) == "N=3 R=2 W=2"


def test_whether_gets_of_a_client_go_back_is_told_where_it_was_asked_for() -> None:
    told = story(prediction(900, writes_per_read=0.5))
    line = "with 0.5 puts between two gets of a client, 45.567% of these do not go back, however late puts arrive"
    assert line in told
    assert not any("do not go back" in one for one in story(prediction(900)))


def test_without_trials_of_several_puts_the_closed_form_is_told_alone() -> None:
    alone = prediction(900)._replace(back=(LookingBack(1, 1 / 3, ()),))
    assert "  k=1     33.333%   however late puts arrive" in story(alone)


def test_several_configurations_are_a_line_each() -> None:
    told = table([prediction(900), prediction(950, w=2)])
    assert told[0] == "mine\\x1b.csv: 1,000 trials each, seed 0"
    assert [line.split() for line in told[3:]] == [
        ["N=3", "R=1", "W=1", "90.000%", "7.50", "3.25", "3.25"],
        ["N=3", "R=1", "W=2", "95.000%", "7.50", "3.25", "3.25"],
    ]
    assert last_line([prediction(900), prediction(950)], 1) == "mine\\x1b.csv: 2 configurations (1.0 s)"


@pytest.mark.parametrize(
    ("fresh", "fields", "told"),
    [
        (990, {"at_least": 0.95}, "valid"),
        (900, {"at_least": 0.95}, "invalid"),
        (950, {"at_least": 0.95}, "unknown"),
        (1_000, {"at_least": 1.0}, "unknown"),
        (1_000, {"at_least": 1.0, "r": 2, "w": 2}, "valid"),
    ],
)
def test_a_demand_is_met_or_missed_only_where_the_interval_says_so(
    fresh: int, fields: dict[str, object], told: str
) -> None:
    found = prediction(fresh, **fields)
    (claim,) = demanded([found])
    assert (claim.verdict, verdict([found])) == (told, told)
    share = 100 * float(str(fields["at_least"]))
    assert claim.wording == (
        f"of the gets that start 0.5 ms after the acknowledgement of the newest put, {share:g} % return it or newer"
    )
    assert ("try more --trials" in claim.reason) == (told == "unknown")


def test_one_demand_that_is_missed_decides_and_none_is_met() -> None:
    found = [prediction(990, at_least=0.95), prediction(900, at_least=0.95), prediction(950, at_least=0.95)]
    assert (verdict(found), verdict([prediction(1)]), demanded([prediction(1)])) == ("invalid", "valid", ())
    assert [line[:38] for line in claim_lines(found)] == [
        "", "valid    fresh at 0.5 ms: N=3 R=1 W=1:", "INVALID  fresh at 0.5 ms: N=3 R=1 W=1:",
        "unknown  fresh at 0.5 ms: N=3 R=1 W=1:",
    ]  # fmt: skip
    assert claim_lines([prediction(1)]) == []
    assert last_line(found, 0) == "INVALID  mine\\x1b.csv: 1 of 3 demands are met (0.0 s)"
