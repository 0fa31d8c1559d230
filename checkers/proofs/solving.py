"""Asking solvers: z3, and cvc5 as an independent second one, the same script each.

Their answers are only believed together. An answer that confirms the claim needs every solver that was asked to say
the same; two that contradict each other are a `disagreement`, and one that gives up leaves it `unknown`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from checkers.proofs.smtlib import assertion, declarations, quantified, script
from checkers.proofs.terms import Problem

Status = Literal["sat", "unsat", "unknown"]
Result = Literal["proved", "refuted", "unknown", "disagreement"]
SOLVERS = ("z3", "cvc5")


class SolverMissing(Exception):
    """A solver was asked for that is not installed."""


class Answer(NamedTuple):
    """What one solver said."""

    solver: str
    status: Status
    reason: str = ""
    """Of `unknown`: what stopped it."""
    model: tuple[tuple[str, int], ...] = ()
    """Of `sat`: the value of every free variable."""
    core: tuple[str, ...] = ()
    """Of `unsat`: names of assumptions that already contradict each other, in the problem's order."""
    took_s: float = 0.0
    """Within the solver, its parser included."""

    @property
    def values(self) -> dict[str, int]:
        return dict(self.model)


class Outcome(NamedTuple):
    """All answers to one problem, and what they come to."""

    problem: Problem
    result: Result
    answers: tuple[Answer, ...]

    @property
    def reason(self) -> str:
        """Why it is unknown or in dispute; else empty."""
        if self.result == "disagreement":
            return "; ".join(f"{answer.solver} says {answer.status}" for answer in self.answers)
        gaveup = [answer for answer in self.answers if answer.status == "unknown"]
        return "; ".join(f"{answer.solver} gave up ({answer.reason})" for answer in gaveup)


def no_clock() -> float:
    """The clock of those who do not measure: a checker reads none of its own accord."""
    return 0.0


@dataclass(frozen=True)
class Solvers:
    """Which solvers are asked, how long each may think about one problem, and who measures it."""

    names: tuple[str, ...] = ("z3",)
    timeout_ms: int = 10_000
    clock: Callable[[], float] = no_clock
    """Seconds; only differences count."""

    def ask(self, problem: Problem) -> Outcome:
        """Put the problem to every solver. Raises `SolverMissing`."""
        answers = []
        for name in self.names:
            begun = self.clock()
            answer = _ASK[name](problem, self.timeout_ms)
            answers.append(answer._replace(took_s=self.clock() - begun))
        return Outcome(problem, _result(problem, answers), tuple(answers))


def _result(problem: Problem, answers: list[Answer]) -> Result:
    said = {answer.status for answer in answers}
    if {"sat", "unsat"} <= said:
        return "disagreement"
    if "unknown" in said or not said:
        return "unknown"
    return "proved" if said == {problem.expect} else "refuted"


def ask_z3(problem: Problem, timeout_ms: int) -> Answer:
    """z3's answer. Every assumption is tracked by its name, and every quantifier is eliminated first: left to itself,
    z3 instantiates quantifiers and gives up on them. `SimpleSolver` keeps sums that thresholds share in one row."""
    import z3  # noqa: PLC0415

    # Models of quorum systems are shown as they are found: what was asked before must not show in them.
    context = z3.Context() if problem.switches else z3.main_ctx()
    solver = z3.SimpleSolver(ctx=context)
    solver.set("timeout", timeout_ms)
    solver.set("core.minimize", True)
    text = "\n".join((*declarations(problem), *(assertion(named) for named in problem.assumptions)))
    try:
        for named, parsed in zip(problem.assumptions, z3.parse_smt2_string(text, ctx=context), strict=True):
            plain = eliminated(parsed, timeout_ms) if quantified(named.formula) else parsed
            solver.assert_and_track(plain, named.name)
    except z3.Z3Exception as error:
        return Answer("z3", "unknown", reason=f"no elimination of the quantifier within {timeout_ms} ms: {error}")
    status = str(solver.check())
    if status == "sat":
        model = solver.model()
        found = [(name, model.eval(z3.Int(name, context), True).as_long()) for name in problem.names]
        found += [(name, int(z3.is_true(model.eval(z3.Bool(name, context), True)))) for name in problem.switches]
        return Answer("z3", "sat", model=tuple(found))
    if status == "unsat":
        core = {str(name) for name in solver.unsat_core()}
        return Answer("z3", "unsat", core=tuple(named.name for named in problem.assumptions if named.name in core))
    return Answer("z3", "unknown", reason=solver.reason_unknown())


