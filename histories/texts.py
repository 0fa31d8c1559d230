"""A table of text that is decoded when it is looked at: a million values of which a person sees four stay bytes."""

from collections.abc import Sequence
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray


class Texts(Sequence[str]):
    """Texts as pieces of one buffer of UTF-8: text i is `data[begins[i]:ends[i]]`."""

    __slots__ = ("_begins", "_data", "_ends")

    def __init__(self, data: NDArray[np.uint8], begins: NDArray[Any], ends: NDArray[Any]) -> None:
        self._data, self._begins, self._ends = data, begins, ends

    def __len__(self) -> int:
        return len(self._begins)

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> "Texts": ...

    def __getitem__(self, index: int | slice) -> "str | Texts":
        if isinstance(index, slice):
            return Texts(self._data, self._begins[index], self._ends[index])
        return self._data[self._begins[index] : self._ends[index]].tobytes().decode()
