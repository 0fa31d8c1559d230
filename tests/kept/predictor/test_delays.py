"""kept.predictor.delays: what files of delays say, and one line with the place for each that says nothing."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checkers.staleness.latencies import Later, Mixture, Table
from kept.lab.usage import UsageError
from kept.predictor.delays import load

ONE = {"constant": 1.0}
LEGS = {"W": ONE, "A": ONE, "R": ONE, "S": ONE}
HALF = np.array([0.25, 0.75])


def written(tmp_path: Path, text: str | bytes, name: str = "delays.json") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_each_way_to_say_delays_in_json(tmp_path: Path) -> None:
    document = {
        "W": {"quantiles": {"100": 9, "0": 1, "50": 3}},
        "A": {"samples": [5, 1.5], "later_by": 2},
        "R": {"pareto_share": 0.5, "pareto_least": 1, "pareto_alpha": 2, "exponential_rate": 0.1},
        "S": {"constant": 4},
        "near": LEGS,
        "name": "ours",
    }
    legs, near = load(written(tmp_path, json.dumps(document)))
    assert legs.w == Table((0.0, 0.5, 1.0), (1.0, 3.0, 9.0))
    assert isinstance(legs.a, Later)
    assert legs.a.at(HALF).tolist() == [7.0, 3.5]
    assert legs.r == Mixture(0.5, 1.0, 2.0, 0.1)
    assert near is not None
    assert near.w.at(HALF).tolist() == [1.0, 1.0]


def test_samples_and_quantiles_in_csv(tmp_path: Path) -> None:
    legs, near = load(written(tmp_path, "\ufeffW, A,R,S\n1,2,3,4\n5,,3.5,4e0\n\n", "delays.CSV"))
    assert near is None
    assert [leg.at(HALF).tolist() for leg in legs] == [[1.0, 5.0], [2.0, 2.0], [3.0, 3.5], [4.0, 4.0]]
    legs, _ = load(written(tmp_path, "quantile,S,W,A,R\n100,8,9,10,11\n0,0,1,2,3\n50,0,5,5,5\n", "delays.csv"))
    assert legs.w == Table((0.0, 0.5, 1.0), (1.0, 5.0, 9.0))
    assert legs.s == Table((0.0, 0.5, 1.0), (0.0, 0.0, 8.0))


def leg(**changes: object) -> str:
    return json.dumps({**LEGS, "A": changes})


BAD: dict[str, tuple[str | bytes, str]] = {
    "nothing": ("", "line 1, column 1: Expecting value; accepted: JSON"),
    "half a document": ('{"W": ', "line 1, column 7"),
    "a list": ("[]", "[]; accepted: an object with W, A, R, S"),
    "a number of too many digits": ('{"W": ' + "1" * 5000 + "}", "a number of thousands of digits; accepted: delays"),
    "nested too deep": ("[" * 100_000, "nested too deep; accepted: delays"),
    "no text": (b"\xff\xfe{}", "byte 1 is no UTF-8; accepted: text"),
    "a leg missing": (json.dumps({"W": ONE, "A": ONE, "R": ONE}), "S: missing; accepted: W, A, R, S"),
    "a strange leg": (json.dumps({**LEGS, "w": ONE}), "w: unknown field; accepted: W, A, R, S, near, name"),
    "a leg twice": ('{"W": {}, "W": {}}', "W: given twice; accepted: once"),
    "a leg that is a number": (json.dumps({**LEGS, "A": 3}), "A: 3; accepted: "),
    "no way": (leg(), "A: nothing; accepted: one of samples, quantiles, constant, or a fit"),
    "two ways": (leg(constant=1, samples=[1]), "A: samples and constant; accepted: one of samples"),
    "a strange way": (leg(sample=[1]), "A.sample: unknown field; accepted: samples, quantiles"),
    "half a fit": (leg(pareto_share=0.5), "A: pareto_least: missing; accepted: a fit has"),
    "no sample": (leg(samples=[]), "A.samples: []; accepted: "),
    "a negative sample": (leg(samples=[1, -2]), "A.samples.1: -2; accepted: milliseconds from 0 to 1e+09"),
    "a sample that is text": (leg(samples=["1"]), "A.samples.0: 1; accepted: milliseconds from 0 to 1e+09"),
    "a sample that is true": (leg(samples=[True]), "A.samples.0: True; accepted: milliseconds"),
    "a sample that is no number": ('{"W":{"samples":[NaN]},"A":{},"R":{},"S":{}}', "W.samples.0: nan; accepted: milli"),
    "an endless sample": ('{"W":{"samples":[1e999]},"A":{},"R":{},"S":{}}', "W.samples.0: inf; accepted: milli"),
    "a share above 1": (
        leg(pareto_share=2, pareto_least=1, pareto_alpha=1, exponential_rate=1), "A.pareto_share: 2; accepted: 0 to 1",
    ),
    "an exponent of 0": (
        leg(pareto_share=1, pareto_least=1, pareto_alpha=0, exponential_rate=1),
        "A.pareto_alpha: 0; accepted: 0.1 to 1000",
    ),
    "quantiles without an end": (leg(quantiles={"0": 1, "99": 2}), "A.quantiles: from 0.0000% to 99.0000%; acc"),
    "no quantiles": (leg(quantiles={}), "A.quantiles: none; accepted: with 0 and 100"),
    "quantiles that fall": (leg(quantiles={"0": 1, "50": 0, "100": 2}), "A.quantiles: 50: 0 is less than 1 before"),
    "a quantile twice": (leg(quantiles={"0": 1, "0.0": 1, "100": 2}), "A.quantiles: 0 twice; accepted: each once"),
    "a quantile of 101": (leg(quantiles={"0": 1, "101": 2}), "A.quantiles: 101; accepted: percent from 0 to 100"),
    "a quantile of text": (leg(quantiles={"median": 1}), "A.quantiles: median; accepted: percent from 0 to 100"),
    "a quantile of a longish text": (leg(quantiles={"9" * 10_000: 1}), "A.quantiles: 9999"),
    "near without legs": (json.dumps({**LEGS, "near": {}}), "near.W: missing; accepted: W, A, R, S"),
    "near with bad quantiles": (
        json.dumps({**LEGS, "near": {**LEGS, "S": {"quantiles": {"0": 1}}}}),
        "near.S.quantiles: from 0.0000% to 0.0000%",
    ),
}  # fmt: skip
BAD_CSV: dict[str, tuple[str | bytes, str]] = {
    "nothing": ("", "line 1: nothing; accepted: the columns W,A,R,S, or quantile,W,A,R,S"),
    "no header": ("1,2,3,4\n", "line 1: 1,2,3,4; accepted: the columns"),
    "a column missing": ("W,A,R\n1,2,3\n", "line 1: W,A,R; accepted: the columns"),
    "a column twice": ("W,A,R,S,S\n", "line 1: W,A,R,S,S; accepted: the columns"),
    "only a header": ("W,A,R,S\n", "column W: no delay in it; accepted: one or more"),
    "an empty column": ("W,A,R,S\n1,,1,1\n", "column A: no delay in it"),
    "too few cells": ("W,A,R,S\n1,1,1,1\n1,2\n", "line 3: 2 cells; accepted: 4, as in the header"),
    "text": ("W,A,R,S\n1,1,x,1\n", "line 2, column R: x; accepted: milliseconds from 0 to 1e+09"),
    "a negative delay": ("W,A,R,S\n1,1,1,-1\n", "line 2, column S: -1; accepted: milliseconds"),
    "not a number": ("W,A,R,S\nnan,1,1,1\n", "line 2, column W: nan; accepted: milliseconds"),
    "an endless delay": ("W,A,R,S\n1e999,1,1,1\n", "line 2, column W: 1e999; accepted: milliseconds"),
    "a number with an underscore": ("W,A,R,S\n1_0,1,1,1\n", "line 2, column W: 1_0; accepted: milliseconds"),
    "an open quote": ('W,A,R,S\n"1,1,1,1\n', "line 2: unexpected end of data; accepted: CSV"),
    "a line of ten megabytes": ("W,A,R,S\n" + "1" * 10_000_000 + ",1,1,1\n", "line 2: field larger than field limit"),
    "an empty quantile": ("quantile,W,A,R,S\n0,1,1,,1\n100,2,2,2,2\n", "line 2, column R: ''; accepted: milliseconds"),
    "a quantile too large": ("quantile,W,A,R,S\n120,1,1,1,1\n", "line 2, column quantile: 120; accepted: percent"),
    "quantiles without an end": ("quantile,W,A,R,S\n0,1,1,1,1\n50,1,1,1,1\n", "column W: from 0.0000% to 50.0000%"),
    "no text": (b"W,A,R,S\n\xff", "byte 9 is no UTF-8"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_malformed_document_is_told_in_one_line_with_the_place(tmp_path: Path, name: str) -> None:
    text, line = BAD[name]
    _refused(written(tmp_path, text), line)


@pytest.mark.parametrize("name", BAD_CSV)
def test_a_malformed_table_is_told_in_one_line_with_the_place(tmp_path: Path, name: str) -> None:
    text, line = BAD_CSV[name]
    _refused(written(tmp_path, text, "delays.csv"), line)


def _refused(path: Path, line: str) -> None:
    with pytest.raises(UsageError) as error:
        load(path)
    told = str(error.value)
    assert told.startswith(f"{path}: {line}")
    assert "\n" not in told
    assert len(told) < 600


def test_what_is_no_file_of_delays_is_told(tmp_path: Path) -> None:
    _refused(written(tmp_path, "x", "delays.txt"), "ends in .txt; accepted: .json, .csv")
    (tmp_path / "folder.csv").mkdir()
    _refused(tmp_path / "folder.csv", "a directory; accepted: a file")
    with (tmp_path / "large.csv").open("wb") as file:
        file.truncate(64_000_001)
    _refused(tmp_path / "large.csv", "more than 64,000,000 bytes; accepted: at most as many")


VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["W", "A", "R", "S", "near", "samples", "quantiles", "0", "100", "x"]), inner)
    ),
    max_leaves=12,
)


def read(path: Path) -> str:
    """What is wrong with the file, if anything is; else every delay that it tells is one."""
    try:
        legs, _ = load(path)
    except UsageError as error:
        return str(error)
    assert all(np.isfinite(leg.at(HALF)).all() for leg in legs)
    return ""


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(VALUES, st.binary(max_size=40))
def test_nothing_else_comes_of_any_file(tmp_path: Path, value: object, noise: bytes) -> None:
    tables = (b"W,A,R,S\n" + noise, b"quantile,W,A,R,S\n" + noise, noise)
    files = [written(tmp_path, json.dumps(value)), written(tmp_path, noise, "noise.json")]
    files += [written(tmp_path, table, f"{at}.csv") for at, table in enumerate(tables)]
    assert not any("\n" in read(path) for path in files)
