"""expression: a typed formula makes a surface over weight and bias."""

import copy
from collections.abc import Generator, Mapping, Sequence
from typing import Self

import numpy as np

from lossviz.landscape.base import BaseSurface, InNumbers, IntoArray
from lossviz.landscape.calculus.program import program
from lossviz.landscape.domain import Bounds, Domain, Grid, as_domain
from lossviz.landscape.naming import unknown
from lossviz.landscape.objective import Array, Value
from lossviz.landscape.param import Param

MARGIN = 10.0
"""How many times as far out as the domain slopes must be those of the loss to be reckoned without it."""


class Expression(BaseSurface):
    """A loss that is typed as a formula of w and b: a Surface.

    Derivatives are exact; where the loss is no number, they are none either. At a kink they follow PyTorch: 0 for
    ``abs`` and ``relu``, half of each at a tie of ``max`` and ``min``.

    Parameters
    ----------
    text : str
        Such as ``"(1 - w)**2 + steepness*(b - w**2)**2"``.
    domain : Domain or ((low, high), (low, high))
        What is looked at.
    declared : sequence of Param
        What is known of the numbers that the text names; the others are 1 where no value is given.
    values : mapping of str to float
        The named numbers.

    Raises
    ------
    FormulaError
        If the text is no formula.
    ValueError, TypeError
        If a value is none that its Param allows, or belongs to no name in the text.
    """

    def __init__(
        self,
        text: str,
        domain: Domain | Bounds,
        declared: Sequence[Param] = (),
        values: Mapping[str, float] | None = None,
    ) -> None:
        if not isinstance(text, str):
            raise TypeError(f"a formula is a text, not {text!r}.")
        self._program = program(text)
        self._text = text
        self._domain = as_domain(domain)
        self.smooth = not self._program.kink
        self.quadratic = self._program.quadratic
        names = self._program.names
        known = {param.name: param for param in declared}
        for name in known:
            if name not in names:
                raise ValueError(f"'{name}' is declared, but the formula has no such name in it.")
        given = dict(values or {})
        self._check_names(given)
        self.params = tuple(known.get(name) or _param(name, given.get(name, 1.0)) for name in names)
        self._values = {param.name: float(param.default) for param in self.params}
        self._take(given)

    @property
    def text(self) -> str:
        """The formula as it was typed."""
        return self._text

    @property
    def title(self) -> str:
        """What the loss is, in words."""
        return "typed formula"

    @property
    def formula(self) -> str:
        """The loss in symbols."""
        return self._text

    @property
    def values(self) -> dict[str, float]:
        """The named numbers."""
        return dict(self._values)

    @property
    def kink(self) -> str:
        """The first place in the text that makes it not smooth, ``"abs at column 3"``; "" where it is smooth."""
        return self._program.kink

    @property
    def samples(self) -> int | None:
        """None: there are no data."""
        return None

    @property
    def domain(self) -> Domain:
        """The rectangle that is looked at."""
        return self._domain

    @property
    def known_minimum(self) -> tuple[float, float] | None:
        """None: a formula doesn't tell it."""
        return None

    def with_values(self, **values: float) -> Self:
        """Give the same formula with other named numbers; those that are not named here stay.

        Raises
        ------
        ValueError, TypeError
            If a value is none that its Param allows, or belongs to no name in the text.
        """
        other = copy.copy(self)
        other._values = dict(self._values)
        other._check_names(values)
        other._take(values)
        return other

    def over(self, domain: Domain | Bounds) -> Self:
        """Give the same formula over another rectangle."""
        other = copy.copy(self)
        other._domain = as_domain(domain)
        return other

    def loss(self, w: Value, b: Value) -> Array:
        """Give the loss, broadcasting over any shape."""
        return np.asarray(self._evaluated(0, w, b)[0])

    def value_and_gradient(self, theta: Array) -> tuple[Array, Array]:
        """Give loss ``(*batch)`` and gradient ``(2, *batch)`` at theta ``(2, *batch)``."""
        w, b = theta
        if isinstance(theta, np.ndarray) and theta.ndim > 1 and theta.dtype == np.float64:
            # what a descent of many runs asks at every step
            found = self._program.over(1, w, b, self._numbers)
        else:
            found = self._evaluated(1, w, b)
        return np.asarray(found[0]), found[1:]

    @property
    def in_numbers(self) -> InNumbers:
        """What gives loss and slopes in plain numbers; functions may differ from those of arrays in the last bit."""
        return self._program.in_numbers(1, self._numbers)

    @property
    def slopes_alone(self) -> tuple[IntoArray, float] | None:
        """What writes the gradient alone, and how far out; None where the loss may be no number in the domain."""
        alone = self._program.slopes_alone(self._numbers)
        # what leaves the domain a little should not have left its reach
        farthest = max(map(abs, (*self.domain.w, *self.domain.b)))
        return alone if alone is not None and alone[1] >= MARGIN * farthest else None

    def hessian(self, w: Value, b: Value) -> Array:
        """Give the Hessian, shape ``(2, 2, *batch)``."""
        return self._evaluated(2, w, b)[[[1, 2], [2, 3]]]

    def gridding(self, n: int) -> Generator[float, None, Grid]:
        """Compute the grid: what depends on one axis alone is reckoned along that axis, the rest in blocks of rows."""
        w, b = self.domain.axes(n)
        loss = np.empty((1, n, n))
        yield from self._program.filling(0, w[:, None], b[None, :], self._numbers, loss)
        return Grid(w, b, loss[0])

    def _evaluated(self, order: int, w: Value, b: Value) -> Array:
        """Give the loss, and its derivatives of this order, as one array ``(k, *batch)``."""
        if _is_number(w) and _is_number(b):
            return self._program.at(order, float(w), float(b), self._numbers)
        arrays = np.atleast_1d(np.asarray(w, dtype=np.float64), np.asarray(b, dtype=np.float64))
        return self._program.over(order, *arrays, self._numbers)

    @property
    def _numbers(self) -> tuple[float, ...]:
        return tuple(self._values.values())

    def _check_names(self, values: Mapping[str, float]) -> None:
        for name in values:
            if name not in self._program.names:
                raise ValueError(unknown("a name in this formula", name, self._program.names))

    def _take(self, values: Mapping[str, float]) -> None:
        for param in self.params:
            if param.name in values:
                value = param.check(values[param.name])
                if isinstance(value, np.ndarray):
                    raise TypeError(f"{param.name} must be one number, not {value.size}.")
                self._values[param.name] = float(value)


