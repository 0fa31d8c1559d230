"""What a client is told after its request succeeded: the current siblings, and one context that covers exactly them."""

from dynamo.core.context import encode_context
from dynamo.core.messages import OK, Response
from dynamo.core.siblings import Siblings
from dynamo.core.vector import Dot
from dynamo.core.versioning import Versioning


def showing(versioning: Versioning, request: str, state: Siblings, dot: Dot | None = None) -> Response:
    """The ok answer to `request` that shows `state`; `dot` names the version that a put made of it.

    The context is handed out only together with every value that it covers and that still stands: a client that puts
    with it replaces nothing that it was not shown.
    """
    live = state.live
    values = tuple([version.value for version in live if version.value is not None])
    assert len(values) == len(live), "a live version has a value"
    dots = tuple([(version.actor, version.counter) for version in live])
    return Response(request, OK, "", values, dots, encode_context(versioning.context(state)), dot)
