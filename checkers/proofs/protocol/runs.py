"""Runs of finite instances: what was reached, checked by execution, and told to people."""

from collections.abc import Iterator
from dataclasses import dataclass

from checkers.proofs.protocol.bounded import shortest
from model.abstract.evaluation import State
from model.abstract.instance import Instance
from model.abstract.interpreter import Interpreter, Step
from model.abstract.logic import And, Atom, Exists, ForAll, Formula, Not, Or, Var
from model.abstract.protocol import Named, Protocol

LONGEST = 30
"""Steps after which the search for a run is given up."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run that ends where `ends` says, and no shorter one of its instance does."""

    instance: Instance
    steps: tuple[Step, ...]
    ends: Named
    lines: tuple[str, ...]
    """What happened, one line a step."""
    facts: tuple[str, ...]
    """What holds at its end, so far as it matters."""

    def text(self) -> str:
        """The run for people to read."""
        width = len(str(len(self.lines)))
        steps = [f"  {number:>{width}}  {line}" for number, line in enumerate(self.lines, 1)]
        return "\n".join(
            [setting(self.instance), *steps, f"Then {self.ends.sentence}:", *(f"  {f}" for f in self.facts)]
        )


class NotARun(Exception):
    """A sequence of steps that the interpreter cannot execute, or that does not end where it should.

    Bounded checking and the interpreter then disagree about the protocol: the mistake is in one of them."""


def setting(instance: Instance) -> str:
    """The lists and quorum sizes of an instance, in a line."""
    told = []
    for name in instance.things["OwnerList"]:
        owners = [node for node in instance.things["Node"] if (name, node) in instance.rigid["owner"]]
        sizes = [_size(instance, name, kind) for kind in ("read", "write")]
        told.append(f"list {name}: owners {', '.join(owners)}; R = {sizes[0]}, W = {sizes[1]}")
    return "; ".join(told)


def _size(instance: Instance, owners: str, kind: str) -> int:
    quorum = next(quorum for quorum, of in sorted(instance.rigid[f"{kind}s_of"]) if of == owners)
    return sum(at == quorum for at, _ in sorted(instance.rigid[f"in_{kind}"]))


def find(protocol: Protocol, instance: Instance, ends: Named, longest: int = LONGEST) -> Run | None:
    """A shortest run to where `ends` holds, executed by the interpreter; None within `longest` steps.

    Raises `NotARun`.
    """
    steps = shortest(protocol, instance, ends.formula, longest)
    return None if steps is None else replay(protocol, instance, steps, ends)


def replay(protocol: Protocol, instance: Instance, steps: tuple[Step, ...], ends: Named) -> Run:
    """Execute `steps` and see that they end where `ends` says. Raises `NotARun`."""
    interpreter = Interpreter(protocol, instance)
    state = interpreter.initial
    lines = []
    for number, step in enumerate(steps, 1):
        broken = interpreter.broken(state, step)
        if broken:
            raise NotARun(f"step {number}, {step.action}{step.args}: its guards {broken} do not hold")
        lines.append(_line(interpreter, state, step))
        state = interpreter.apply(state, step)
    if not interpreter.holds(state, ends.formula):
        raise NotARun(f"after {len(steps)} steps it does not hold that {ends.sentence}")
    return Run(instance, steps, ends, tuple(lines), tuple(_facts(interpreter, state, ends.formula)))


def denied(named: Named) -> Named:
    """That an invariant is broken."""
    return Named(named.name, ~named.formula, f"this is broken: {named.sentence}")


def _line(interpreter: Interpreter, state: State, step: Step) -> str:
    action = interpreter.protocol.action(step.action)
    names = {var.name: name for var, name in zip(action.params, step.args, strict=True)}
    given = dict(zip(action.params, step.args, strict=True))
    details = [text for formula, text in action.details if interpreter.holds(state, formula, given)]
    return "".join((action.says, *details)).format(**names)


def _facts(interpreter: Interpreter, state: State, formula: Formula) -> Iterator[str]:
    """The literals that make a closed formula true, for the first things that do."""
    if isinstance(formula, Not) and isinstance(formula.body, ForAll):
        bound, body = formula.body.bound, ~formula.body.body
    elif isinstance(formula, Exists):
        bound, body = formula.bound, formula.body
    else:
        return
    for chosen in _choices(interpreter, bound):
        if interpreter.holds(state, body, chosen):
            for atom, positive in _literals(body, True):
                yield _told(interpreter, atom, positive, chosen)
            return


def _choices(interpreter: Interpreter, bound: tuple[Var, ...]) -> Iterator[dict[Var, str]]:
    if not bound:
        yield {}
        return
    for name in interpreter.instance.things[bound[0].sort.name]:
        for rest in _choices(interpreter, bound[1:]):
            yield {bound[0]: name, **rest}


def _literals(formula: Formula, positive: bool) -> Iterator[tuple[Atom, bool]]:
    """The atoms that a true formula says, or its denial, and whether they hold; as far as that is plain."""
    match formula:
        case Not(body):
            yield from _literals(body, not positive)
        case And(parts) if positive:
            for part in parts:
                yield from _literals(part, True)
        case Or(parts) if not positive:
            for part in parts:
                yield from _literals(part, False)
        case Exists(_, body) if not positive:
            yield from _literals(body, False)
        case ForAll(_, body) if positive:
            yield from _literals(body, True)
        case Atom():
            yield formula, positive


def _told(interpreter: Interpreter, atom: Atom, positive: bool, chosen: dict[Var, str]) -> str:
    (declared,) = (known for known in interpreter.protocol.relations if known.name == atom.relation)
    who = "every" if positive else "any"
    told = declared.meaning.format(*(chosen.get(arg, f"{who} {arg.sort.name.lower()}") for arg in atom.args))
    return told if positive else f"not: {told}"
