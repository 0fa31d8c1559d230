"""A machine's clocks: the monotonic one may drift, the wall clock may also be wrong."""


class Clock:
    """Maps the world's true time to what one machine reads. All times in microseconds."""

    __slots__ = ("_from_local_us", "_from_true_us", "offset_us", "ppm", "true")

    def __init__(self) -> None:
        self.offset_us = 0
        """How far the wall clock is ahead of the monotonic one."""
        self.ppm = 0
        """How much faster than true time the machine's clock runs, in millionths."""
        self.true = True
        """Whether the monotonic clock still is true time (no drift so far)."""
        self._from_true_us = 0
        self._from_local_us = 0

    def read(self, true_us: int) -> int:
        """The monotonic clock at `true_us`."""
        if self.true:
            return true_us
        elapsed_us = true_us - self._from_true_us
        return self._from_local_us + elapsed_us + elapsed_us * self.ppm // 1_000_000

    def when(self, local_us: int) -> int:
        """The first true time at which the monotonic clock has reached `local_us`."""
        if self.true:
            return local_us
        rate = 1_000_000 + self.ppm
        return self._from_true_us + -(-(local_us - self._from_local_us) * 1_000_000 // rate)

    def drift(self, true_us: int, ppm: int) -> None:
        """From `true_us` on, run at another rate. The clock never goes back."""
        self._from_local_us = self.read(true_us)
        self._from_true_us = true_us
        self.ppm = ppm
        self.true = self._from_local_us == true_us and ppm == 0
