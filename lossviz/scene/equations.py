"""Equations: the rule of a run in symbols, and the same with the numbers of one step put in, line by line."""

from dataclasses import dataclass

import numpy as np

from lossviz.numerals import fixed, listed, short, telling
from lossviz.rules.formula_nodes import Negative, Node
from lossviz.rules.formula_reading import read
from lossviz.rules.terms import RATE, SLOPE, Term
from lossviz.scene.plane import best_bias
from lossviz.scene.scene import Descent, Scene
from lossviz.scene.terms import WorkedStep

FACTOR = 4
"""Digits of a number that stands in a formula beside others."""


@dataclass(frozen=True)
class Equation:
    """One line of a rule in symbols, and with numbers.

    Parameters
    ----------
    name : str
        What it gives, in a word or two.
    symbols : str
    lines : tuple of str
        With numbers, one for each free parameter where it is about both.
    parts : tuple of str
        The micro-steps that it belongs to.
    """

    name: str
    symbols: str
    lines: tuple[str, ...]
    parts: tuple[str, ...] = ()


def equations(scene: Scene, descent: Descent, worked: WorkedStep | None, row: int) -> tuple[Equation, ...]:
    """Give the equations of a step; where none is made from there, the slope alone; then the rate's limit.

    Parameters
    ----------
    worked : WorkedStep, optional
    row : int
        Where the step begins.
    """
    t = descent.trajectory
    slope = [telling(float(t.gradients[row, i])) for i in t.free]
    symbols, numbers = ", ".join(_by(scene.symbols[i]) for i in t.free), listed(slope)
    single = len(t.free) == 1
    made = [
        Equation(
            "slope",
            f"g = {symbols}" if single else f"g = ({symbols})",
            (f"g = {numbers}" if single else f"g = ({numbers})",),
            (SLOPE,),
        )
    ]
    if worked is not None:
        made += [_line(scene, worked, term) for term in worked.terms[1:-1] if term.symbol != term.formula]
        made.append(_update(scene, descent, worked))
    if scene.pair is not None:
        w1, w2 = (float(value) for value in t.path[row])
        made.append(Equation("best bias", "b: ∂L/∂b = 0", (f"b = {fixed(best_bias(scene.pair, w1, w2))}",)))
    limit = limit_equation(scene, descent, row)
    return (*made, limit) if limit is not None else tuple(made)


def _line(scene: Scene, worked: WorkedStep, term: Term) -> Equation:
    """Give the equation of one term."""
    names = scene.symbols
    if np.ndim(worked.values[term.symbol]) == 0:
        # the same for both: a count, or a factor that depends on the step alone
        symbols = f"{term.symbol} = {term.formula}" if term.formula else term.symbol
        value = of_both(float(worked.values[term.symbol]))
        return Equation(term.name, symbols, (f"{term.symbol} = {value}",), (term.part,))
    if not term.formula:
        found = [(names[i], worked.pair(term.symbol)[i]) for i in worked.free]
        lines = tuple(f"{name}: {telling(value)}" for name, value in found if value is not None)
        return Equation(term.name, term.symbol, lines, (term.part,))
    return Equation(
        term.name,
        f"{term.symbol} = {term.formula}",
        tuple(f"{names[i]}: {_filled(worked, term.tree, i)} = {_number(worked, term.symbol, i)}" for i in worked.free),
        (term.part,),
    )


def of_both(value: float) -> str:
    """Write a number that the parameters share; some are counts."""
    return short(value) if value.is_integer() else telling(value)


def _update(scene: Scene, descent: Descent, worked: WorkedStep) -> Equation:
    """Give the line that changes the parameters, for each of them in symbols and with numbers."""
    tree, path = worked.terms[-1].tree, descent.trajectory.path
    sign, of = ("−", tree.of) if isinstance(tree, Negative) else ("+", tree)
    lines = []
    for i in worked.free:
        name, by = scene.symbols[i], _by(scene.symbols[i])
        symbols = of.text(lambda symbol, by=by: by if symbol == "g" else str(symbol), False)  # type: ignore[misc]
        lines.append(f"{name} ← {name} {sign} {symbols}")
        before, after = float(path[worked.k, i]), float(path[worked.k, i] + worked.step[i])
        lines.append(f"{name} ← {fixed(before)} {sign} {_filled(worked, of, i, False)} = {fixed(after)}")
    return Equation("step", f"θ ← θ {sign} {of.text(str, False)}", tuple(lines), (RATE, "move"))


def _by(name: str) -> str:
    """Write the slope along a parameter."""
    return f"∂L/∂{name}"


def limit_equation(scene: Scene, descent: Descent, row: int) -> Equation | None:
    """Give the limit of the rate with its numbers; None where no exact one is known."""
    t = descent.trajectory
    limit = float(t.evidence.limits[row])
    if not (t.rule.limit_formula and np.isfinite(limit)):
        return None
    rate = float(t.learning_rates[min(row, t.steps - 1)]) if t.steps else float(t.rule.learning_rate)
    values = {param.symbol: t.rule.values[param.name] for param in t.rule.params()}
    values["λmax"] = float(t.evidence.eigenvalues[row, -1])
    share = f"η = {short(rate, FACTOR)} is {short(rate / limit)} of it"
    formula = read(t.rule.limit_formula)
    numbers = formula.text(lambda symbol: short(values[str(symbol)], FACTOR))
    return Equation(
        "limit" if scene.surface.quadratic else "limit here",
        f"η < {t.rule.limit_formula}",
        (f"{numbers} = {fixed(limit)}", share) if any(formula.symbols()) else (share,),
    )


def _number(worked: WorkedStep, symbol: str, i: int) -> str:
    value = worked.pair(symbol)[i]
    return telling(value if value is not None else np.nan)


def _filled(worked: WorkedStep, tree: Node, i: int, begins: bool = True) -> str:
    """Write a formula with the numbers of parameter `i` put in; what is the same for both is worked out."""

    def write(piece: str | float) -> str:
        return _number(worked, piece, i) if isinstance(piece, str) else short(piece, FACTOR)

    return tree.folded(worked.values).text(write, begins)
