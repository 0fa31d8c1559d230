"""The rows of small traces, and stories that conform, for the tests of conformance."""

from checkers.conformance.check import Conformance, conforms
from histories.steps import Answered, Asked, Durable, Held, Made, Sent, Steps, StepsHeader, Wrote

HEADER = StepsHeader(r=2, w=2, sloppy=False, nodes=("n1", "n2", "n3", "n4"), owners={"k": ("n1", "n2", "n3")})
X1 = Held(context={"x": 1}, dots=(("x", 1),))
X2 = Held(context={"x": 2}, dots=(("x", 2),))
NOTHING = Held()


def wrote(node, batch, held, message=None, hint_for=""):
    return Wrote(node=node, key="k", batch=batch, held=held, message=message, hint_for=hint_for)


def sent(node, to, message, what, held=None, request="put", hint_for=""):
    return Sent(node=node, to=to, key="k", message=message, what=what, request=request, held=held, hint_for=hint_for)


def durable(node, batch=1):
    return Durable(node=node, batch=batch)


PUT = [
    Made(node="n1", key="k", request="put", dot=("x", 1)),
    wrote("n1", 1, X1),
    durable("n1"),
    sent("n1", "n2", 1, "replicate", X1),
    sent("n1", "n4", 2, "replicate", X1, hint_for="n3"),
    wrote("n2", 1, X1, 1),
    durable("n2"),
    sent("n2", "n1", 3, "stored"),
    Answered(node="n1", key="k", request="put", acks=("n1", "n2")),
]
HINT = [
    wrote("n4", 1, X1, 2, hint_for="n3"),
    durable("n4"),
    sent("n4", "n1", 4, "stored"),
    sent("n4", "n3", 5, "handoff", X1, request=""),
    wrote("n3", 1, X1, 5),
    durable("n3"),
    wrote("n4", 2, None, hint_for="n3"),
    durable("n4", 2),
]
GET = [
    Asked(node="n2", key="k", request="get"),
    sent("n3", "n2", 6, "reply", X1, request="get"),
    Answered(node="n2", key="k", request="get", replies={"n2": X1, "n3": X1}, shown=X1),
]
OVERWRITE = [
    Made(node="n2", key="k", request="again", dot=("x", 2), context={"x": 1}),
    wrote("n2", 2, X2),
    durable("n2", 2),
    sent("n2", "n1", 7, "replicate", X2, request="again"),
    wrote("n1", 2, X2, 7),
    durable("n1", 2),
    sent("n1", "n2", 8, "stored", request="again"),
    Answered(node="n2", key="k", request="again", acks=("n2", "n1")),
    sent("n1", "n3", 9, "exchange", X2, request=""),
    wrote("n3", 2, X2, 9),
    durable("n3", 2),
]


def told(steps, header=HEADER) -> Conformance:
    """What a trace of these steps comes to."""
    return conforms(Steps.model_construct(header=header, steps=tuple(steps)))


def refused(steps, header=HEADER) -> tuple[str, str]:
    """The nearest action and its guard, where the steps do not conform; and all before do."""
    found = told(steps, header)
    assert found.mismatch is not None
    assert told(list(steps)[: found.mismatch.at], header).mismatch is None, "it is the first"
    return found.mismatch.action, found.mismatch.guard
