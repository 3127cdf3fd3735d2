"""What a person's test function says of itself is tried out: its formula, and that its minima are some."""

from collections.abc import Iterator

import numpy as np

from lossviz.landscape.expression import Expression
from lossviz.landscape.function import Function, Minimum, constant
from lossviz.landscape.function_file import Definition
from lossviz.landscape.naming import unknown
from lossviz.landscape.toml_table import TomlTable

NEAR = 1e-6
"""How far from its true place a stated minimum may be, in widths of the domain; a stated loss, relative to it or 1."""
AROUND = 1e-3
"""How far around a minimum no loss may be lower, in widths of the domain."""
GRID = 16


def prove(definition: Definition, table: TomlTable) -> None:
    """Try out a definition.

    Parameters
    ----------
    definition : Definition
        As it was read.
    table : TomlTable
        What it was read from.

    Raises
    ------
    ValueError
        If the formula can't be used, or something stated isn't so; the sentence names file, line and key.
    """
    function = _built(definition, table)
    grid = function.grid(GRID)
    if not np.any(np.isfinite(grid.loss)):
        raise table.wrong("formula", "the loss is nowhere finite on the domain.")
    if definition.display:
        try:
            shown = Expression(definition.display, definition.domain, definition.params).grid(GRID)
        except ValueError as error:
            raise table.wrong("display", str(error)) from None
        if not np.allclose(shown.loss, grid.loss, rtol=NEAR, atol=NEAR, equal_nan=True):
            raise table.wrong("display", "it is not equal to the formula.")
    for values in _settings(definition):
        _prove_minima(function.with_values(**values), table)


def _built(definition: Definition, table: TomlTable) -> Function:
    try:
        function = Function(definition)
    except ValueError as error:
        raise table.wrong("formula", str(error)) from None
    declared = [param.name for param in definition.params]
    for param in function.params:
        if param.name not in declared:
            raise table.wrong("formula", unknown("w, b or one of its params", param.name, ("w", "b", *declared)))
    return function


def _settings(definition: Definition) -> Iterator[dict[str, float]]:
    """Give values of the params for which minima must hold: the defaults, and the ends of what each slider covers."""
    yield {}
    for param in definition.params:
        for value in param.shown:
            if param.low < value < param.high:
                yield {param.name: value}


def _prove_minima(function: Function, table: TomlTable) -> None:
    for row, texts in zip(table.rows("minima"), function.definition.minima, strict=True):
        for key, text in zip(("w", "b", "loss"), texts, strict=True):
            try:
                constant(text, function.values)
            except ValueError as error:
                raise row.wrong(key, str(error)) from None
    for row, minimum in zip(table.rows("minima"), function.minima, strict=True):
        fault = _fault(function, minimum)
        if fault:
            at = ", ".join(f"{name} = {value:g}" for name, value in function.values.items())
            raise row.wrong("", f"{fault}{f' (where {at})' if at else ''}.")


def _fault(function: Function, minimum: Minimum) -> str:
    """Say why a place is no minimum, without a full stop; "" where it is one."""
    w, b = minimum.w, minimum.b
    width = np.array(function.domain.width)
    loss = float(function.loss(w, b))
    if not abs(loss - minimum.loss) <= NEAR * max(1.0, abs(loss)):
        return f"the loss at ({w:.10g}, {b:.10g}) is {loss:.10g}, not {minimum.loss:.10g}"
    slope, curvature = function.gradient(w, b), function.hessian(w, b)
    if np.all(np.isfinite(curvature)) and np.linalg.eigvalsh(curvature)[0] > 0.0:
        step = np.linalg.solve(curvature, slope)
        if np.any(np.abs(step) > NEAR * width):
            return f"({w:.10g}, {b:.10g}) is no minimum; one may be at ({w - step[0]:.10g}, {b - step[1]:.10g})"
    angles = np.linspace(0.0, 2.0 * np.pi, 24, endpoint=False)
    around = function.loss(w + AROUND * width[0] * np.cos(angles), b + AROUND * width[1] * np.sin(angles))
    if np.any(around < loss):
        return f"({w:.10g}, {b:.10g}) is no minimum: the loss is lower near by"
    return ""
