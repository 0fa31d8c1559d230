"""An operation knows the name of its version as far as anybody does."""

from histories.operation import Operation

PUT = Operation(0, 1, "put", "k", "v", {}, "r", 5)


def test_an_operation_that_nobody_answered_is_unknown() -> None:
    assert PUT.outcome == "info"
    assert PUT.end_us is None
    assert PUT.named is None


def test_the_acknowledged_name_goes_before_the_one_in_the_trace() -> None:
    assert PUT._replace(minted=("n2", 3)).named == ("n2", 3)
    assert PUT._replace(minted=("n2", 3), dot=("n1", 1)).named == ("n1", 1)
