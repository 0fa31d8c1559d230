"""The delays that a name means: a preset's, or those in a file."""

from pathlib import Path
from typing import NamedTuple

from checkers.staleness.latencies import Latencies
from kept.lab.usage import UsageError, nearest, shown
from kept.predictor.delays import load
from kept.predictor.presets import PRESETS


class Named(NamedTuple):
    """Delays, and what reports call them."""

    name: str
    latencies: Latencies


def named(given: str) -> Named:
    """A preset, whatever its capitals, else a file. `UsageError` says what was wrong with it; OSError."""
    preset = PRESETS.get(given.lower())
    if preset is not None:
        return Named(given.lower(), preset.latencies)
    accepted = f"{', '.join(PRESETS)}, or a file of delays (JSON or CSV)"
    if not given or "\0" in given:
        raise UsageError(f"{shown(given)}; accepted: {accepted}")
    path = Path(given)
    if not path.suffix and not path.exists():
        raise UsageError(f"{shown(given)}; accepted: {accepted}{nearest(given.lower(), list(PRESETS))}")
    return Named(path.name, load(path))
