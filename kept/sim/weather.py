"""The state of the network as a whole: how likely it mistreats a message."""


class Weather:
    """How likely the network mistreats a message, now. The three chances add up to at most 1."""

    __slots__ = ("delay", "duplicate", "loss", "reorder", "rough")

    def __init__(self) -> None:
        self.loss = 0.0
        self.duplicate = 0.0
        self.delay = 0.0
        self.reorder = False
        self.rough = 0.0

    def settle(self) -> None:
        """The sum of the chances, once per change instead of once per message."""
        self.rough = self.loss + self.duplicate + self.delay
