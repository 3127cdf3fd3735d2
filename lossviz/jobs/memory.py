"""Memory: results that the backend keeps, so that what didn't change isn't computed again."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Shelf(Generic[Value]):
    """The most recently used values by key.

    Parameters
    ----------
    room : int
        How many are kept.
    """

    def __init__(self, room: int) -> None:
        self.room = room
        self.made = 0
        """How many values were put in, ever: tests count on it that nothing is computed twice."""
        self._values: OrderedDict[Hashable, Value] = OrderedDict()

    def get(self, key: Hashable) -> Value | None:
        """Give the value of a key, or None."""
        if key in self._values:
            self._values.move_to_end(key)
        return self._values.get(key)

    def put(self, key: Hashable, value: Value) -> Value:
        """Keep a value, and forget the one that was not used for longest if there is no room."""
        self.made += 1
        self._values[key] = value
        while len(self._values) > self.room:
            self._values.popitem(last=False)
        return value
