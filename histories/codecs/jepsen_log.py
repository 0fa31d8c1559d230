"""The plain logs of Jepsen's console, as Porcupine's test data keeps them: ``INFO  jepsen.util - 0 :invoke :read nil``.

Tabs or blanks separate process, type, function and value; the value is EDN. Lines of other loggers are skipped, as
logs hold more than operations.
"""

import re
from collections.abc import Iterator
from io import StringIO

from histories.codecs.jepsen import AS_IT_IS, Options, Written, history_of
from histories.edn import EdnError, Torn, read
from histories.notice import Doubt, Notice
from histories.pairing import Paired
from histories.source import Source
from histories.values import Keyword

OPERATION = re.compile(
    r"(?:.*?\bjepsen\.util(?: -|\s+-|:)\s+)(?P<process>:?[\w.-]+)\s+(?P<type>:(?:invoke|ok|fail|info))\s+"
    r":(?P<f>[\w.*+!?/-]+)(?:\s+(?P<value>\S.*))?"
)
TORN = "the file ends inside a row: what follows is missing"
ACCEPTED = "INFO  jepsen.util - 0 :invoke :read nil"


def read_log(source: Source, options: Options = AS_IT_IS) -> Paired:
    """The history in `source`. Raises `HistoryError`."""
    torn: list[Notice] = []
    columns, notices = history_of(_rows(source, torn), source, options)
    return Paired(columns, (*torn, *notices))


def _rows(source: Source, torn: list[Notice]) -> Iterator[Written]:
    lines = (line for text in source.texts() for line in StringIO(text))
    for number, line in enumerate(lines, 1):
        found = OPERATION.fullmatch(line.strip())
        last = not line.endswith("\n")
        if found is None:
            if last:
                torn.append(Notice(Doubt.TORN, 1, number, TORN))
            elif "jepsen.util" in line and re.search(r":(invoke|ok|fail|info)\b", line):
                raise source.error(number, repr(line[:60]), ACCEPTED)
            continue
        try:
            value = _value(source, number, found["value"])
        except Torn as end:
            if last:
                torn.append(Notice(Doubt.TORN, 1, number, TORN))
                return
            raise source.error(number, end.found, end.accepted) from None
        process = found["process"]
        yield Written(
            number,
            {
                "process": int(process)
                if process.isascii() and process.isdigit() and len(process) < 19
                else Keyword(process.lstrip(":")),
                "type": found["type"],
                "f": found["f"],
                "value": value,
            },
        )


def _value(source: Source, line: int, raw: str | None) -> object:
    if raw is None:
        return None
    try:
        return read(raw, 0)[0]  # a reason may follow
    except Torn:
        raise
    except EdnError as wrong:
        raise source.error(line, wrong.found, wrong.accepted) from None
