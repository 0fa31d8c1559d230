"""A session store: one cell a user, read and written by that user alone, one request after the other.

With R+W>N and a strict quorum a user who was told that the session was saved finds that state, or a later one. With
last-writer-wins, clocks decide which write is the later one: after a clock went wrong, a user finds an old session.
"""

from typing import Any, ClassVar

from hypothesis.stateful import rule

from kept.testing import Answer, StoreMachine
from kept.testing.machine import clients


class SessionMachine(StoreMachine):
    """Each client is a user. The session holds how many pages the user has seen."""

    keys = ()
    config: ClassVar[dict[str, Any]] = {"sloppy": False}

    def begin(self) -> None:
        self.pages: dict[int, int] = {}
        """The greatest number of pages that each user tried to save."""
        self.saved: dict[int, int] = {}
        """The greatest number of which each was told that it is saved."""

    def current(self, client: int) -> tuple[int, Answer]:
        """How many pages the session says."""
        seen = self.cluster.get(f"session-{client}", client=client)
        return max((int(value) for value in seen.values), default=0), seen

    @rule(user=clients())
    def visit(self, user: int) -> None:
        pages, seen = self.current(user)
        if not seen.ok:
            return
        least, most = self.saved.get(user, 0), self.pages.get(user, 0)
        assert least <= pages <= most, f"user {user} has seen {least} pages, and the session says {pages}"
        self.pages[user] = most + 1
        if self.cluster.put(f"session-{user}", str(most + 1), seen, client=user).ok:
            self.saved[user] = most + 1

    def at_rest(self) -> None:
        for user, least in self.saved.items():
            pages, seen = self.current(user)
            assert seen.ok, "at rest a session can be read"
            assert pages >= least, f"user {user} has seen {least} pages, and the session says {pages}"


class LastWriterWinsSessions(SessionMachine):
    """The same on a store that believes clocks."""

    config: ClassVar[dict[str, Any]] = {"sloppy": False, "versions": "lww"}
