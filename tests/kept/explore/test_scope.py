"""kept.explore.scope: a scope is a cluster that could run, with programs for its clients and claims of its own."""

import pytest
from pydantic import ValidationError

from kept.explore.scope import Scope


@pytest.mark.parametrize(
    "fields",
    [
        {"n": 4},
        {"nodes": 9},
        {"r": 4},
        {"nodes": 1, "n": 1, "r": 1, "w": 1, "partitions": 1},
        {"program": "fetch"},
        {"crashes": 4},
        {"colour": 1},
        {"keys": 4},
        {"program": "put:2"},
        {"change": "weight"},
        {"change": "remove", "w": 1},
        {"change": "leave", "nodes": 1, "n": 1, "r": 1, "w": 1},
        {"change": "join", "exchanges": 1},
    ],
)
def test_what_cannot_be_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Scope.model_validate(fields)


def test_clients_put_and_get_in_turn_unless_told_otherwise() -> None:
    assert Scope(ops=3).programs() == (("put", "get", "put"),) * 2
    assert Scope(clients=3, program="put, get get").programs() == (("put",), ("get", "get"), ("put",))


def test_with_several_keys_each_client_goes_from_one_to_the_next() -> None:
    assert Scope(keys=2).programs() == (("put", "get:2"), ("put:2", "get"))
    assert Scope(keys=2, program="put:2 get").programs()[0] == ("put:2", "get")


def test_the_claims_are_those_of_the_configuration_and_of_the_bug() -> None:
    assert "fresh-reads" in Scope().claims()
    assert "fresh-reads" not in Scope(sloppy=True).claims()
    assert "no-lost-write" not in Scope(versions="lww").claims()
    assert "no-lost-write" in Scope(versions="lww", bug="canary").claims()
