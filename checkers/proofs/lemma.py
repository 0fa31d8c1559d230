"""A counting lemma: a claim, the exact condition under which it holds for *all* sizes, and what a solver must confirm.

A lemma speaks of sets of nodes (`Venn`), of parameters such as N, R and W, and of a failure. Its condition is exact
when both hold: no sizes with the condition allow the failure (`sound`), and without the condition some do
(`necessary`). The second is the elimination of a quantifier: the sizes of the regions.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from checkers.proofs.terms import (
    Every,
    Exists,
    Expect,
    Formula,
    Named,
    Not,
    Problem,
    Term,
    equal,
    negation,
    total,
    var,
)
from checkers.proofs.venn import Region, Venn


class Parameter(NamedTuple):
    """A number that the claim depends on."""

    symbol: str
    meaning: str


class Tempting(NamedTuple):
    """A weaker condition that people believe in, and that is not enough."""

    condition: Formula
    belief: str


class Counterexample(NamedTuple):
    """Numbers for which the claim fails, with the nodes named."""

    values: dict[str, int]
    """Of the parameters."""
    nodes: dict[str, tuple[str, ...]]
    """Set -> its members."""
    sentence: str


@dataclass(frozen=True)
class Lemma:
    """One row of the table."""

    name: str
    claim: str
    """In words; `{f}` is a parameter."""
    parameters: tuple[Parameter, ...]
    venn: Venn
    domain: tuple[Named, ...]
    """What makes the parameters a configuration at all: outside of it the claim would be vacuous."""
    setting: tuple[Named, ...]
    """How large the sets are."""
    failure: Named
    condition: Formula
    story: str
    """The counterexample in words; `{write}` is the names of that set's members, `{N}` a parameter."""
    assumes: tuple[str, ...] = ()
    """What the claim rests on beside the numbers, in words."""
    tempting: tuple[Tempting, ...] = ()
    extra: tuple[str, ...] = ()
    """Numbers beside the sizes of regions that are free within the setting."""
    prefix: Callable[[Region], str] = lambda _region: "n"
    """Region -> the letter that its nodes are called by."""

    @property
    def symbols(self) -> tuple[str, ...]:
        return tuple(parameter.symbol for parameter in self.parameters)

    def said(self, values: Mapping[str, int] | None = None) -> str:
        """The claim with its numbers, or for all of them with its symbols."""
        return self.claim.format_map({symbol: symbol for symbol in self.symbols} if values is None else values)

    @property
    def hidden(self) -> tuple[str, ...]:
        """What is quantified over."""
        return self.venn.names + self.extra

    @property
    def scene(self) -> tuple[Named, ...]:
        """The whole setting, sizes of regions included."""
        counts = zip(self.venn.names, self.venn.counts(), strict=True)
        return (*(Named(f"{name} is a count", at_least) for name, at_least in counts), *self.setting)

    @property
    def broken(self) -> Exists:
        """Some sizes allow the failure."""
        parts = tuple(named.formula for named in (*self.scene, self.failure))
        return Exists(self.hidden, Every(parts))

    def sound(self) -> Problem:
        about = f"with the condition, the failure is impossible: {self.said()}"
        condition = Named("condition", self.condition)
        return self._problem("sound", about, (*self.domain, *self.scene, condition, self.failure), "unsat")

    def necessary(self) -> Problem:
        about = "without the condition, some sizes allow the failure: the condition is exact"
        parts = (*self.domain, Named("no condition", negation(self.condition)), Named("no failure", Not(self.broken)))
        return self._problem("necessary", about, parts, "unsat")

    def possible(self) -> Problem:
        about = "the condition can be met: the proof is not vacuous"
        return self._problem("possible", about, (*self.domain, *self.scene, Named("condition", self.condition)), "sat")

    def breakable(self) -> Problem:
        about = "the failure can happen: the claim is not empty"
        return self._problem("breakable", about, (*self.domain, *self.scene, self.failure), "sat")

    def obligations(self) -> tuple[Problem, ...]:
        """Everything that a solver must confirm before the condition is printed as exact."""
        return (self.possible(), self.breakable(), self.sound(), self.necessary())

    def tempted(self, belief: Tempting) -> Problem:
        """Sizes that meet a weaker condition and fail nonetheless."""
        about = f"not enough: {belief.belief}"
        parts = (*self.domain, *self.scene, Named("believed", belief.condition), self.failure)
        return self._problem("tempting", about, parts, "sat")

    def question(self, values: Mapping[str, int]) -> Problem:
        """Whether the failure is possible with these parameters. `KeyError` where one has no value."""
        given = tuple(Named(f"{symbol} is given", equal(var(symbol), values[symbol])) for symbol in self.symbols)
        about = ", ".join(f"{symbol}={values[symbol]}" for symbol in self.symbols)
        return self._problem("given", about, (*self.domain, *self.scene, *given, self.failure), "unsat")

    def counterexample(self, model: Mapping[str, int]) -> Counterexample:
        """The nodes and words of a model of the failure."""
        values = {symbol: model[symbol] for symbol in self.symbols}
        nodes = self.venn.members(model, self.prefix)
        words = {name: listed(members) for name, members in nodes.items()}
        return Counterexample(values, nodes, self.story.format(**words, **values))

    def preferred(self) -> tuple[Term, ...]:
        """Of counterexamples that are as small, the one with most of these: parameters in their order, then owners
        before fallbacks, members of many sets before those of few."""
        shown = [region.name for region in self.venn.regions if region.sets]
        return tuple(var(name) for name in (*self.symbols, *shown))

    def weight(self) -> Term:
        """What a smallest counterexample has least of: first nodes, then everything that is asked for."""
        return total(var(symbol) for symbol in self.symbols)

    def _problem(self, kind: str, about: str, parts: tuple[Named, ...], expect: Expect) -> Problem:
        return Problem(f"{self.name}.{kind}", about, parts, expect)


def listed(nodes: tuple[str, ...]) -> str:
    """Names as a sentence says them."""
    if not nodes:
        return "nobody"
    return nodes[0] if len(nodes) == 1 else f"{', '.join(nodes[:-1])} and {nodes[-1]}"