def eliminated(formula: Any, timeout_ms: int = 10_000) -> Any:
    """A z3 formula without its quantifiers: the projection of `qe2`, or where that brings in remainders, of `qe`."""
    import z3  # noqa: PLC0415

    context = formula.ctx
    goal = z3.Goal(ctx=context)
    goal.add(formula)
    best = None
    for tactic in ("qe2", "qe"):
        steps = z3.Then(z3.Tactic(tactic, context), z3.Tactic("simplify", context))
        found = z3.TryFor(steps, timeout_ms, context)(goal).as_expr()
        text = found.sexpr()
        if best is None or len(text) < len(best.sexpr()):
            best = found
        if "(mod " not in text and "(div " not in text:
            return found
    return best


def ask_cvc5(problem: Problem, timeout_ms: int) -> Answer:
    """cvc5's answer to the very script that is written for the sceptic. Raises `SolverMissing`."""
    cvc5 = load_cvc5()
    solver, symbols, said = read_cvc5(script(problem), timeout_ms)
    if said == "sat":
        terms = {str(term): term for term in symbols.getDeclaredTerms()}
        model = [(name, solver.getValue(terms[name]).getIntegerValue()) for name in problem.names]
        model += [(name, int(solver.getValue(terms[name]).getBooleanValue())) for name in problem.switches]
        return Answer("cvc5", "sat", model=tuple(model))
    if said == "unsat":
        named = {str(term).strip("|"): True for term in _core_names(cvc5, solver, symbols)}
        core = tuple(assumption.name for assumption in problem.assumptions if assumption.name in named)
        return Answer("cvc5", "unsat", core=core)
    return Answer("cvc5", "unknown", reason=said.removeprefix("unknown").strip(" ()") or "no reason given")


def _core_names(cvc5: Any, solver: Any, symbols: Any) -> list[str]:
    """The names of the core, through the script language itself: terms do not know their names."""
    text: str = _commands(cvc5, solver, symbols, "(get-unsat-core)")[-1]
    return [line.strip() for line in text.strip().strip("()").splitlines() if line.strip()]


def read_z3(text: str, timeout_ms: int = 10_000) -> str:
    """z3's answer to a script as it stands in a file."""
    import z3  # noqa: PLC0415

    solver = z3.Solver()
    solver.set("timeout", timeout_ms)
    solver.from_string(text)
    return str(solver.check())


def read_cvc5(text: str, timeout_ms: int = 10_000) -> tuple[Any, Any, str]:
    """cvc5's solver, its symbols and its answer to a script as it stands in a file."""
    cvc5 = load_cvc5()
    solver = cvc5.Solver(cvc5.TermManager())
    solver.setOption("tlimit-per", str(timeout_ms))
    symbols = cvc5.SymbolManager(solver)
    answers = _commands(cvc5, solver, symbols, text)
    assert answers, "a script asks something"
    said = answers[-1].strip()
    if said == "unknown":
        said = f"unknown ({_commands(cvc5, solver, symbols, '(get-info :reason-unknown)')[-1].strip()})"
    return solver, symbols, said


def _commands(cvc5: Any, solver: Any, symbols: Any, text: str) -> list[str]:
    parser = cvc5.InputParser(solver, symbols)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text, "script")
    said = []
    while not (command := parser.nextCommand()).isNull():
        answer = str(command.invoke(solver, symbols))
        if answer.strip():
            said.append(answer)
    return said


def load_cvc5() -> Any:
    """The module of the second solver. Raises `SolverMissing`."""
    try:
        import cvc5  # noqa: PLC0415
    except ImportError:
        raise SolverMissing("cvc5 is not installed; it comes with the extra `solvers`") from None
    return cvc5


_ASK: dict[str, Callable[[Problem, int], Answer]] = {"z3": ask_z3, "cvc5": ask_cvc5}
