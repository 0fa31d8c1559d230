"""A percentile of the latencies of the last while, in bounded memory and whole numbers.

The window is cut into panes; each pane counts its samples in buckets whose width grows with the latency (eight to
every power of two, as in HdrHistogram), so an answer is at most an eighth too high and never too low. What is older
than the window is forgotten a pane at a time.
"""

from collections import deque

PANES = 12
"""Panes of a window: a sample is forgotten at the latest one pane after it has left the window."""
_FINE = 8
"""Below this, and within every power of two above, there are so many buckets."""
_LARGEST_US = (1 << 40) - 1


def bucket_of(latency_us: int) -> int:
    """The bucket that counts a latency; longer ones never have a smaller bucket."""
    if latency_us < 2 * _FINE:
        return max(latency_us, 0)
    latency_us = min(latency_us, _LARGEST_US)
    shift = latency_us.bit_length() - 4
    return _FINE * shift + (latency_us >> shift)


def greatest_of(bucket: int) -> int:
    """The greatest latency that a bucket counts, in microseconds."""
    shift = max(0, bucket // _FINE - 1)
    return ((bucket - _FINE * shift + 1) << shift) - 1


class Latencies:
    """The samples of the last `window_us`."""

    def __init__(self, window_us: int) -> None:
        assert window_us > 0
        self._pane_us = max(1, window_us // PANES)
        self._panes: deque[tuple[int, dict[int, int]]] = deque()
        """(number, bucket -> samples), the oldest first."""
        self._samples: dict[int, int] = {}
        """bucket -> samples of all panes."""
        self.count = 0

    def add(self, now_us: int, latency_us: int) -> None:
        """One operation that ended now has taken so long."""
        number = now_us // self._pane_us
        panes, samples = self._panes, self._samples
        if not panes or panes[-1][0] < number:
            self._forget(number)
            panes.append((number, {}))
        bucket = bucket_of(latency_us)
        pane = panes[-1][1]
        pane[bucket] = pane.get(bucket, 0) + 1
        samples[bucket] = samples.get(bucket, 0) + 1
        self.count += 1

    def percentile(self, now_us: int, permille: int) -> int:
        """The latency that `permille` of a thousand samples do not exceed, in microseconds; 0 where there is none."""
        self._forget(now_us // self._pane_us)
        above = self.count - (self.count * permille + 999) // 1_000
        for bucket in sorted(self._samples, reverse=True):
            above -= self._samples[bucket]
            if above < 0:
                return greatest_of(bucket)
        return 0

    def _forget(self, number: int) -> None:
        """Drop the panes that have left the window that ends in pane `number`."""
        while self._panes and self._panes[0][0] <= number - PANES:
            _, pane = self._panes.popleft()
            for bucket, samples in pane.items():
                self.count -= samples
                self._samples[bucket] -= samples
                if not self._samples[bucket]:
                    del self._samples[bucket]
