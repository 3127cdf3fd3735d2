"""Function: a test function as a surface, which knows its name, its minima and what it teaches."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from lossviz.landscape.domain import Bounds, Domain
from lossviz.landscape.expression import Expression, expression
from lossviz.landscape.function_file import Definition
from lossviz.landscape.naming import unknown
from lossviz.landscape.pretty import pretty

EQUAL = 1e-9
"""Up to here, relative to their size or to 1, the losses of two minima are the same."""

_COORDINATE = re.compile(r"\b[wb]\b")


@dataclass(frozen=True)
class Minimum:
    """A known minimum: where it lies, and the loss there."""

    w: float
    b: float
    loss: float


class Function(Expression):
    """A test function: an Expression that its file says more of.

    Parameters
    ----------
    definition : Definition
        What the file says.
    domain : Domain, pair of pairs or None
        What is looked at; None: what the file says.
    values : float
        Its params by name, where they are not to be as the file says.
    """

    def __init__(self, definition: Definition, domain: Domain | Bounds | None = None, **values: float) -> None:
        looked_at = definition.domain if domain is None else domain
        super().__init__(definition.formula, looked_at, definition.params, values)
        self.definition = definition
        if definition.smooth is not None:
            self.smooth = definition.smooth

    @property
    def name(self) -> str:
        """Its name in the API and in files."""
        return self.definition.name

    @property
    def title(self) -> str:
        """Its name in words."""
        return self.definition.title

    @property
    def formula(self) -> str:
        """The loss in symbols, as in a book."""
        return formula_of(self.definition)

    @property
    def minima(self) -> tuple[Minimum, ...]:
        """The known minima, at the values that its params have now.

        All that are lowest over the domain of the file are there, and, where they are few, those that are only lower
        than what is around them.
        """
        return _minima(self.definition, tuple(self.values.items()))

    @property
    def known_minimum(self) -> tuple[float, float] | None:
        """The lowest of the minima; None where there is none, or several are equally low."""
        lowest = sorted(self.minima, key=lambda minimum: minimum.loss)[:2]
        if len(lowest) == 2 and lowest[1].loss - lowest[0].loss <= EQUAL * max(1.0, abs(lowest[0].loss)):
            return None
        return (lowest[0].w, lowest[0].b) if lowest else None


def formula_of(definition: Definition) -> str:
    """Write the loss in symbols, as in a book; nothing is made of it."""
    symbols = {param.name: param.symbol for param in definition.params}
    return pretty(definition.display or definition.formula, symbols)


@lru_cache(maxsize=256)
def _minima(definition: Definition, values: tuple[tuple[str, float], ...]) -> tuple[Minimum, ...]:
    return tuple(Minimum(*(constant(text, dict(values)) for text in row)) for row in definition.minima)


def constant(text: str, values: Mapping[str, float]) -> float:
    """Reckon out an expression of named numbers alone.

    Raises
    ------
    ValueError
        If the text is not such an expression, or has no finite value.
    """
    try:
        value = float(text)
    except ValueError:
        value = math.nan if _COORDINATE.search(text) else _reckoned(text, values)
    if not math.isfinite(value):
        raise ValueError(f"expected a number, or a formula of the params alone, found '{text}'.")
    return value


def _reckoned(text: str, values: Mapping[str, float]) -> float:
    # an expression has w or b in it; what is put behind the text must not make a torn one whole
    made = expression(f"{text} / 1 + 0*w")
    for param in made.params:
        if param.name not in values:
            raise ValueError(unknown("one of the params", param.name, values))
    return float(made.with_values(**{param.name: values[param.name] for param in made.params}).loss(0.0, 0.0))
