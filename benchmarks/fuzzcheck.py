"""`python -m benchmarks fuzzcheck [--seconds N] [--seed N] [--atheris]`: spoiled files of every format, whole command.

Each case is a valid file of some format that is spoiled where its structure is: tokens, rows, columns, compressed
bytes. `kept check` must answer each with a verdict, or with one line on standard error and exit code 64; anything else
is our bug. Cases that are found are kept in `fuzzcheck-*`, in the current directory.

Hypothesis drives the same cases in the test suite; `--atheris` lets coverage guide the choice (the extra `kept[fuzz]`).
"""

import contextlib
import gzip
import io
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar

from kept.cli.main import main as kept

ACCEPTED = (0, 1, 2, 64)
TOKEN = re.compile(rb'"[^"\n]*"|[-\w.:#]+|[^\s]')
EVIL = (
    b"nil", b"null", b"NaN", b"-1", b"-0", b"1e400", b"0.5", b"9" * 25, b"4611686018427387904", b"true", b'""', b'"',
    b'"\\ud800"', b'"\\u0000\\u001b[31m"', b'"<b>&amp;</b>]]>"', b"\xff", b"\x00", b"[", b"]", b"{", b"}", b"[]",
    b"{}", b"[[1 2] 3]", b"[1,2]", b"[[[[[[[[1]]]]]]]]", b"#{1}", b"#_", b"#tag", b"\\a", b":x", b":ok", b":invoke",
    b":txn", b":cas",
    b'"ok"', b'"info"', b'"invoke"', b'"write"', b'"txn"', b'"process"', b'"start"', b",", b";", b"\r", b"\n", b"\t",
    b"x" * 5000,
)  # fmt: skip
FLAGS: tuple[tuple[str, ...], ...] = (
    (), ("--ladder",), ("--explain",), ("--json",), ("--nil", "unknown"), ("--keyed",), ("--not-keyed",),
    ("--ladder", "--explain"), ("--initial", "0"), ("--model", "register"), ("--model", "kv"),
    ("--model", "cas-register"), ("--model", "kv-append"), ("--model", "multi-register"), ("--model", "mutex"),
    ("--model", "set", "--ladder"), ("--model", "counter", "--ladder"), ("--model", "mvr", "--level", "unique-dots"),
)  # fmt: skip


def _events(row: str) -> bytes:
    """Rows of invocations and completions: a write, a read, a compare-and-set, and a write that nobody heard of."""
    return "".join(
        row.format(process=process, type=kind, f=f, value=value, at=at)
        for at, (process, kind, f, value) in enumerate(
            [(0, "invoke", "write", "1"), (1, "invoke", "read", "NIL"), (0, "ok", "write", "1"), (1, "ok", "read", "1"),
             (0, "invoke", "cas", "PAIR"), (0, "ok", "cas", "PAIR"), (2, "invoke", "write", "3"),
             (2, "info", "write", "3"), (3, "invoke", "read", "NIL"), (3, "ok", "read", "2")]
        )
    ).encode()  # fmt: skip


