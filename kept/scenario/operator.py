"""The operator of a scenario: the orders that were given to nodes, and what they were answered."""

from typing import NamedTuple

from dynamo.core.effects import Asked
from dynamo.core.messages import Operate, Operated
from kept.scenario import wording
from kept.scenario.machine import Machine
from kept.scenario.stage import Stage
from kept.scenario.wire import Packet

OPERATOR = "operator"
"""Who stands at the other end of the link where an order is answered."""


class Order(NamedTuple):
    """One order, to one node."""

    words: str
    """As the transcript says it: ``join n6``."""
    node: str

    def __str__(self) -> str:
        return f"{self.words} at {self.node}"


class Operator:
    """Gives orders to the nodes of one stage, and says what they answer."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self._orders: dict[str, Order] = {}
        self._answered: set[str] = set()

    def order(self, machine: Machine, words: str, action: str, node: str = "", **fields: str | float) -> list[str]:
        """Tell `machine` to do something, and let everything happen that follows at once. The answer is said by the
        stage; returned is a line only where there is none yet."""
        number = f"o{len(self._orders) + 1}"
        order = self._orders[number] = Order(words, machine.name)
        machine.step(Asked(OPERATOR, Operate(number, action, node, **fields)))  # type: ignore[arg-type]  # its fields
        self.stage.run()
        return [] if number in self._answered else [f"{order}: no answer yet"]

    def answered(self, packet: Packet) -> None:
        """An answer arrives."""
        answer: Operated = packet.message
        self._answered.add(answer.id)
        self.stage.said.append(f"{self._orders[answer.id]}: {wording.operated(answer)}")
