"""Text is parsed while it is read: what a window cuts is read whole, and every line has its number."""

import json
from pathlib import Path

import pytest

from histories.load import load
from histories.source import Source
from histories.window import Window

EDN = [f'{{:process {at % 3}, :type :{kind}, :f :write, :value "{"x" * (at % 40)}\\n{at}"}}'
       for at in range(300) for kind in ("invoke", "ok")]  # fmt: skip
JSON = [{"process": at % 3, "type": kind, "f": "write", "value": ["x" * (at % 40), at]}
        for at in range(300) for kind in ("invoke", "ok")]  # fmt: skip
ROWS = [{"process": at % 3, "f": "write", "value": "é" * (at % 40), "start": 9 * at, "end": 9 * at + 1}
        for at in range(300)]  # fmt: skip
CSV = "process,f,value,start,end\n" + "".join(
    f'{at % 3},write,"a\n{at}",{9 * at},{9 * at + 1}\r\n' for at in range(300)
)
FILES = {
    "edn lines": "\n".join(EDN) + "\n",
    "edn vector": "; a comment\n[" + "\n#_ :gone\n".join(EDN) + "]\n",
    "edn in one line": "[" + " ".join(EDN) + "]",
    "edn torn": "\n".join(EDN) + '\n{:process 7, :type :invoke, :f "',
    "json lines": "".join(json.dumps(row) + "\n" for row in JSON),
    "json pretty": json.dumps(JSON, indent=3),
    "json pretty, torn": json.dumps(JSON, indent=3)[:-1],
    "rows": "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS),
    "csv": CSV,
    "log": "".join(f"INFO  jepsen.util - {at % 3}\t:{kind}\t:write\t{at}\n" for at in range(300)
                   for kind in ("invoke", "ok")),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_however_a_file_is_cut_into_pieces_the_history_is_the_same(tmp_path: Path, monkeypatch, name: str) -> None:
    path = tmp_path / "h"
    path.write_text(FILES[name], encoding="utf-8", newline="")
    whole = load(path)
    assert len(whole.columns) == 300
    for size in (1, 37, 500):
        monkeypatch.setattr("histories.source.PIECE_BYTES", size)
        cut = load(path)
        assert list(cut.columns.rows()) == list(whole.columns.rows())
        assert cut.notices == whole.notices


def test_the_window_forgets_what_was_read_and_counts_its_lines(monkeypatch) -> None:
    monkeypatch.setattr("histories.source.PIECE_BYTES", 10)
    window = Window(Source("h", b"".join(b"line %03d\n" % at for at in range(500))))
    at, longest = 0, 0
    lines = []
    while True:
        if at == len(window.text):
            if not window.more(at):
                break
            at = 0
        lines.append((window.line_of(at), window.text[at : at + 8]))
        at += 9
        longest = max(longest, len(window.text))
    assert lines == [(number + 1, f"line {number:03d}") for number in range(500)]
    assert longest < 100


def test_a_long_element_is_read_in_few_turns(monkeypatch) -> None:
    monkeypatch.setattr("histories.source.PIECE_BYTES", 10)
    window = Window(Source("h", b"x\n" * 50_000))
    turns = 0
    while window.more(0):
        turns += 1
    assert (turns < 20, len(window.text), window.line_of(99_999)) == (True, 100_000, 50_000)
