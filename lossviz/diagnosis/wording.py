"""Words for numbers in a verdict: how often, and a rate that is safe to advise."""

import math

from lossviz.numerals import counted


def times(count: int) -> str:
    """Write how often: ``once``, ``twice``, ``14 times``."""
    return {1: "once", 2: "twice"}.get(count, f"{counted(count)} times")


def rounded_down(value: float) -> float:
    """Round a positive number down to two significant digits, so that a rate advised stays below its limit."""
    if not (math.isfinite(value) and value > 0):
        return value
    power = 10.0 ** (math.floor(math.log10(value)) - 1)
    if power == 0.0:
        # so small a number has no second digit
        return value
    return math.floor(value / power * (1.0 + 1e-12)) * power
