"""The order around a violation in this store's own history: sessions, what gets showed, and the contexts themselves.

A context that an operation sends or gets covers puts: these come before it. Whoever shows a put has read from it. What
the clocks say can be held against real time: an operation that had ended comes before one that began later, whatever
its context covers; a cycle of both is a clock that knows the future.
"""

from collections import deque
from collections.abc import Iterable, Iterator

from checkers.verdict import Counterexample
from checkers.witness import CONTEXT, READS_FROM, REAL_TIME, SESSION, TRANSITIVELY, Edge, Node, Witness, witness
from checkers.wording import describe, dot_name
from histories.operation import Operation
from histories.run import RecordedRun
from model.causality import covers

VISITS = 200
"""Operations looked at behind each operation of a counterexample."""


def around(run: RecordedRun, found: Counterexample) -> Witness:
    """The graph of a counterexample of `run`."""
    operations = [run.operations[index] for index in found.operations]
    nodes = [Node(op.index, _label(op)) for op in operations]
    edges = [*_direct(operations), *_real_time(operations)]
    return witness(nodes, [*edges, *_behind(run, operations, edges)])


def _label(op: Operation) -> str:
    """``put "cart"="milk" by client 3, named n1.0:5/3``."""
    return describe(op) + (f", named {dot_name(op.named)}" if op.named is not None else "")


def _direct(operations: list[Operation]) -> Iterator[Edge]:
    last: dict[int, Operation] = {}
    for op in operations:
        before = last.get(op.process)
        if before is not None:
            yield Edge(before.index, op.index, SESSION)
        last[op.process] = op
        for put in operations:
            why = _knows(op, put)
            if why:
                yield Edge(put.index, op.index, why)


def _knows(op: Operation, put: Operation) -> str:
    """Why a put comes before an operation of its key, as far as the operation's own record tells."""
    if put.kind != "put" or put.named is None or put is op or put.key != op.key:
        return ""
    if put.named in op.dots:
        return READS_FROM
    return CONTEXT if covers(op.context, put.named) or covers(op.seen, put.named) else ""


def _real_time(operations: list[Operation]) -> Iterator[Edge]:
    """What had ended before what began, of different clients."""
    for op in operations:
        ended = [one for one in operations if one.end_us is not None and one.end_us < op.start_us]
        latest = max((one.start_us for one in ended), default=0)
        for one in ended:
            if one.process != op.process and (one.end_us or 0) >= latest:
                yield Edge(one.index, op.index, REAL_TIME)


def _behind(run: RecordedRun, operations: list[Operation], edges: Iterable[Edge]) -> Iterator[Edge]:
    """What comes before what by sessions and contexts of operations that are not drawn."""
    drawn = {(edge.first, edge.second) for edge in edges}
    here = {op.index for op in operations}
    keys = {op.key for op in operations}
    puts = [op for op in run.operations if op.kind == "put" and op.named is not None and op.key in keys]
    previous: dict[int, int] = {}
    last: dict[int, int] = {}
    for op in run.operations:
        if op.process in last:
            previous[op.index] = last[op.process]
        last[op.process] = op.index
    for op in operations:
        seen, waiting = {op.index}, deque([op])
        while waiting and len(seen) < VISITS:
            one = waiting.popleft()
            causes = [put.index for put in puts if _knows(one, put)]
            causes += [previous[one.index]] if one.index in previous else []
            for cause in causes:
                if cause in seen:
                    continue
                seen.add(cause)
                if cause not in here:
                    waiting.append(run.operations[cause])
                elif (cause, op.index) not in drawn:
                    yield Edge(cause, op.index, TRANSITIVELY)
