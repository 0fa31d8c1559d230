"""Quorum expressions as people write them: ``a*b + c*d``, ``choose(2, a, b, c)``, ``majority(a, b, c)``,
``weights(3, a=2, b=1, c=1)``, ``rows(3, 4)``, ``columns(3, 4)``, ``hierarchy(3, 3)``.

`*` binds closer than `+`. A name is letters, digits, ``_``, ``-`` and ``.``.
"""

import re
from difflib import get_close_matches
from typing import NamedTuple

from checkers.proofs import quorum
from checkers.proofs.quorum import Expression, Node, names

NODES_LIMIT = 2_000
TEXT_LIMIT_CHARS = 100_000
DEPTH_LIMIT = 60
FUNCTIONS = ("choose", "majority", "weights", "rows", "columns", "hierarchy")

_TOKEN = re.compile(r"\s*([A-Za-z0-9_][A-Za-z0-9_.\-]*|[*+(),=])")


class QuorumTextError(ValueError):
    """An expression is wrong: where, what was found, what is accepted."""


class _Token(NamedTuple):
    text: str
    at: int
    """Its first character's place, from 1."""


def parse(text: str) -> Expression:
    """The expression that `text` says. Raises `QuorumTextError`."""
    if len(text) > TEXT_LIMIT_CHARS:
        raise QuorumTextError(f"{len(text)} characters; accepted: at most {TEXT_LIMIT_CHARS}")
    found = _Parser(_tokens(text)).whole()
    if len(names(found)) > NODES_LIMIT:
        raise QuorumTextError(f"{len(names(found))} nodes; accepted: at most {NODES_LIMIT}")
    return found


def _tokens(text: str) -> list[_Token]:
    found, at = [], 0
    while at < len(text.rstrip()):
        match = _TOKEN.match(text, at)
        if match is None:
            place = at + len(text[at:]) - len(text[at:].lstrip())
            raise QuorumTextError(f"character {place + 1}: {text[place]!r}; accepted: names and * + ( ) , =")
        found.append(_Token(match[1], match.start(1) + 1))
        at = match.end()
    return found


class _Parser:
    """Recursive descent."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens
        self.next = 0
        self.depth = 0

    def whole(self) -> Expression:
        found = self.sum()
        if self.next < len(self.tokens):
            raise self._wrong("* or + or the end")
        return found

    def sum(self) -> Expression:
        self.depth += 1
        if self.depth > DEPTH_LIMIT:
            raise QuorumTextError(f"nested deeper than accepted: {DEPTH_LIMIT} levels")
        parts = [self.product()]
        while self._take("+"):
            parts.append(self.product())
        self.depth -= 1
        return parts[0] if len(parts) == 1 else quorum.some(parts)

    def product(self) -> Expression:
        parts = [self.atom()]
        while self._take("*"):
            parts.append(self.atom())
        return parts[0] if len(parts) == 1 else quorum.every(parts)

    def atom(self) -> Expression:
        if self._take("("):
            found = self.sum()
            self._expect(")")
            return found
        name = self._name("a node's name, a function or (")
        if not self._take("("):
            return quorum.node(name.text)
        found = self._call(name)
        self._expect(")")
        return found

    def _call(self, name: _Token) -> Expression:
        match name.text:
            case "choose":
                need = self._number()
                parts = self._expressions(name, first=False)
                return self._threshold(name, need, [(part, 1) for part in parts])
            case "majority":
                return quorum.majority(self._expressions(name, first=True))
            case "weights":
                need = self._number()
                return self._threshold(name, need, self._weights(name))
            case "rows" | "columns" | "hierarchy":
                first = self._number()
                self._expect(",")
                return self._shape(name, first, self._number())
        close = get_close_matches(name.text, FUNCTIONS, 1)
        near = f"; did you mean {close[0]}?" if close else ""
        raise QuorumTextError(f"character {name.at}: {name.text}(; accepted: {', '.join(FUNCTIONS)}{near}")

    def _expressions(self, name: _Token, first: bool) -> list[Expression]:
        parts = [self.sum()] if first else []
        while self._take(","):
            parts.append(self.sum())
        seen = [part.name for part in parts if isinstance(part, Node)]
        twice = next((one for one in seen if seen.count(one) > 1), None)
        if twice is not None:
            raise QuorumTextError(f"character {name.at}: {name.text}: {twice} twice; accepted: each node once")
        if not parts:
            raise QuorumTextError(f"character {name.at}: {name.text}: no parts; accepted: one or more")
        return parts

    def _weights(self, name: _Token) -> list[tuple[Expression, int]]:
        found: dict[Expression, int] = {}
        while self._take(","):
            at = self.tokens[self.next].at if self.next < len(self.tokens) else 0
            member = self.atom()
            if member in found:
                raise QuorumTextError(f"character {at}: weights: {member} twice; accepted: each node once")
            self._expect("=")
            found[member] = self._number()
        if not found:
            raise QuorumTextError(f"character {name.at}: weights: no nodes; accepted: weights(need, node=weight, ...)")
        return list(found.items())

    def _threshold(self, name: _Token, need: int, parts: list[tuple[Expression, int]]) -> Expression:
        weight = sum(one for _, one in parts)
        if not 1 <= need <= weight:
            raise QuorumTextError(f"character {name.at}: {name.text}: {need}; accepted: 1 to {weight}")
        return quorum.weighted(need, parts)

    def _shape(self, name: _Token, first: int, second: int) -> Expression:
        if not (first >= 1 and second >= 1 and first * second <= NODES_LIMIT):
            raise QuorumTextError(
                f"character {name.at}: {name.text}({first}, {second}); accepted: two numbers from 1 whose product is "
                f"at most {NODES_LIMIT}"
            )
        cells = [[f"n{row}.{column}" for column in range(1, second + 1)] for row in range(1, first + 1)]
        if name.text == "hierarchy":
            return quorum.hierarchy(cells)
        lines = cells if name.text == "rows" else [list(column) for column in zip(*cells, strict=True)]
        return quorum.some(quorum.every(quorum.node(cell) for cell in line) for line in lines)

    def _number(self) -> int:
        token = self._name("a whole number")
        if not re.fullmatch(r"[0-9]{1,9}", token.text):
            raise QuorumTextError(f"character {token.at}: {token.text}; accepted: a whole number of 0 or more")
        return int(token.text)

    def _name(self, accepted: str) -> _Token:
        if self.next >= len(self.tokens) or not re.match(r"\w", self.tokens[self.next].text):
            raise self._wrong(accepted)
        self.next += 1
        return self.tokens[self.next - 1]

    def _take(self, text: str) -> bool:
        if self.next < len(self.tokens) and self.tokens[self.next].text == text:
            self.next += 1
            return True
        return False

    def _expect(self, text: str) -> None:
        if not self._take(text):
            raise self._wrong(text)

    def _wrong(self, accepted: str) -> QuorumTextError:
        if self.next >= len(self.tokens):
            return QuorumTextError(f"it ends early; accepted: {accepted}")
        token = self.tokens[self.next]
        return QuorumTextError(f"character {token.at}: {token.text}; accepted: {accepted}")
