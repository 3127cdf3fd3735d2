"""What a descent is asked for, checked: from where it goes, and for how many steps."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossviz.descent.batches import Batches
from lossviz.descent.conditions import Conditions
from lossviz.landscape.domain import FARTHEST
from lossviz.landscape.objective import Surface
from lossviz.numerals import counted, short, typed
from lossviz.rules.base import Rule

Array = NDArray[np.float64]

FARTHEST_SINGLE = float(np.finfo(np.float32).max)
MOST_STEPS = 10_000_000
MOST_STEPS_TO_AN_END = 10**12
"""Where only the end is kept."""
MOST_ROWS = 500_000_000
"""Steps of all runs together, where they are kept: about 20 GiB."""


def steps_of(surface: Surface, conditions: Conditions, epochs: float) -> int:
    """Give how many steps so many epochs are.

    Raises
    ------
    TypeError, ValueError
        If `epochs` is not a number above 0.
    """
    if isinstance(epochs, (bool, np.bool_)) or not isinstance(epochs, (int, float, np.integer, np.floating)):
        raise TypeError(f"epochs must be a number above 0, not {epochs!r}.")
    if not 0 < epochs < 1e15:
        allowed = "above 0" if not epochs > 0.0 else "below 1e15"
        raise ValueError(f"epochs must be a number {allowed}, not {typed(epochs)}.")
    batches = Batches.of(surface, conditions)
    if batches is None:
        return max(1, math.ceil(round(epochs / conditions.accumulate, 9)))
    return batches.updates_in(epochs)


def checked_steps(steps: int | None, runs: int = 1, keep: str = "path") -> int:
    """Give `steps` if it is a number of steps that can be made and kept, else raise TypeError or ValueError."""
    if isinstance(steps, bool) or not isinstance(steps, (int, np.integer)):
        raise TypeError(f"steps must be a whole number, not {steps!r}.")
    most = MOST_STEPS if keep == "path" else MOST_STEPS_TO_AN_END
    memory = f"{short(float(steps) * runs * 40 / 2**30)} GiB" if 0 < steps < 10**15 else ""
    if not 1 <= steps <= most:
        paths = "that path" if runs == 1 else "these paths"
        needed = f"; {paths} alone would take {memory}; keep='end' takes none" if keep == "path" and memory else ""
        raise ValueError(
            f"steps must be from 1 to {counted(most)}, not {typed(steps)}{needed if most < steps else ''}."
        )
    if keep == "path" and steps * runs > MOST_ROWS:
        what = f"{counted(int(steps))} steps of {counted(runs)} runs"
        raise ValueError(f"{what} can't all be kept: their paths would take {memory}; keep='end' takes none.")
    return int(steps)


def checked_start(start: ArrayLike, rules: Sequence[Rule], precision: str = "float64") -> tuple[Array, bool]:
    """Give starts (2, K), and whether it is a single run."""
    try:
        kind: str = np.asarray(start).dtype.kind
        theta = np.array(start, dtype=np.float64)
    except OverflowError:
        raise ValueError(f"start must lie within ±{short(FARTHEST)}; farther away losses overflow.") from None
    except (TypeError, ValueError):
        kind = ""
    # NumPy would make numbers of switches and of texts too
    if kind in ("", "b", "U", "S", "c"):
        raise TypeError(f"start must be two numbers (w, b), or an array (2, K), not {start!r}.")
    if theta.ndim not in (1, 2) or theta.shape[0] != 2 or theta.size == 0:
        raise ValueError(f"start must be two numbers (w, b), or an array (2, K), not one of shape {theta.shape}.")
    if not np.all(np.isfinite(theta)):
        raise ValueError("start must be finite: a weight and a bias, neither NaN nor infinite.")
    if np.any(np.abs(theta) > FARTHEST):
        raise ValueError(f"start must lie within ±{short(FARTHEST)}; farther away losses overflow.")
    if precision == "float32" and np.any(np.abs(theta) > FARTHEST_SINGLE):
        raise ValueError(f"start must lie within ±{short(FARTHEST_SINGLE)}, the largest number of float32.")
    shapes = {np.shape(value) for rule in rules for value in rule.values.values()} - {()}
    if len(rules) > 1:
        shapes.add((len(rules),))
    single = theta.ndim == 1 and not shapes
    if theta.ndim == 1:
        theta = theta[:, None]
    try:
        (runs,) = np.broadcast_shapes(theta.shape[1:], *shapes)
    except ValueError:
        raise ValueError(
            f"hyperparameters of shape {', '.join(map(str, sorted(shapes)))} don't go with "
            f"{counted(theta.shape[1])} {'start' if theta.shape[1] == 1 else 'starts'}."
        ) from None
    return np.array(np.broadcast_to(theta, (2, runs))), single
