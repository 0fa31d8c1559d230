"""About how many bytes something takes in memory or on the disk: what the limits of a node are counted in.

The numbers are what was put plus a fixed cost per object. They are compared with each other and with limits; no
promise depends on their being exact.
"""

from dynamo.core.messages import Request, Response
from dynamo.core.siblings import Siblings

OBJECT_BYTES = 64
"""The fixed cost of a request, a response, a version or a name in a context."""


def request_bytes(request: Request) -> int:
    """A request with its value and context."""
    return OBJECT_BYTES + len(request.key) + len(request.value) + len(request.context)


def response_bytes(response: Response) -> int:
    """An answer with the siblings that it shows."""
    values = response.values
    return OBJECT_BYTES * (1 + len(values)) + sum(map(len, values)) + len(response.context)


def state_bytes(state: Siblings) -> int:
    """A record: its versions and its context."""
    values = sum(
        OBJECT_BYTES + len(version.value or b"") + OBJECT_BYTES * len(version.clock) for version in state.versions
    )
    return values + OBJECT_BYTES * len(state.context)
