"""States as bytes, for several processes and for checkpoints: digests, and a library that says what they stand for."""

from functools import partial
from pathlib import Path
from struct import Struct
from typing import Any

from kept.explore.interning import CLIENT, Message
from kept.explore.library import LOCAL, MESSAGE, STORY, Library, Unknown
from kept.explore.scope import Scope
from kept.explore.state import Left, State
from kept.explore.story import Told, plain
from kept.explore.system import Nodes

_HEAD = Struct("<BBH")  # how many machines, clients and messages


class WrittenNodes(Nodes):
    """The nodes of a scope, with states that can be given to another process, or be kept."""

    def __init__(self, scope: Scope, directory: Path, writer: str) -> None:
        super().__init__(scope)
        self.library = Library(directory, writer)
        self._words: dict[int, Struct] = {}

    def encode(self, state: State) -> bytes:
        """The state by digests; what they stand for is in the library then."""
        give, local, stories = self.library.give, self.locals, self.stories
        for number in state.machines:
            give(LOCAL, local.digests[number], partial(local.frozen.__getitem__, number))
        for number in state.under_way:
            give(MESSAGE, self.messages.digests[number], partial(self._message, number))
        give(STORY, stories.digests[state.story], partial(self._story, state.story))
        self.library.flush()
        words = [
            stories.digests[state.story],
            *[local.digests[number] for number in state.machines],
            *[self.messages.digests[number] for number in state.under_way],
        ]
        small = [*[part + 1 for client in state.clients for part in client], *state.left, state.cut + 1]
        head = _HEAD.pack(len(state.machines), len(state.clients), len(state.under_way))
        return head + self._struct(len(words)).pack(*words) + bytes(small) + state.flaw.encode()

    def decode(self, code: bytes) -> State:
        """The state in this process' own numbers."""
        machines, clients, messages = _HEAD.unpack_from(code)
        form = self._struct(1 + machines + messages)
        words = form.unpack_from(code, _HEAD.size)
        at = _HEAD.size + form.size
        small = list(code[at : at + 2 * clients + len(Left._fields) + 1])
        flaw = code[at + len(small) :].decode()
        pairs = tuple((small[2 * client] - 1, small[2 * client + 1] - 1) for client in range(clients))
        left = Left(*small[2 * clients : -1])
        story = self._number(STORY, words[0])
        held = tuple(self._number(LOCAL, word) for word in words[1 : 1 + machines])
        under_way = tuple(self._number(MESSAGE, word) for word in words[1 + machines :])
        return State(held, under_way, pairs, story, left, small[-1] - 1, flaw=flaw)

    def _struct(self, words: int) -> Struct:
        found = self._words.get(words)
        if found is None:
            found = self._words[words] = Struct(f"<{words}Q")
        return found

    def _message(self, number: int) -> Any:
        return tuple(self.messages.all[number])

    def _story(self, number: int) -> Any:
        return plain(self.stories.all[number])

    def _number(self, kind: int, digest: int) -> int:
        known = (self.locals.of_digest, self.messages.of_digest, self.stories.of_digest)[kind]
        number = known(digest)
        if number is None:
            self.library.news(self._learn)
            number = known(digest)
        if number is None:
            raise Unknown(f"the library of this exploration lacks {digest:016x}")
        return number

    def _learn(self, kind: int, digest: int, content: Any) -> None:
        if kind == LOCAL:
            self.locals.learn(digest, content)
        elif kind == MESSAGE:
            message = Message(*content)
            sender = self.names.index(message.sender) if message.sender in self.names else CLIENT
            self.messages.number(message, sender, self.names.index(message.to))
        else:
            self.stories.number(tuple(told and Told(*told) for told in content))
