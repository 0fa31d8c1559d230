"""What an exploration does not visit, in words: the budgets of its scope, and what no scope has."""

from kept.explore.scope import Scope

NEVER = (
    "damaged, lying and full disks, and machines that are lost, but for one that is removed",
    "clocks that disagree: every wall clock shows the same, later with each operation",
    "messages that outlive the process that they were sent to, or a cut that they would cross",
    "gossip, reaping and healing while the clients are at work; afterwards the cluster settles in one way",
    "a process that dies again before it serves",
)
"""Of every scope."""
_BUDGETS = (
    ("crashes", "crash", "crashes"),
    ("drops", "lost message", "lost messages"),
    ("duplicates", "message that arrives twice", "messages that arrive twice"),
    ("partitions", "cut", "cuts"),
    ("timeouts", "deadline that passes", "deadlines that pass"),
    ("handoffs", "handoff interval", "handoff intervals"),
    ("exchanges", "anti-entropy round", "anti-entropy rounds"),
)


def excluded(scope: Scope) -> tuple[str, ...]:
    """One phrase for each kind of run that the scope leaves out."""
    phrases = []
    for name, one, many in _BUDGETS:
        most = getattr(scope, name)
        phrases.append(f"any {one}" if not most else f"more than {most} {one if most == 1 else many}")
    phrases.append(f"more than {scope.keys} key{'s' * (scope.keys > 1)}")
    phrases.append("more than one change of membership" if scope.change else "any change of membership")
    if scope.contact == "fixed":
        phrases.append("clients that ask another node than their own")
    return (*phrases, *NEVER)
