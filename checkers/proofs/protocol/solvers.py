"""Two solvers that read the same SMT-LIB 2 text, each as a session: text in, the answers of its commands out."""

from collections.abc import Callable
from typing import Any, Protocol

from checkers.proofs.solving import load_cvc5


class Session(Protocol):
    """One conversation with a solver. What it was told it keeps, until `(pop)`."""

    def tell(self, text: str) -> list[str]:
        """Execute commands; returns the lines that they answered."""
        ...


class Z3:
    """z3. `timeout_ms` bounds each `(check-sat)`."""

    def __init__(self, timeout_ms: int) -> None:
        import z3  # noqa: PLC0415

        self._z3 = z3
        self._context = z3.Context()
        self._timeout = f"(set-option :timeout {timeout_ms})"

    def tell(self, text: str) -> list[str]:
        # The text itself is executed. `parse_smt2_string` and `to_smt2` forget the names of assertions.
        # What the option says is in force in the whole process, other solvers included, so it is taken back.
        z3 = self._z3
        before = z3.get_param("timeout")
        try:
            said: str = z3.Z3_eval_smtlib2_string(self._context.ref(), f"{self._timeout}\n{text}")
        finally:
            z3.set_param("timeout", int(before))
        return said.splitlines()


class Cvc5:
    """cvc5, told to instantiate quantifiers until they are saturated, which decides this fragment.

    Raises `SolverMissing` where it is not installed. `timeout_ms` bounds each `(check-sat)`.
    """

    def __init__(self, timeout_ms: int, saturate: bool = True) -> None:
        cvc5 = load_cvc5()
        self._cvc5 = cvc5
        self._solver: Any = cvc5.Solver(cvc5.TermManager())
        options = {"incremental": "true", "tlimit-per": str(timeout_ms)}
        if saturate:
            options["full-saturate-quant"] = "true"
        for option, value in options.items():
            self._solver.setOption(option, value)
        self._parser: Any = cvc5.InputParser(self._solver)

    def tell(self, text: str) -> list[str]:
        self._parser.setStringInput(self._cvc5.InputLanguage.SMT_LIB_2_6, text, "text")
        said: list[str] = []
        while not (command := self._parser.nextCommand()).isNull():
            said += str(command.invoke(self._solver, self._parser.getSymbolManager())).splitlines()
        return said


SOLVERS: dict[str, Callable[[int], Session]] = {"z3": Z3, "cvc5": Cvc5}
