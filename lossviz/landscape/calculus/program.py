"""Programs: what was made of a formula's text, kept so that it is made once."""

import math
from collections.abc import Callable, Generator, Iterator, Sequence
from functools import lru_cache
from math import prod
from threading import Lock
from types import FunctionType

import numpy as np
from numpy.typing import NDArray

from lossviz.landscape.calculus.derivatives import derivatives
from lossviz.landscape.calculus.emission import ArrayCode, abreast_code, array_code, point_code
from lossviz.landscape.calculus.graph import Node, degree
from lossviz.landscape.calculus.reach import finite_within
from lossviz.landscape.calculus.reading import Formula, read

Array = NDArray[np.float64]

KEPT = 128
"""How many formulas are remembered."""
CACHED = 131_072
"""Numbers that temporaries and outputs of one block may hold together: a mebibyte."""
AT_ONCE = 1_000_000
"""Operations on single cells in one block: some milliseconds."""
FEWEST = 1024
"""Cells of a block, whatever it costs: with fewer, calling takes longer than reckoning."""
ENTRIES = (1, 3, 4)
"""How many numbers an order has: the value; with its slopes by w and b; with its second derivatives ww, wb and bb."""

SLOPES_ALONE = -1
"""Among the orders: the slopes by w and b without the value."""


class Program:
    """The code of one formula: for its value (order 0), with its slopes (1), and with its second derivatives (2).

    Each is made when it is first asked for. Where the value is NaN, so are its derivatives.

    Parameters
    ----------
    formula : Formula
    """

    def __init__(self, formula: Formula) -> None:
        self.names = formula.names
        self.kink = formula.kink
        self.quadratic = degree(formula.value) <= 2
        self._formula = formula
        self._outputs: dict[int, list[Node]] = {}
        self._arrays: dict[int, ArrayCode] = {}
        self._points: dict[int, FunctionType] = {}
        # the window and the backend ask from their own threads
        self._lock = Lock()

    def at(self, order: int, w: float, b: float, numbers: Sequence[float]) -> Array:
        """Give what the order has, ``(k,)``, at one point."""
        return np.array(self.in_numbers(order, numbers)(w, b))

    def in_numbers(self, order: int, numbers: Sequence[float]) -> Callable[[float, float], tuple[float, ...]]:
        """Give a function of two floats that gives what the order has, in floats; it raises nothing."""
        if order not in self._points:
            with self._lock:
                self._points[order] = point_code(self._formula.graph, self._nodes(order), len(self.names))
        written, none = self._points[order], (math.nan,) * ENTRIES[order]
        # with the numbers as defaults of its last arguments, which is faster than giving them each time
        reckoned = FunctionType(written.__code__, written.__globals__, None, tuple(numbers))

        def found_at(w: float, b: float) -> tuple[float, ...]:
            try:
                found = reckoned(w, b)
            except (ValueError, ZeroDivisionError, OverflowError):
                # the arrays' arithmetic gives inf and NaN where that of Python's floats raises
                found = tuple(self.over(order, np.full(1, w), np.full(1, b), numbers)[:, 0].tolist())
            return found if found[0] == found[0] else none

        return found_at

    def over(self, order: int, w: Array, b: Array, numbers: Sequence[float]) -> Array:
        """Give what the order has, ``(k, *batch)``, over arrays of one or more dimensions that broadcast."""
        if w.shape == b.shape and w.size <= FEWEST:
            # a step of some runs, of which the books of blocks would take the larger part
            found = np.empty((ENTRIES[order], *w.shape))
            self._fill(self._code(order), order, w, b, [np.float64(number) for number in numbers], found)
            return found
        found = np.empty((ENTRIES[order], *np.broadcast_shapes(w.shape, b.shape)))
        for _ in self.filling(order, w, b, numbers, found):
            pass
        return found

    def filling(
        self, order: int, w: Array, b: Array, numbers: Sequence[float], found: Array
    ) -> Generator[float, None, None]:
        """Write what ``over`` gives into an array, as a generator that yields its progress after each block."""
        code = self._code(order)
        batch = found.shape[1:]
        w, b = (axis.reshape((1,) * (len(batch) - axis.ndim) + axis.shape) for axis in (w, b))
        # as NumPy's own, what is made of them alone may overflow
        scalars = [np.float64(number) for number in numbers]
        done = 0
        # without temporaries nothing is to be kept near, and what depends on one axis alone is reckoned once a block
        near = CACHED // (code.temporaries + len(found)) if code.temporaries else AT_ONCE
        cells = min(near, AT_ONCE // max(1, code.operations))
        for part in _blocks(batch, max(FEWEST, cells)):
            block = found[:, *part]
            self._fill(code, order, _of(w, part), _of(b, part), scalars, block)
            done += block[0].size
            yield done / max(1, found[0].size)

    def _code(self, order: int) -> ArrayCode:
        if order not in self._arrays:
            with self._lock:
                self._arrays[order] = array_code(self._formula.graph, self._nodes(order), len(self.names))
        return self._arrays[order]

    def _fill(self, code: ArrayCode, order: int, w: Array, b: Array, scalars: Sequence[float], block: Array) -> None:
        with np.errstate(all="ignore"):
            code.run(w, b, *scalars, *block)
        if order:
            none = np.isnan(block[0])
            if none.any():
                block[:, none] = np.nan

    def slopes_alone(self, numbers: Sequence[float]) -> tuple[Callable[[Array, Array], None], float] | None:
        """Give a function that writes the slopes at points (2, K) into an array, and how far out it may be asked.

        None where the value may be no number at points that have slopes: it is not reckoned.
        """
        reach = finite_within(self._formula.value, numbers)
        if not reach:
            return None
        if SLOPES_ALONE not in self._arrays:
            with self._lock:
                outputs = self._nodes(1)[1:]
                self._arrays[SLOPES_ALONE] = abreast_code(self._formula.graph, outputs, len(self.names))
        code, scalars = self._arrays[SLOPES_ALONE], [np.float64(number) for number in numbers]
        scratch = np.empty((code.temporaries, 0))

        def into(theta: Array, out: Array) -> None:
            nonlocal scratch
            w, b = theta
            if scratch.shape[1:] != w.shape:
                scratch = np.empty((code.temporaries, *w.shape))
            code.run(w, b, *scalars, *out, *scratch)

        return into, reach

    def _nodes(self, order: int) -> list[Node]:
        if order not in self._outputs:
            graph, value = self._formula.graph, self._formula.value
            made = derivatives(graph, value, order) if order else []
            self._outputs[order] = [value, *(made[2:] if order == 2 else made)]
        return self._outputs[order]


@lru_cache(maxsize=KEPT)
def program(text: str) -> Program:
    """Give the program of a text.

    Raises
    ------
    FormulaError
        If the text is no formula.
    """
    return Program(read(text))


def _blocks(shape: tuple[int, ...], cells: int) -> Iterator[tuple[slice, ...]]:
    """Yield the parts, of at most so many cells, that an array is made of: whole rows where they fit."""
    length, *inner = shape
    row = prod(inner)
    if row <= cells or not inner:
        rows = max(1, cells // max(1, row))
        for first in range(0, length, rows):
            yield (slice(first, first + rows),)
    else:
        for first in range(length):
            for part in _blocks(tuple(inner), cells):
                yield (slice(first, first + 1), *part)


def _of(axis: Array, part: tuple[slice, ...]) -> Array:
    """Give the part of w or b that belongs to a block: all along a dimension on which it does not depend."""
    return axis[tuple(chosen if length > 1 else slice(None) for chosen, length in zip(part, axis.shape, strict=False))]
