"""kept.cli.predicting: flags become configurations; what is wrong is named by its flag."""

from typing import Any

import pytest

from kept.cli.predicting import asked
from kept.lab.usage import UsageError

PLAIN: dict[str, Any] = dict.fromkeys(
    ("n", "r", "w", "t", "k", "writes_per_read", "at_least", "trials", "seed", "junit")
)


def given(**flags: Any) -> dict[str, Any]:
    return {**PLAIN, "latencies": "lnkd-ssd", **flags}


def test_nothing_but_the_delays_must_be_said() -> None:
    found = asked(given())
    (config,) = found.configs
    assert (config.n, config.r, config.w, config.seed, config.at_least) == (3, 1, 1, 0, None)
    assert (found.delays.name, found.left_out, found.junit) == ("lnkd-ssd", 0, None)


def test_every_flag_arrives() -> None:
    (config,) = asked(
        given(
            n="5", r="2", w="3", t="0, 2.5,1e3", k="1,7", at_least="99.9%", trials="20,000", seed="7",
            writes_per_read="2",
        )
    ).configs  # fmt: skip
    assert (config.n, config.r, config.w, config.trials, config.seed) == (5, 2, 3, 20_000, 7)
    assert (config.t, config.k) == ((0.0, 2.5, 1000.0), (1, 7))
    assert config.writes_per_read == 2.0
    assert config.at_least == pytest.approx(0.999)
    assert asked(given(at_least="0.5")).configs[0].at_least == 0.5


def test_ranges_are_several_configurations_and_what_is_none_is_left_out_and_counted() -> None:
    found = asked(given(n="2..3", r="1..3", w="2"))
    assert [(one.n, one.r, one.w) for one in found.configs] == [(2, 1, 2), (2, 2, 2), (3, 1, 2), (3, 2, 2), (3, 3, 2)]
    assert found.left_out == 1


@pytest.mark.parametrize(
    ("flags", "line"),
    [
        ({"latencies": None}, "--latencies: missing; accepted: a preset such as lnkd-disk, or a file of delays"),
        ({"latencies": "lnkd-dsk"}, "--latencies: lnkd-dsk; accepted: lnkd-ssd, lnkd-disk, ymmr, wan, or a file"),
        ({"n": "three"}, "--n: three; accepted: a whole number, or a range such as 1..3"),
        ({"n": "-1"}, "--n: -1; accepted: a whole number"),
        ({"n": "3..1"}, "--n: 3..1; accepted: the smaller number first"),
        ({"n": "1.."}, "--n: ''; accepted: a whole number"),
        ({"n": "1..100000"}, "--n: 1..100000; accepted: the smaller number first"),
        ({"n": "1..90", "r": "1..90"}, "8100 configurations; accepted: at most 1000"),
        ({"n": "101"}, "--n: 101; accepted: 1 to 100"),
        ({"r": "4"}, "--r: 4; accepted: 1 to 3 (N)"),
        ({"w": "0"}, "--w: 0; accepted: 1 to 100"),
        ({"r": "4..5"}, "--r: 4; accepted: 1 to 3 (N)"),
        ({"t": "soon"}, "--t: soon; accepted: milliseconds such as 0,1,2.5,100"),
        ({"t": "1,,2"}, "--t: ''; accepted: milliseconds"),
        ({"t": "-1"}, "--t: -1; accepted: milliseconds"),
        ({"t": "nan"}, "--t: nan; accepted: milliseconds"),
        ({"t": "1e30"}, "--t: 1e+30; accepted: 0 to 1e+09"),
        ({"k": "0"}, "--k: 0; accepted: 1 to 100"),
        ({"k": "1.5"}, "--k: 1.5; accepted: puts such as 1,2,5"),
        ({"trials": "many"}, "--trials: many; accepted: a whole number"),
        ({"trials": "99999999"}, "--trials: 99999999; accepted: 1 to 10000000"),
        ({"trials": "10000000", "n": "100"}, "--trials: 10,000,000 of 100 replicas"),
        ({"seed": "x"}, "--seed: x; accepted: a whole number"),
        ({"writes_per_read": "often"}, "--writes-per-read: often; accepted: a number such as 0.5 or 2"),
        ({"writes_per_read": "1e9"}, "--writes-per-read: 1000000000.0; accepted: 0 to 1000000.0"),
        ({"at_least": "most"}, "--at-least: most; accepted: a share such as 99.9% or 0.999"),
        ({"at_least": "0%"}, "--at-least: 0%; accepted: above 0 to 100%"),
        ({"at_least": "99.9"}, "--at-least: 99.9; accepted: above 0 to 100%"),
        ({"junit": "no/where.xml"}, "--junit: no/where.xml; accepted: a file in a directory that exists"),
    ],
)
def test_what_is_wrong_is_named_by_its_flag(flags: dict[str, Any], line: str) -> None:
    with pytest.raises(UsageError) as error:
        asked(given(**flags))
    assert str(error.value).startswith(line)
