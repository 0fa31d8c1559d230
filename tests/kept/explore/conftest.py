"""Small scopes that several tests explore."""

from collections import deque
from collections.abc import Callable

import pytest

from kept.explore.scope import Scope
from kept.explore.state import State
from kept.explore.system import Nodes

Visit = Callable[[Nodes], list[State]]


@pytest.fixture
def visit() -> Visit:
    """Every state of some nodes, breadth first, by a few lines of its own."""

    def visited(nodes: Nodes) -> list[State]:
        found = list(nodes.initial())
        known = {nodes.fingerprint(state) for state in found}
        waiting = deque(found)
        while waiting:
            for _, after in nodes.steps(waiting.popleft()):
                mark = nodes.fingerprint(after)
                if mark not in known:
                    known.add(mark)
                    found.append(after)
                    waiting.append(after)
        return found

    return visited


@pytest.fixture
def one_put() -> Nodes:
    """One client that puts once; nothing goes wrong."""
    return Nodes(Scope(clients=1, program="put", crashes=0))