_EDN = _events("{{:process {process}, :type :{type}, :f :{f}, :value {value}, :time {at}}}\n")
_EDN = _EDN.replace(b"NIL", b"nil").replace(b"PAIR", b"[1 2]")
_JSON = _events('{{"process":{process},"type":"{type}","f":"{f}","value":{value},"time":{at}}}\n')
_JSON = _JSON.replace(b"NIL", b"null").replace(b"PAIR", b"[1,2]")
_LOG = (
    _events("INFO  jepsen.util - {process}\t:{type}\t:{f}\t{value}\n")
    .replace(b"NIL", b"nil")
    .replace(b"PAIR", b"[1 2]")
)
_HEADER = b'{"kept":"history","version":1,"seed":1,"config":{},"created_by":"x","code":"y"}\n'
_KEPT = _HEADER + b"".join(
    b'{"time_us":%d,"process":%d,"type":"%s","f":"%s","key":"k",%s}\n' % row
    for row in [
        (1, 0, b"invoke", b"put", b'"value":"a","context":{},"request":"0.1"'),
        (2, 0, b"ok", b"put", b'"request":"0.1","dot":["n1",1],"context":{"n1":1}'),
        (3, 1, b"invoke", b"get", b'"context":{},"request":"1.1"'),
        (4, 1, b"ok", b"get", b'"request":"1.1","values":["a"],"dots":[["n1",1]],"context":{"n1":1}'),
        (5, 1, b"invoke", b"put", b'"value":"b","context":{"n1":1},"request":"1.2"'),
        (6, 1, b"info", b"put", b'"request":"1.2","reason":"no answer"'),
    ]
)
_ROWS = b"".join(
    b'{"process":%d,"f":"%s","key":"x","%s":%d,"start":%d,"end":%d,"status":"ok"}\n' % row
    for row in [
        (0, b"write", b"value", 1, 0, 9),
        (1, b"read", b"result", 1, 5, 12),
        (0, b"write", b"value", 2, 10, 14),
    ]
)
_CSV = b"process,f,key,value,value2,result,start,end,status\n"
_CSV += b"0,write,x,1,,,0,9,ok\n1,read,x,,,1,5,12,\n2,cas,x,1,2,,3,,info\n"
_TXN = b"{:process 0 :type :invoke :f :txn :value [[:w :x 1] [:r :y nil]]}\n"
_TXN += b"{:process 0 :type :ok :f :txn :value [[:w :x 1] [:r :y nil]]}\n"
_SET = b"{:process 0 :type :invoke :f :add :value 1}\n{:process 0 :type :ok :f :add :value 1}\n"
_SET += b"{:process 0 :type :invoke :f :read :value nil}\n{:process 0 :type :ok :f :read :value #{1}}\n"
SAMPLES: dict[str, bytes] = {
    "edn": _EDN,
    "edn vector": b"[" + _EDN + b"]",
    "edn keyed": re.sub(rb":value (nil|\[1 2\]|\d)", rb":value [7 \1]", _EDN),
    "txn": _TXN,
    "set": _SET,
    "json": _JSON,
    "json array": b"[" + _JSON.strip().replace(b"\n", b",\n") + b"]",
    "log": _LOG,
    "kept": _KEPT,
    "jsonl": _ROWS,
    "csv": _CSV,
}


T = TypeVar("T")


class Chance(Protocol):
    """Where choices come from: `random.Random`, hypothesis, or coverage-guided bytes."""

    def randrange(self, stop: int, /) -> int: ...


class Case(NamedTuple):
    """A file and how it is judged."""

    data: bytes
    flags: tuple[str, ...]


def _pick(chance: Chance, choices: Sequence[T]) -> T:
    return choices[chance.randrange(len(choices))]


def _spoil_token(data: bytes, chance: Chance) -> bytes:
    tokens = list(TOKEN.finditer(data))
    if not tokens:
        return _pick(chance, EVIL) + data
    token = _pick(chance, tokens)
    other = _pick(chance, EVIL) if chance.randrange(3) else _pick(chance, tokens).group()
    return data[: token.start()] + other + data[token.end() :]


def _spoil_row(data: bytes, chance: Chance) -> bytes:
    rows = data.split(b"\n")
    at, other = chance.randrange(len(rows)), chance.randrange(len(rows))
    way = chance.randrange(4)
    if way == 0:
        del rows[at]
    elif way == 1:
        rows.insert(at, rows[other])
    elif way == 2:
        rows[at], rows[other] = rows[other], rows[at]
    else:
        rows[at] = rows[at] + rows[other]
    return b"\n".join(rows)


def _spoil_bytes(data: bytes, chance: Chance) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + bytes([chance.randrange(256)]) * chance.randrange(3) + data[at + chance.randrange(4) :]


def _cut(data: bytes, chance: Chance) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


WAYS: tuple[Callable[[bytes, Chance], bytes], ...] = (_spoil_token, _spoil_token, _spoil_row, _spoil_bytes, _cut)


def _zstd(data: bytes) -> bytes:
    try:
        import zstandard  # noqa: PLC0415 - an extra
    except ImportError:
        return data
    return bytes(zstandard.ZstdCompressor().compress(data))


