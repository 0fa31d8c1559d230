"""kept.predictor.config: what is no configuration is told so in one line."""

from typing import Any

import pytest

from kept.lab.usage import UsageError
from kept.predictor.config import DELAYS_LIMIT, PredictConfig, configured


def test_the_defaults_are_a_configuration() -> None:
    assert configured({}) == PredictConfig()
    assert PredictConfig().looking_back == 100_000
    assert configured({"trials": 500}).looking_back == 500
    assert configured({"k": (1,)}).looking_back == 0, "one put is in the other trials already"


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"m": 3}, "m: unknown field"),
        ({"trails": 3}, "trails: unknown field; did you mean trials?"),
        ({"n": 0}, "n: 0; accepted: 1 to 100"),
        ({"n": 101}, "n: 101; accepted: 1 to 100"),
        ({"n": 3, "r": 4}, "r: 4; accepted: 1 to 3 (N)"),
        ({"n": 3, "w": 4}, "w: 4; accepted: 1 to 3 (N)"),
        ({"t": ()}, "t: 0 of them; accepted: 1 to 100"),
        ({"t": (1.0, -1.0)}, "t: -1; accepted: 0 to 1e+09"),
        ({"t": (float("nan"),)}, "t: nan; accepted: 0 to 1e+09"),
        ({"k": (0,)}, "k: 0; accepted: 1 to 100"),
        ({"trials": 0}, "trials: 0; accepted: 1 to 10000000"),
        ({"seed": -1}, "seed: -1; accepted: 0 to 9223372036854775807"),
        ({"at_least": 1.5}, "at_least: 1.5"),
    ],
)
def test_what_is_wrong_is_told_with_what_is_accepted(given: dict[str, Any], line: str) -> None:
    with pytest.raises(UsageError) as error:
        configured(given)
    assert str(error.value).startswith(line)


def test_more_than_a_minute_of_drawing_is_refused() -> None:
    with pytest.raises(UsageError, match=f"are 5,200,000,000 delays; accepted: {DELAYS_LIMIT:,}"):
        configured({"trials": 10_000_000, "n": 100, "k": (1, 6)})
