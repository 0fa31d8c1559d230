"""kept.cli.exits: violated wins over interrupted, interrupted over unknown."""

import pytest

from kept.cli.exits import exit_code


@pytest.mark.parametrize(
    ("verdict", "interrupted", "code"),
    [
        ("valid", False, 0),
        ("invalid", False, 1),
        ("invalid", True, 1),
        ("unknown", False, 2),
        ("unknown", True, 130),
    ],
)
def test_each_verdict_has_its_exit_code(verdict: str, interrupted: bool, code: int) -> None:
    assert exit_code(verdict, interrupted) == code
