"""One recorded run: its history, and the trace and final replica states where they were recorded."""

from typing import NamedTuple

from histories.history import History
from histories.operation import Operation
from histories.replicas import Replicas
from histories.trace import Trace

HISTORY_FILE, TRACE_FILE, REPLICAS_FILE = "history.jsonl", "trace.jsonl", "replicas.jsonl"


class RecordedRun(NamedTuple):
    """Everything that the checkers may look at."""

    history: History
    trace: Trace | None = None
    replicas: Replicas | None = None

    @property
    def operations(self) -> tuple[Operation, ...]:
        """All operations in the order of their invocations."""
        return self.history.operations

    @property
    def mintings_known(self) -> bool:
        """Whether the trace names every dot that was given, so that a put without one never took effect."""
        return self.trace is not None and self.trace.whole
