"""All bugs by name, and how a run gets one: its configuration, its rules and its claims."""

from typing import Any

from dynamo.core.rules import Rules
from kept.lab.config import RunConfig
from kept.lab.promises import promised
from kept.lab.usage import UsageError, nearest
from kept.zoo import (
    actors,
    answers,
    canary,
    disks,
    handoff,
    members,
    placement,
    pressure,
    quorum,
    reads,
    repair,
    requests,
    storage,
    tombstones,
    transfers,
    versions,
)
from kept.zoo.bug import Bug
from kept.zoo.guards import GUARDS
from kept.zoo.livelocks import LIVELOCKS

_FAMILIES = (
    canary,
    actors,
    versions,
    requests,
    quorum,
    reads,
    answers,
    handoff,
    storage,
    disks,
    tombstones,
    repair,
    placement,
    transfers,
    members,
    pressure,
)

OPS = 600
"""Operations of a run with a bug, unless the user says otherwise: enough for every one of them, and little to read."""

BUGS: dict[str, Bug] = {bug.name: bug for family in _FAMILIES for bug in family.BUGS}
"""Every bug of the zoo, family by family."""

KNOWN: dict[str, Bug] = {**BUGS, **GUARDS, **LIVELOCKS}
"""What a run may be seeded with: the zoo, guards switched off for directed runs, and stores that never come to rest."""


def find(name: str) -> Bug:
    """The bug called `name`; `UsageError` names the nearest one where there is none."""
    if name not in KNOWN:
        raise UsageError(f"bug: {name!r} is unknown{nearest(name, list(KNOWN))}; accepted: {', '.join(BUGS)}")
    return KNOWN[name]


def configure(config: RunConfig) -> RunConfig:
    """The configuration under which the bug of `config` is likely to show, if it has one.

    Fields that were set explicitly stay as they are. Raises pydantic's `ValidationError` where they do not go together
    with those of the bug.
    """
    if not config.bug:
        return config
    chosen: dict[str, Any] = {name: getattr(config, name) for name in config.model_fields_set}
    return RunConfig.model_validate({"ops": OPS, **find(config.bug).overrides, **chosen})


def seeded(config: RunConfig, rules: Rules) -> Rules:
    """`rules` with the bug of `config` among them, if it has one."""
    return find(config.bug).seed(rules) if config.bug else rules


def claims(config: RunConfig) -> tuple[str, ...]:
    """What a run of `config` is held against: what it promises, and what its bug breaks."""
    breaks = find(config.bug).breaks if config.bug else ()
    return tuple(dict.fromkeys((*promised(config), *breaks)))
