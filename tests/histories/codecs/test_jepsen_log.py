"""The console logs of Jepsen, as Porcupine's test data keeps them."""

import pytest

from histories.codecs.jepsen_log import read_log
from histories.columns import Mark
from histories.errors import HistoryError
from histories.notice import Doubt
from histories.source import Source

LOG = """\
INFO  jepsen.util - 0\t:invoke\t:read\tnil
INFO  jepsen.util - 3\t:invoke\t:cas\t[3 0]
INFO  jepsen.core - something else
INFO  jepsen.util - 0\t:ok\t:read\t4
INFO  jepsen.util - 3\t:info\t:cas\t:timed-out
INFO  jepsen.util - :nemesis\t:info\t:start\t"cut off"
INFO  jepsen.util - 3\t:invoke\t:write\t2
INFO  jepsen.util - 3\t:fail\t:write\t2
"""


def read(text: str):
    return read_log(Source("etcd.log", text.encode()))


def test_operations_are_read_and_other_lines_skipped() -> None:
    columns, notices = read(LOG)
    told = [(row.process, row.f, row.value, row.value2, row.result, row.status, row.line) for row in columns.rows()]
    nothing = Mark.NONE
    assert told == [
        (0, "read", nothing, nothing, 4, "ok", 1),
        (3, "cas", 3, 0, nothing, "info", 2),
        (3, "write", 2, nothing, nothing, "fail", 7),
    ]
    assert [notice.doubt for notice in notices] == [Doubt.NEMESIS, Doubt.INFO_VALUE]


def test_a_prefix_of_date_and_thread_is_skipped() -> None:
    columns, _ = read("2015-01-01 10:00:00,123{GMT} INFO  [worker 1] jepsen.util: 1 :invoke :write 3\n")
    assert columns.row(0).value == 3


@pytest.mark.parametrize("cut", [10, 28, 36, 38])
def test_a_last_line_that_is_cut_off_is_told(cut: int) -> None:
    columns, (notice,) = read(LOG.splitlines(keepends=True)[0] + "INFO  jepsen.util - 3\t:invoke\t:cas\t[3 0]"[:cut])
    assert (len(columns), notice.doubt, notice.line) == (1, Doubt.TORN, 2)


@pytest.mark.parametrize(
    "line",
    [
        "INFO  jepsen.util - 0 :invoke read nil",
        "INFO  jepsen.util - :invoke :read nil",
        "INFO  jepsen.util - 0 :invoke :cas [1 }",
        "INFO  jepsen.util - 0 :invoke :cas [1 2",
    ],
)
def test_a_line_that_is_nearly_an_operation_is_told(line: str) -> None:
    with pytest.raises(HistoryError, match=r"^etcd.log:2: "):
        read(LOG.splitlines(keepends=True)[0] + line + "\n")


def test_a_long_line_of_blanks_takes_no_time() -> None:
    columns, _ = read("INFO jepsen.util - 0 :invoke :write " + " " * 2_000_000 + '"x"\n' + " " * 2_000_000 + "x\n")
    assert columns.row(0).value == "x"
