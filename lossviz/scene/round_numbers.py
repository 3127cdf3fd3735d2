"""Round numbers: what a hand means that points at a value, or goes on to the next one."""

import math

SLACK = 1e-9
"""By how much of a step a number may miss a multiple of it: it is one all the same."""


def roundest(low: float, high: float) -> float:
    """Give the number with the fewest digits from low to high; of several the one nearest to their middle.

    Parameters
    ----------
    low, high : float
        Finite, low ≤ high.
    """
    if not low < high:
        return low
    if low <= 0.0 <= high:
        return 0.0
    middle = low + (high - low) / 2.0
    power = math.floor(math.log10(max(abs(low), abs(high))))
    while power > -300:
        step = 10.0**power
        found = _times(round(middle / step), power)
        if low <= found <= high:
            return found
        if step < 1e-3 * (high - low):
            break
        power -= 1
    return middle


def nice_step(most: float) -> float:
    """Give the largest of 1, 2 and 5 times a power of ten that is not above `most`, a positive number."""
    power = math.floor(math.log10(most) + SLACK)
    factor = next(factor for factor in (5, 2, 1) if factor * 10.0**power <= most * (1.0 + SLACK) or factor == 1)
    return _times(factor, power)


def next_multiple(value: float, step: float, count: int) -> float:
    """Go on by `count` multiples of a step, up or, where it is negative, down; the first lies beyond the value."""
    places = value / step
    base = math.floor(places + SLACK) if count > 0 else math.ceil(places - SLACK)
    return float(f"{(base + count) * step:.12g}")


def _times(count: int, power: int) -> float:
    # through text: 71·10⁻² is .71, and not the float next to it
    return float(f"{count}e{power}")
