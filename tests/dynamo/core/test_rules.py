"""A node is built from one set of rules, and each of them can be replaced."""

from dataclasses import fields, replace
from typing import Any

import pytest

from dynamo.core.config import VERSIONS
from dynamo.core.errors import CallerError
from dynamo.core.messages import OK, Replicate
from dynamo.core.puts import PendingPut, PutCoordinator
from dynamo.core.rules import Rules, rules_for
from tests.dynamo.core.cluster import Cluster, of


@pytest.mark.parametrize("versions", VERSIONS)
def test_every_policy_of_the_configuration_has_its_rules(versions: str) -> None:
    rules = rules_for(versions)
    assert rules.versioning.name == versions
    assert rules == replace(Rules(rules.versioning)), "the policy is all in which the store's own rules differ"


def test_an_unknown_policy_is_the_callers_error() -> None:
    with pytest.raises(CallerError, match=r"^versions: 'rcs' is unknown; accepted: dvv, vv, lww$"):
        rules_for("rcs")


@pytest.mark.parametrize("part", [field.name for field in fields(Rules) if field.name != "versioning"])
def test_a_node_is_built_from_every_rule(part: str) -> None:
    own = getattr(rules_for("dvv"), part)
    built = []

    def another(*args: Any, **named: Any) -> Any:
        built.append(part)
        return own(*args, **named)

    cluster = Cluster("abc", rules=replace(rules_for("dvv"), **{part: another}))
    assert len(built) >= 3, "once for each node"
    assert cluster.put("a", cluster.key(), b"v").status == OK


class Hasty(PutCoordinator):
    """Sends a version before it is durable."""

    def _make(self, actor: str, extra: Any, put: PendingPut) -> None:
        super()._make(actor, extra, put)
        self._replicate(put)


def test_a_broken_rule_breaks_the_promise_that_it_kept() -> None:
    cluster = Cluster("abc", rules=replace(rules_for("dvv"), puts=Hasty))
    cluster.ask("a", "put", cluster.key(), b"v")
    assert len(cluster.packets(of(Replicate))) == 2
