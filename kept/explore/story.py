"""What the clients of an exploration have seen so far, as far as a checker can tell.

A checker compares what ended before what began; it cannot tell in which order two operations began, or ended, that
overlap. So a story is for each operation its outcome and the set of those that had ended before it began, and no
order beyond that: fewer stories, and none that a checker would judge otherwise.
"""

from typing import NamedTuple

from dynamo.core import messages as m
from dynamo.core.messages import Request, Response
from dynamo.core.vector import Dot
from kept.explore.canon import digest64

OPEN = ""
"""The status of an operation that has not ended."""


class Told(NamedTuple):
    """One operation."""

    kind: str
    key: bytes
    value: bytes
    context: bytes
    """What the client said it had seen."""
    before: int
    """The operations that had ended when this one began, as bits by slot."""
    status: str = OPEN
    values: tuple[bytes, ...] = ()
    dots: tuple[Dot, ...] = ()
    seen: bytes = b""
    """The context of the answer."""
    dot: Dot | None = None
    minted: tuple[Dot, ...] = ()
    """The names that the store gave to it, whether or not anybody heard of them."""


Story = tuple[Told | None, ...]
"""By slot: client after client, operation after operation; None: not begun."""


class Stories:
    """All stories that were ever met, each once."""

    def __init__(self, clients: int, most: int) -> None:
        self.clients = clients
        self.most = most
        """Operations of one client at the most."""
        self.all: list[Story] = []
        self.digests: list[int] = []
        self._known: dict[Story, int] = {}
        self._by_digest: dict[int, int] = {}
        self._contexts: dict[tuple[int, int, bytes], bytes] = {}
        self._steps: dict[tuple[int, int, object], int] = {}
        self.nothing = self.number((None,) * (clients * most))

    def slot(self, client: int, operation: int) -> int:
        return client * self.most + operation

    def number(self, story: Story) -> int:
        number = self._known.get(story)
        if number is None:
            number = self._known[story] = len(self.all)
            self.all.append(story)
            self.digests.append(digest64(("story", plain(story))))
            self._by_digest[self.digests[number]] = number
        return number

    def of_digest(self, digest: int) -> int | None:
        """The number of the story with this digest; None where it is not known here."""
        return self._by_digest.get(digest)

    def begin(self, story: int, slot: int, request: Request) -> int:
        """An operation begins."""
        place = (story, slot, request)
        found = self._steps.get(place)
        if found is None:
            old = self.all[story]
            ended = sum(1 << at for at, told in enumerate(old) if told is not None and told.status != OPEN)
            told = Told(request.kind, request.key, request.value, request.context, ended)
            found = self._steps[place] = self.number((*old[:slot], told, *old[slot + 1 :]))
        return found

    def end(self, story: int, slot: int, response: Response) -> int:
        """An operation ends; of why it failed nothing is kept."""
        place = (story, slot, response)
        found = self._steps.get(place)
        if found is None:
            ended: dict[str, object] = {"status": response.status}
            if response.status == m.OK:
                _, _, _, values, dots, seen, dot = response
                ended |= {"values": values, "dots": dots, "seen": seen, "dot": dot}
            found = self._steps[place] = self._changed(story, slot, ended)
        return found

    def mint(self, story: int, slot: int, dot: Dot) -> int:
        """The store names the put of an operation."""
        told = self.all[story][slot]
        assert told is not None
        return self._changed(story, slot, {"minted": (*told.minted, dot)})

    def _changed(self, story: int, slot: int, fields: dict[str, object]) -> int:
        old = self.all[story]
        told = old[slot]
        assert told is not None, "it has begun"
        return self.number((*old[:slot], told._replace(**fields), *old[slot + 1 :]))  # type: ignore[arg-type]

    def context(self, story: int, client: int, key: bytes) -> bytes:
        """The context of the client's last answer about the key that had one; a delete leaves it none."""
        place = (story, client, key)
        found = self._contexts.get(place)
        if found is None:
            found = b""
            first = self.slot(client, 0)
            for told in self.all[story][first : first + self.most]:
                if told is None or told.key != key:
                    continue
                if told.status == m.OK:
                    found = told.seen if told.kind != m.DELETE else b""
                elif told.status == m.INFO:
                    found = b""
            self._contexts[place] = found
        return found


def plain(story: Story) -> tuple[object, ...]:
    """A story as plain tuples."""
    return tuple(None if told is None else tuple(told) for told in story)