def expression(
    text: str,
    /,
    *,
    domain: Domain | Bounds = ((-3.0, 3.0), (-3.0, 3.0)),
    declared: Sequence[Param] = (),
    **values: float,
) -> Expression:
    """Give a typed formula of w and b as a surface.

    Parameters
    ----------
    text : str
        Numbers, ``w``, ``b``, ``pi``, ``e`` and other names (each is an adjustable number); + - * / ** and comparisons,
        which are 1 or 0; exp log log2 log10 log1p expm1 sqrt cbrt abs sin cos tan asin acos atan atan2 sinh cosh tanh
        sigmoid softplus relu sign floor hypot; ``max(…)``, ``min(…)``, ``clip(x, low, high)`` and
        ``where(condition, this, that)``.
    domain : Domain or ((low, high), (low, high))
        What is looked at.
    declared : sequence of Param
        What is known of the named numbers: default, allowed range, slider. Default: 1, any number.
    **values : float
        The named numbers: ``expression("(1 - w)**2 + steepness*(b - w**2)**2", steepness=100)``.

    Raises
    ------
    FormulaError
        If the text is no formula; the sentence says what, and at which column.
    ValueError, TypeError
        If a value is none that its Param allows, or belongs to no name in the text.
    """
    return Expression(text, domain, declared, values)


def _is_number(value: Value) -> bool:
    # the first question is the one that a descent asks, and the faster one
    return isinstance(value, float) or np.ndim(value) == 0


def _param(name: str, value: float) -> Param:
    """Give a Param for a name of which nothing is known but a value."""
    try:
        reach = 2.0 * float(value) or 1.0
    except (TypeError, ValueError):
        # the value will be refused
        reach = 1.0
    low = 0.0 if value else -1.0
    return Param(name, name, 1.0, shown=(min(low, reach), max(low, reach)), text=f"The number {name} in the formula.")
