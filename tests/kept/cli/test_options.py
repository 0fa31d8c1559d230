"""kept.cli.options: one flag per field, and the command line that makes a configuration again."""

from collections.abc import Callable
from typing import Any

import click
import pytest

from kept.cli.arguments import parse
from kept.cli.options import HELP, Number, command_line, flag
from kept.cli.run import command
from kept.lab.config import RunConfig

CONFIGS = [
    RunConfig(seed=7),
    RunConfig(seed=8, versions="lww", sloppy=False, anti_entropy=False, faults=(), n=2, r=1, w=2, skew=1.25),
    RunConfig(seed=9, faults=("loss", "pause"), ring=1, tokens=3, racks=2, strategy="pct", depth=5),
]


def test_every_field_of_a_run_but_the_seed_has_a_flag_that_says_what_it_does() -> None:
    assert set(HELP) == set(RunConfig.model_fields) - {"seed"}
    named = {option.name: option for option in command.params if isinstance(option, click.Option)}
    for name, about in HELP.items():
        assert about in (named[name].help or "")
        assert flag(name) in named[name].opts or name == "sloppy"


def test_help_tells_each_default(kept: Callable[..., Any]) -> None:
    said = kept("run", "--help")
    assert said.code == 0
    flat = " ".join(said.out.split())
    for default in ("[default: 2000; 1 to 10000000]", "[default: dvv]", "[default: all]", "[default: --sloppy]"):
        assert default in flat


def given(words: list[str]) -> dict[str, Any]:
    context = command.make_context("run", words, resilient_parsing=False)
    return {name: value for name, value in context.params.items() if name not in ("json", "quiet", "color")}


@pytest.mark.parametrize("config", CONFIGS)
def test_the_command_line_of_a_configuration_makes_it_again(config: RunConfig) -> None:
    line = command_line(config, ("no-lost-write",))
    assert line.startswith("kept run --seed ")
    again = parse(given(line.split()[2:]))
    assert again.config == config
    assert "no-lost-write" in again.claims


def test_a_number_is_read_as_its_kind_and_refuses_what_only_python_takes_for_one() -> None:
    whole = Number(int, "a whole number")
    assert whole.convert("12", None, None) == 12
    for text in ("1_000", "٣", "1.0", "", "0x10"):
        with pytest.raises(click.BadParameter, match="accepted: a whole number"):
            whole.convert(text, None, None)
