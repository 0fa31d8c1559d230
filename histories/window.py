"""Text that is parsed while it is read: elements are taken from a window, which is moved on where one is not whole."""

from histories.source import Source


class Window:
    """A part of a file's text. It ends behind a line, unless the file does not, so no token but a text is cut."""

    def __init__(self, source: Source) -> None:
        self.text = ""
        self._source = source.texts()
        self._at, self._line = 0, 1
        self.more(0)

    def more(self, at: int) -> bool:
        """Forget what stands before `at` and read as much again as is left; whether there was more.

        Then `text` begins at what stood at `at`. The window doubles: an element of any length is read in linear time.
        """
        left = self.text[at:]
        parts, size = [left], 0
        for part in self._source:
            parts.append(part)
            size += len(part)
            if size >= len(left):
                break
        if not size:
            return False
        self.line_of(at)
        self.text, self._at = "".join(parts), 0
        return True

    def line_of(self, at: int) -> int:
        """The line of the offset `at`, from 1."""
        if at < self._at:
            return self._line - self.text.count("\n", at, self._at)
        self._line += self.text.count("\n", self._at, at)
        self._at = at
        return self._line