def _parquet(chance: Chance) -> bytes:
    """A table whose columns are what no reader hopes for, in one to three row groups."""
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra
        import pyarrow.parquet  # noqa: PLC0415
    except ImportError:
        return b"PAR1"
    columns: dict[str, Any] = {
        "process": [0, 1, 0], "f": ["write", "read", "write"], "key": ["x", "x", "x"], "value": [1, None, 2],
        "result": [None, 1, None], "start": [0, 5, 10], "end": [9, 12, 14], "status": ["ok", None, "info"],
    }  # fmt: skip
    odd: list[Any] = [
        [None] * 3, ["a", "b", "c"], [1.5, 2.0, float("nan")], [[1], [], None], [b"\xff", b"a", None],
        [True, False, None],
        [1 << 62, -(1 << 62), 0], [{"a": 1}, None, {"a": 2}], ["", "<b>", "\x1b[31m"], [0, 0, 0],
    ]  # fmt: skip
    for _ in range(chance.randrange(3)):
        name = _pick(chance, tuple(columns))
        if chance.randrange(4):
            columns[name] = _pick(chance, odd)
        else:
            del columns[name]
    out = io.BytesIO()
    pa.parquet.write_table(pa.table(columns), out, row_group_size=1 + chance.randrange(3))
    return out.getvalue()


def spoiled(chance: Chance) -> Case:
    """A file that was valid once, and flags."""
    kind = chance.randrange(len(SAMPLES) + 1)
    if kind == len(SAMPLES):
        data = _parquet(chance)
        if chance.randrange(2):
            data = _spoil_bytes(data, chance)
    else:
        data = tuple(SAMPLES.values())[kind]
        for _ in range(1 + chance.randrange(4)):
            data = _pick(chance, WAYS)(data, chance)
    packed = chance.randrange(8)
    if packed < 2:
        data = gzip.compress(data, mtime=0) if packed else _zstd(data)
        if chance.randrange(2):
            data = _pick(chance, (_cut, _spoil_bytes))(data, chance)
    return Case(data, _pick(chance, FLAGS))


def complaint(case: Case, path: Path) -> str | None:
    """What is wrong with how the command answers `case`, which is written to `path`; None where all is well."""
    path.write_bytes(case.data)
    said, told = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(told):
        code = kept(["check", str(path), *case.flags])
    line = told.getvalue()
    if code not in ACCEPTED:
        return f"exit {code}: {line.strip()}"
    if "\x1b" in said.getvalue():
        return "what the file holds reaches the terminal"
    if code != 64:
        return None
    one = line.endswith("\n") and line[:-1].isprintable() and line.startswith("kept: ") and "; accepted" in line
    if not one or said.getvalue():
        return f"exit 64 without its one line: {line!r}"
    named = str(path) in line or line.startswith("kept: --")
    return None if named else f"neither file nor flag is named: {line!r}"


def main(arguments: list[str], machine: Callable[[], None]) -> int:
    """Fuzz for a while; 70 where something was found, 64 for a command line that is none."""
    guided = "--atheris" in arguments
    numbers = [part for part in arguments if part != "--atheris"]
    given = dict(zip(numbers[::2], numbers[1::2], strict=False))
    known = set(given) <= {"--seconds", "--seed"} and len(numbers) % 2 == 0
    if not known or not all(text.isdecimal() for text in given.values()):
        print(
            f"bench fuzzcheck: {' '.join(arguments)!r}; accepted: [--seconds N] [--seed N] [--atheris]", file=sys.stderr
        )
        return 64
    machine()
    seconds, seed = int(given.get("--seconds", "60")), int(given.get("--seed", "1"))
    if guided:
        return subprocess.call([sys.executable, "-m", "benchmarks.guided", str(seconds), str(seed)])
    return _random(seconds, seed)


def _random(seconds: int, seed: int) -> int:
    ends_s = time.monotonic() + seconds
    cases = found = 0
    with tempfile.TemporaryDirectory() as folder:
        while time.monotonic() < ends_s:
            case = spoiled(random.Random(f"{seed} {cases}"))
            cases += 1
            wrong = complaint(case, Path(folder) / "h")
            if wrong is not None:
                found += 1
                keep(case, wrong, f"{seed}-{cases}")
    print(f"  {cases:,} cases, {found} complaints")
    return 70 if found else 0


def keep(case: Case, wrong: str, name: str) -> None:
    """Write a case that was found to the current directory, and say what is wrong with it."""
    path = Path(f"fuzzcheck-{name}")
    path.write_bytes(case.data)
    print(f"  {path} {' '.join(case.flags)}: {wrong}", flush=True)
