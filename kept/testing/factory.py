"""Makes the clusters of a test session: simulated ones, and real ones in this process."""

from pathlib import Path
from typing import Any

from dynamo.core.config import StoreConfig
from dynamo.local import LocalCluster
from kept.testing.cluster import SimCluster


class ClusterFactory:
    """The simulated clusters of a test are judged at its end where it is marked with guarantees; local ones are closed
    at the end of the session."""

    def __init__(self) -> None:
        self.claims: tuple[str, ...] = ()
        """What every cluster is checked for beside its promises: the guarantees of the test that runs."""
        self.made: list[SimCluster] = []
        """The simulated clusters of the test that runs."""
        self._local: list[LocalCluster] = []

    def begin(self, claims: tuple[str, ...]) -> None:
        """Another test begins."""
        self.claims = claims
        self.made.clear()

    def __call__(self, claims: tuple[str, ...] = (), **fields: Any) -> SimCluster:
        """A simulated cluster; `fields` are those of `kept.RunConfig`."""
        cluster = SimCluster(tuple(dict.fromkeys((*self.claims, *claims))), **fields)
        self.made.append(cluster)
        return cluster

    def local(self, nodes: int = 3, directory: str | Path | None = None, **fields: Any) -> LocalCluster:
        """A real cluster in this process, in memory or below `directory`; `fields` are those of `StoreConfig`."""
        quorums = {"n": min(3, nodes), "r": min(2, nodes), "w": min(2, nodes)}
        cluster = LocalCluster(nodes, StoreConfig(**{**quorums, **fields}), directory)
        self._local.append(cluster)
        return cluster

    def close(self) -> None:
        for cluster in self._local:
            cluster.close()
        self._local.clear()
