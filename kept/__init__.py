"""The workbench: a whole cluster under a controllable scheduler, its recorded histories, and what they prove.

`kept.run(...)` makes and judges one run, `kept.replay(...)` runs a saved schedule again, `kept.fuzz(...)` makes many
runs, `kept.shrink(...)` makes a failing schedule smaller, `kept.prove(...)` proves or refutes a quorum
configuration, `kept.stage(...)` shows its counterexamples in the real store, `kept.prove_protocol()` proves the
abstract protocol, `kept.predict(...)` says how stale reads will be, and `kept.check(...)` judges a recorded history;
see `kept.api`.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kept.api import (
        CheckReport,
        Prediction,
        Proof,
        Report,
        RunConfig,
        UsageError,
        check,
        fuzz,
        predict,
        prove,
        prove_file,
        prove_protocol,
        replay,
        run,
        shrink,
        stage,
    )

__version__ = "0.1.0"
__all__ = [
    "CheckReport",
    "Prediction",
    "Proof",
    "Report",
    "RunConfig",
    "UsageError",
    "__version__",
    "check",
    "fuzz",
    "predict",
    "prove",
    "prove_file",
    "prove_protocol",
    "replay",
    "run",
    "shrink",
    "stage",
]


def __getattr__(name: str) -> Any:
    """What the package offers is imported when it is asked for: `kept --help` needs none of it."""
    if name in __all__:
        from kept import api  # noqa: PLC0415

        return getattr(api, name)
    raise AttributeError(f"module 'kept' has no attribute {name!r}")
