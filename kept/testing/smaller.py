"""The last shrinking: fewer lines of the test that a failing example is.

hypothesis shrinks choices, and gives up on a long example after some hundred of them that did not help; a step consists
of several, so steps are left over that nothing hangs on. Each line of the printed test is one step. Here lines are
taken out (`kept.lab.ddmin`) as long as what is left fails alike; it is run as it is printed, so that what is printed is
known to fail.
"""

import re
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kept.lab.ddmin import ddmin

if TYPE_CHECKING:
    from kept.testing.machine import StoreMachine

_CALL = re.compile(r"(?:.*= )?state\.(\w+)\(")


class Impossible(Exception):
    """A line whose rule was not allowed at that point."""


def call(machine: "StoreMachine", lines: Sequence[str], scope: dict[str, Any]) -> None:
    """Call the rules that `lines` call, each only where its preconditions hold, and then the end. Raises whatever they
    raise, and `Impossible`. `scope` is what the lines can name."""
    rules = {rule.function.__name__: rule for rule in machine.rules}
    names = {**scope, "state": machine}
    for line in lines:
        called = _CALL.match(line)
        rule = rules.get(called[1]) if called is not None else None
        if rule is not None and not all(holds(machine) for holds in rule.preconditions):
            raise Impossible(line)
        exec(line, names)  # noqa: S102 - the user's own machine, as hypothesis printed it
    machine.teardown()


def fewer(make: "type[StoreMachine]", lines: Sequence[str], seed: int, like: type[BaseException]) -> tuple[str, ...]:
    """The lines of which none can be taken out without that the test no longer raises `like`. All of them where they do
    not raise it in the first place."""
    scope = scope_of(make)

    def fails(left: Sequence[str]) -> bool:
        machine = make(seed=seed)
        machine.searching = True
        try:
            call(machine, left, scope)
        except Exception as error:  # whatever is raised, only one kind counts
            return type(error) is like
        return False

    if not fails(lines):
        return tuple(lines)
    return tuple(ddmin(tuple(lines), fails))


def scope_of(make: type) -> dict[str, Any]:
    """What the module of the machine names."""
    return dict(vars(sys.modules[make.__module__])) if make.__module__ in sys.modules else {}
