"""A failure detector that is local and driven by requests, with phi accrual behind it.

Dynamo (section 4.8.3) needs no agreement on who is down: a node that does not answer a request is avoided until it is
heard again. Silence without requests is judged by phi, the accrual of suspicion (Hayashibara et al. 2004): with
arrival intervals taken as exponential (as Cassandra does), the chance that a peer stays silent for `elapsed` is
``exp(-elapsed / mean)``, and phi is minus its decimal logarithm, ``elapsed / mean * log10(e)``. At phi 8 one silence
in 10^8 is an accident.

Who is down stays down until it is heard. Who stops is not the peer if it is this process: after a local pause the
arrival clocks start again and nobody is convicted for it.

Times are microseconds of one clock that never goes back.
"""

from collections import deque
from collections.abc import Iterable
from math import e, log10

_LOG10_E = log10(e)


class Detector:
    """What one node believes of its peers.

    `expected_us` is the interval at which a peer is normally heard; phi reaches `threshold` before a conviction. An
    interval is sampled at most every quarter of `expected_us`, so a burst does not make the mean small, and the last
    `window` samples count. A peer never heard since `expect` named it has `grace` times `expected_us`, and a silence
    longer than that is an outage, not a sample. A tick more than `pause_us` after the last shows a local pause,
    so `pause_us` is longer than ticks are apart.
    """

    def __init__(
        self,
        *,
        expected_us: int,
        threshold: float = 8.0,
        window: int = 100,
        pause_us: int = 5_000_000,
        grace: float = 20.0,
    ) -> None:
        assert min(expected_us, threshold, window, pause_us, grace) > 0
        self.down: set[str] = set()
        """The peers to avoid, as of the last call. Read only; sort it where order matters."""
        self.suspected: set[str] = set()
        """Those of `down` that did not answer a request."""
        self._expected_us = expected_us
        self._threshold = threshold
        self._window = window
        self._pause_us = pause_us
        self._outage_us = int(expected_us * grace)
        self._spacing_us = max(1, expected_us // 4)
        self._arrivals: dict[str, _Arrivals] = {}
        self._awaited_since_us: dict[str, int] = {}
        self._ticked_us: int | None = None
        self._quiet_until_us = 0
        """Before this no peer can be convicted: a node of a large ring does not look at every peer at every tick."""
        self._resumed_us: int | None = None

    def expect(self, peers: Iterable[str], now_us: int) -> None:
        """Start the clock of peers that have not been heard yet; others are left alone."""
        for peer in peers:
            if peer not in self._arrivals:
                self._awaited_since_us.setdefault(peer, now_us)
                self._quiet_until_us = min(self._quiet_until_us, now_us + self._outage_us - 1)

    def heard(self, peer: str, now_us: int) -> None:
        """A message of the peer arrived, whatever it says: the peer is up."""
        arrivals = self._arrivals.get(peer)
        if arrivals is None or peer in self.down:
            self._revive(peer, now_us)
            return
        arrivals.last_us = now_us
        if now_us - arrivals.sampled_us >= self._spacing_us:
            self._sample(arrivals, now_us)

    def missed(self, peer: str, now_us: int) -> None:
        """A request to the peer was not answered in time: it is down until it is heard again.

        Not believed during a local pause, nor for `expected_us` after one: the answer may lie in our own inbox.
        """
        if self._ticked_us is not None and now_us - self._ticked_us > self._pause_us:
            return
        if self._resumed_us is not None and now_us - self._resumed_us < self._expected_us:
            return
        self.suspected.add(peer)
        self.down.add(peer)

    def phi(self, peer: str, now_us: int) -> float:
        """The suspicion that silence alone has accrued; it grows with `now_us`. 0.0 for a peer that nobody named."""
        arrivals = self._arrivals.get(peer)
        if arrivals is not None:
            return (now_us - arrivals.last_us) * len(arrivals.intervals_us) / arrivals.total_us * _LOG10_E
        since_us = self._awaited_since_us.get(peer)
        return 0.0 if since_us is None else (now_us - since_us) / self._outage_us * self._threshold

    def tick(self, now_us: int) -> None:
        """Convict the peers whose phi has reached the threshold. Call it often: `pause_us` is judged by its calls."""
        ticked_us, self._ticked_us = self._ticked_us, now_us
        if ticked_us is not None and now_us - ticked_us > self._pause_us:
            self._resume(now_us)
            return
        if now_us < self._quiet_until_us:
            return
        quiet_until_us = now_us + self._pause_us
        for peer, arrivals in self._arrivals.items():
            if peer not in self.down:
                if self.phi(peer, now_us) >= self._threshold:
                    self.down.add(peer)
                else:
                    quiet_until_us = min(quiet_until_us, self._suspect_at_us(arrivals))
        for peer, since_us in self._awaited_since_us.items():
            if peer not in self.down:
                if self.phi(peer, now_us) >= self._threshold:
                    self.down.add(peer)
                else:
                    quiet_until_us = min(quiet_until_us, since_us + self._outage_us - 1)
        self._quiet_until_us = quiet_until_us

    def condemn(self, peer: str) -> None:
        """The operator declares the peer dead: it is down until it is forgotten, for nobody listens to it any more."""
        self.suspected.add(peer)
        self.down.add(peer)

    def forget(self, peer: str) -> None:
        """The peer left the ring."""
        self._arrivals.pop(peer, None)
        self._awaited_since_us.pop(peer, None)
        self.suspected.discard(peer)
        self.down.discard(peer)

    def _suspect_at_us(self, arrivals: "_Arrivals") -> int:
        """Not later than the moment at which phi reaches the threshold if the peer stays silent from now on."""
        return arrivals.last_us + int(arrivals.total_us * self._threshold / _LOG10_E / len(arrivals.intervals_us)) - 1

    def _revive(self, peer: str, now_us: int) -> None:
        """First heard, or heard again: the silence before is no sample. `expected_us` is the prior of a new window."""
        self._awaited_since_us.pop(peer, None)
        self.suspected.discard(peer)
        self.down.discard(peer)
        arrivals = self._arrivals.get(peer)
        if arrivals is None:
            arrivals = self._arrivals[peer] = _Arrivals(self._window)
            arrivals.add(self._expected_us)
        arrivals.restart(now_us)
        self._quiet_until_us = min(self._quiet_until_us, self._suspect_at_us(arrivals))

    def _sample(self, arrivals: "_Arrivals", now_us: int) -> None:
        interval_us = now_us - arrivals.sampled_us
        arrivals.sampled_us = now_us
        if interval_us <= self._outage_us:
            arrivals.add(interval_us)
            self._quiet_until_us = min(self._quiet_until_us, self._suspect_at_us(arrivals))

    def _resume(self, now_us: int) -> None:
        """After a local pause: what was silent meanwhile was this node."""
        self._resumed_us = now_us
        for arrivals in self._arrivals.values():
            arrivals.restart(now_us)
        for peer in self._awaited_since_us:
            self._awaited_since_us[peer] = now_us


class _Arrivals:
    """When one peer was heard, and a bounded window of the intervals between."""

    __slots__ = ("intervals_us", "last_us", "sampled_us", "total_us")

    def __init__(self, window: int) -> None:
        self.last_us = 0
        self.sampled_us = 0
        self.intervals_us: deque[int] = deque(maxlen=window)
        self.total_us = 0

    def add(self, interval_us: int) -> None:
        """One more sample, in place of the oldest where the window is full. The total stays exact: integers."""
        if len(self.intervals_us) == self.intervals_us.maxlen:
            self.total_us -= self.intervals_us[0]
        self.intervals_us.append(interval_us)
        self.total_us += interval_us

    def restart(self, now_us: int) -> None:
        self.last_us = self.sampled_us = now_us
