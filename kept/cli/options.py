"""The flags that describe a run, made from the fields of `RunConfig`, so that neither their defaults nor their ranges
stand in two places."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar, get_args

import click

from kept.lab.config import RunConfig
from kept.lab.trial import claims_of
from kept.lab.usage import bounds

HELP = {
    "nodes": "Nodes of the cluster.",
    "n": "Replicas of every key.",
    "r": "Replies that a get waits for.",
    "w": "Durable acknowledgements that a put waits for.",
    "pr": "How many of R must come from the key's own replicas.",
    "pw": "How many of W must come from the key's own replicas.",
    "sloppy": "Whether fallbacks may stand in for unreachable owners (hinted handoff).",
    "versions": "Dotted version vectors, plain version vectors, or last writer wins.",
    "read_repair": "When stale replicas that a get meets are repaired.",
    "anti_entropy": "Whether replicas compare Merkle trees in the background.",
    "durable_copies": "Copies that must be on disk before a put is acknowledged; 0: all.",
    "ring": "Partitioning strategy of the paper's section 6.2.",
    "partitions": "Equal-sized partitions of strategies 2 and 3.",
    "tokens": "Tokens of each node under strategies 1 and 2.",
    "racks": "Spread the nodes over so many racks.",
    "rings": "Found so many rings that do not know each other.",
    "clients": "Clients that work at a time.",
    "ops": "Operations of all clients together.",
    "keys": "Keys that they work on.",
    "skew": "Zipf exponent of the keys' popularity; 0 is uniform.",
    "workload": "What the clients do.",
    "think_ms": "Mean pause of a client between two operations.",
    "faults": "all, none, or kinds with commas between them.",
    "fault_gap_ms": "Mean time from one fault to the next.",
    "beyond": "Damage disks beyond recovery, and check what no damage may break.",
    "limits": "Whether nodes have room for all that is asked of them, or refuse some of it.",
    "strategy": "How the scheduler chooses who goes next.",
    "depth": "The depth d of pct.",
    "settle_s": "Virtual seconds after the faults within which the replicas must agree.",
    "bug": "A bug of the zoo to seed into the store.",
}
"""Every field of `RunConfig` but the seed."""

Verb = TypeVar("Verb", bound=Callable[..., Any])


class Number(click.ParamType[Any]):
    """A number; its range is checked with everything else, by `RunConfig`."""

    def __init__(self, kind: type[int] | type[float], accepted: str) -> None:
        self.kind = kind
        self.name = "integer" if kind is int else "number"
        self.accepted = accepted

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        text = str(value)
        try:
            if len(text) > 30 or not text.isascii() or "_" in text:
                raise ValueError
            return self.kind(text)
        except ValueError:
            shown = text if len(text) <= 30 else text[:30] + "..."
            self.fail(f"{shown!r}; accepted: {self.accepted}", param, ctx)


def config_options(verb: Verb) -> Verb:
    """Add one flag for every field of `RunConfig` but the seed; a flag that is not given is None."""
    for name in reversed(HELP):
        verb = _option(name)(verb)
    return verb


def flag(name: str) -> str:
    """The flag of a field."""
    return "--" + name.replace("_", "-")


def command_line(config: RunConfig, claims: tuple[str, ...]) -> str:
    """The command that runs `config` with these claims: what differs from the defaults, spelled out."""
    words = ["kept", "run", "--seed", str(config.seed)]
    words += config_words(config, [n for n in HELP if getattr(config, n) != RunConfig.model_fields[n].default])
    own = claims_of(config)
    return " ".join(words + [f"--claim {name}" for name in claims if name not in own])


def config_words(config: RunConfig, names: Iterable[str]) -> list[str]:
    """The flags that set the fields called `names` as `config` has them."""
    words = []
    for name in names:
        value = getattr(config, name)
        if isinstance(value, bool):
            on, off = _switch(name)
            words.append(on if value else off)
        else:
            words += [flag(name), (",".join(value) or "none") if isinstance(value, tuple) else str(value)]
    return words


def _switch(name: str) -> tuple[str, str]:
    return ("--sloppy", "--strict") if name == "sloppy" else (flag(name), f"--no-{flag(name)[2:]}")


def _option(name: str) -> Callable[[Verb], Verb]:
    field = RunConfig.model_fields[name]
    default = field.default
    about = HELP[name]
    if isinstance(default, bool):
        on, off = _switch(name)
        return click.option(f"{on}/{off}", name, default=None, help=f"{about}  [default: {on if default else off}]")
    shown = "all" if name == "faults" else str(default) if default != "" else "none"
    names = "|".join(get_args(field.annotation)) if isinstance(default, str) else ""
    if names:
        return click.option(flag(name), name, metavar=names, help=f"{about}  [default: {shown}]")
    if isinstance(default, int | float):
        unit = "a whole number" if isinstance(default, int) else "a number"
        limits = bounds(field)
        kind = Number(type(default), f"{unit}, {limits}")
        return click.option(flag(name), name, type=kind, help=f"{about}  [default: {shown}; {limits}]")
    return click.option(flag(name), name, metavar="NAME", help=f"{about}  [default: {shown}]")
