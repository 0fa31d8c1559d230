"""A history that a test observes itself: what its clients asked of any store, and what they were told.

    with history.operation("write", value=3, process=1):
        client.write(3)
    with history.operation("read") as read:
        read.result = client.read()

Operations may run in threads, one a process at a time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

from histories.columns import Columns, Mark, Row, from_rows


class Observed:
    """One operation: set `result` to what a read returned, and `status` where it is known that it failed."""

    def __init__(self) -> None:
        self.result: Any = Mark.NONE
        self.status = "ok"


class ObservedHistory:
    """Operations in the order in which they began. Times are the numbers of their events."""

    def __init__(self) -> None:
        self._events = count()
        self._rows: list[Row | None] = []

    @contextmanager
    def operation(
        self, f: str, value: Any = Mark.NONE, *, key: Any = None, process: Any = 0, value2: Any = Mark.NONE
    ) -> Iterator[Observed]:
        """What happens inside is one operation: ``read``, ``write`` or ``cas`` (from `value` to `value2`), or what the
        model knows. One that raises may have taken effect or not; the error goes on."""
        place = len(self._rows)
        self._rows.append(None)
        observed, start = Observed(), next(self._events)
        try:
            yield observed
        except BaseException:
            observed.status = "info"
            raise
        finally:
            end = None if observed.status == "info" else next(self._events)
            result = observed.result if observed.status == "ok" else Mark.NONE
            self._rows[place] = Row(process, f, key, value, value2, result, start, end, observed.status)

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def columns(self) -> Columns:
        """The operations that have ended, for `kept.check`."""
        rows = sorted((row for row in self._rows if row is not None), key=lambda row: row.start)
        return from_rows(rows)
