"""kept.lab.keytrace: everything about one key in the order of time, and printable."""

from types import SimpleNamespace
from typing import Any

import pytest

from dynamo.core import messages as m
from kept.lab import keytrace
from kept.lab.keytrace import key_trace

DOT = ("n1.0:0", 1)


def play(scene: type[Any], value: str = "milk") -> Any:
    s = scene("n1", "n2")
    s.watch.happened(500, "partition", {"nodes": (), "pairs": (("n1", "n2"),), "number": 0.0, "for_us": 2_000})
    record = s.state(s.version(DOT, value))
    s.put(2_000, "n1", DOT, record, value, 3, 1_000, 4_000, {})
    s.watch.sent(2_500, "n1", "n2", m.Replicate(1, b"cart", record))
    s.get("n1", {"n1": record, "n2": s.nothing}, {"n1.0:0": 1}, 5, 6_000, 7_000)
    s.write(8_000, ("n2", ""), record, synced=False)
    s.crash(9_000, "n2")
    return s


def trace(s: Any) -> tuple[str, ...]:
    return key_trace("cart", s.watch, SimpleNamespace(run=SimpleNamespace(operations=s.operations)))  # type: ignore[arg-type]


def test_every_kind_of_line_is_there_in_the_order_of_time(scene: type[Any]) -> None:
    head, _, *lines = trace(play(scene))
    assert head == 'What happened to "cart", and the faults around it:'
    assert [line.split("ms  ", 1)[1] for line in lines] == [
        "** partition n1>n2 for 2 ms",
        'put "cart"="milk" by client 3 begins, having seen {}',
        "n1 names the put n1.0:0/1",
        'n1 writes: [n1.0:0/1="milk"] seen {n1.0:0/1} in place of nothing',
        'n1 > n2: Replicate [n1.0:0/1="milk"] seen {n1.0:0/1}',
        'put "cart"="milk" by client 3 is ok',
        'get "cart" by client 5 begins, having seen {}',
        "n1 > n2: Read",
        'get "cart" by client 5 is ok: [] in context {n1.0:0/1}',
        'n2 writes: [n1.0:0/1="milk"] seen {n1.0:0/1} in place of nothing',
        "** crashed n2",
        'n2 loses what was not synced: nothing in place of [n1.0:0/1="milk"] seen {n1.0:0/1}',
    ]


def test_hostile_values_stay_printable(scene: type[Any]) -> None:
    lines = trace(play(scene, "\x1b[31m\n" + "x" * 9_999))
    assert all(line.isprintable() for line in lines)
    assert max(map(len, lines)) < 400


def test_a_long_trace_says_where_it_breaks_off(scene: type[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keytrace, "LIMIT_LINES", 5)
    *_, last = trace(play(scene))
    assert last == "... and 7 lines more"
