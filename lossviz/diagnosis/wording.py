"""Numbers as people write them in a sentence."""

import math


def short(value: float, digits: int = 3) -> str:
    """Write a number in a few significant digits, without a leading zero: ``.743``, ``2.69``, ``1.2e+10``, ``−.42``."""
    if not math.isfinite(value):
        return "infinite" if math.isinf(value) else "not a number"
    text = f"{value:.{digits}g}"
    mantissa, _, exponent = text.partition("e")
    sign = "−" if mantissa.startswith("-") else ""
    mantissa = mantissa.lstrip("-")
    if mantissa.startswith("0."):
        mantissa = mantissa[1:]
    return f"{sign}{mantissa}" + (f"e{exponent}" if exponent else "")


def times(count: int) -> str:
    """Write how often: ``once``, ``twice``, ``14 times``."""
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def rounded_down(value: float) -> float:
    """Round a positive number down to two significant digits, so that a rate advised stays below its limit."""
    if not (math.isfinite(value) and value > 0):
        return value
    power = 10.0 ** (math.floor(math.log10(value)) - 1)
    return math.floor(value / power * (1.0 + 1e-12)) * power
