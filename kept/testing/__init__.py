"""Stateful tests of the store and of what is built on it: for pytest, unittest and hypothesis.

`SimCluster` is a cluster in a simulated world that a test drives step by step; `StoreMachine` lets hypothesis drive
one, and shrinks what fails; `kept.testing.strategies` draws histories, configurations, fault plans and operations. The
pytest plugin is `kept.pytest_plugin`.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kept.testing.cluster import Answer, SimCluster
    from kept.testing.machine import StoreMachine
    from kept.testing.violation import Undecided, Violation

__all__ = ["Answer", "SimCluster", "StoreMachine", "Undecided", "Violation"]

_PLACES = {
    "Answer": "cluster",
    "SimCluster": "cluster",
    "StoreMachine": "machine",
    "Undecided": "violation",
    "Violation": "violation",
}


def __getattr__(name: str) -> Any:
    """What the package offers is imported when it is asked for: the pytest plugin loads with every test run."""
    if name in _PLACES:
        from importlib import import_module  # noqa: PLC0415

        return getattr(import_module(f"kept.testing.{_PLACES[name]}"), name)
    raise AttributeError(f"module 'kept.testing' has no attribute {name!r}")
