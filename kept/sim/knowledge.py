"""What several copies of one key know together: the atlas's own reading of contexts and versions.

It shares nothing with the store's merge, and asks for no more than dots and contexts; so it stands by itself where a
seeded bug lets the store give one name to two versions.
"""

from dynamo.core.siblings import Siblings
from dynamo.core.vector import Dot


class Knowledge:
    """The union of copies: all that one of them has seen, and the versions that none of them has seen replaced."""

    def __init__(self) -> None:
        self.seen: dict[str, int] = {}
        self.standing: dict[Dot, None] = {}

    def add(self, copy: Siblings) -> None:
        """One copy more."""
        theirs = {version.dot: None for version in copy.versions}
        context = copy.context
        standing = {dot: None for dot in self.standing if dot in theirs or context.get(dot[0], 0) < dot[1]}
        for dot in theirs:
            if dot in self.standing or self.seen.get(dot[0], 0) < dot[1]:
                standing[dot] = None
        self.standing = standing
        for actor, counter in context.items():
            if counter > self.seen.get(actor, 0):
                self.seen[actor] = counter

    def covers(self, copy: Siblings) -> bool:
        """Whether `copy` has seen nothing, and has seen nothing replaced, that is not known here."""
        if any(counter > self.seen.get(actor, 0) for actor, counter in copy.context.items()):
            return False
        theirs = {version.dot for version in copy.versions}
        return all(dot in theirs or copy.context.get(dot[0], 0) < dot[1] for dot in self.standing)
