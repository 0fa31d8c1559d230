"""kept.testing.factory: clusters for tests."""

import pytest

from dynamo.core.errors import CallerError
from kept.testing.factory import ClusterFactory


def test_the_guarantees_of_a_test_are_claims_of_its_clusters() -> None:
    factory = ClusterFactory()
    factory.begin(("no-lost-write",))
    cluster = factory(versions="lww")
    assert "no-lost-write" in cluster.claims
    assert factory.made == [cluster]
    factory.begin(())
    assert factory.made == []
    assert "no-lost-write" not in factory(versions="lww").claims


def test_a_local_cluster_serves_until_the_session_ends() -> None:
    factory = ClusterFactory()
    cluster = factory.local(nodes=3)
    cluster.put(b"k", b"", b"1")
    assert cluster.get(b"k").values == (b"1",)
    factory.close()
    with pytest.raises(CallerError, match="no node is running"):
        cluster.get(b"k")


def test_a_local_cluster_of_one_node_needs_no_other() -> None:
    factory = ClusterFactory()
    assert factory.local(nodes=1).config.n == 1
    factory.close()
