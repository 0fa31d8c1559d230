"""The first line of each recorded file, and the ring that the replicas file describes (checked with pydantic)."""

from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from histories.errors import Malformed

FORMAT_VERSION = 1
"""The version of all three file formats."""

POSITIONS = 1 << 128
"""Positions on the ring: an MD5 digest has 128 bits."""
TOKEN_DIGITS = 39
"""Decimal digits of the largest token."""


def _token(found: object) -> object:
    """Tokens above 2**53 are written as decimal strings, so that no JSON reader rounds them."""
    if isinstance(found, str) and found.isascii() and found.isdigit() and len(found) <= TOKEN_DIGITS:
        return int(found)
    return found


Token = Annotated[int, BeforeValidator(_token), Field(ge=0, lt=POSITIONS, strict=True)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")


class RunHeader(_Strict):
    """Which run a file belongs to: its seed, its configuration, and the code that ran."""

    version: Literal[1] = 1
    seed: int
    config: dict[str, Any]
    created_by: str
    code: str


class HistoryHeader(RunHeader):
    kept: Literal["history"]


class TraceHeader(RunHeader):
    kept: Literal["trace"]


class Member(_Strict):
    """One node on the ring; `tokens` are positions (strategies 1 and 2) or partition indices (strategy 3)."""

    name: str = Field(min_length=1)
    tokens: tuple[Token, ...] = Field(strict=False)
    host: str = ""
    rack: str = ""
    datacenter: str = ""


class Ring(_Strict):
    """The membership as everybody agreed on it at the end (Dynamo, sections 4.2, 4.3 and 6.2)."""

    strategy: Literal[1, 2, 3]
    n: int = Field(ge=1)
    partitions: int = Field(ge=0)
    members: tuple[Member, ...] = Field(strict=False, min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        names = [member.name for member in self.members]
        if len(set(names)) != len(names):
            raise ValueError("two members have one name")
        tokens = [token for member in self.members for token in member.tokens]
        if len(set(tokens)) != len(tokens):
            raise ValueError("two members hold one token")
        if self.strategy != 1 and self.partitions < 1:
            raise ValueError("strategies 2 and 3 need at least one partition")
        if self.strategy == 3 and set(tokens) != set(range(self.partitions)):
            raise ValueError("under strategy 3 the tokens must be the partitions, each held by one member")
        if not tokens:
            raise ValueError("no member holds a token")
        return self


class ReplicasHeader(RunHeader):
    kept: Literal["replicas"]
    settled: bool
    settled_after_us: int | None = None
    ring: Ring | None = None


Header = TypeVar("Header", bound=RunHeader)


def parse_header(kind: type[Header], row: object) -> Header:
    """`row` as a header of `kind`. Raises `Malformed` with the first field that is wrong."""
    if not isinstance(row, dict) or "version" not in row:  # its default is for writers
        raise Malformed('no header field "version"', f"the first line to be a header with version {FORMAT_VERSION}")
    try:
        return kind.model_validate(row)
    except ValidationError as wrong:
        first = wrong.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        found = (
            f'no header field "{field}"'
            if first["type"] == "missing"
            else f'header field "{field}": {first["input"]!r}'
        )
        raise Malformed(found, first["msg"]) from None
