"""Numerals: numbers as people write them, in one style everywhere: ``0.71``, ``−2.1``, ``1.2e−8``, ``10,000``.

A zero stands before the decimal sign, the minus is a true one, an exponent has neither plus nor zeros before it, and
thousands are parted from 10,000 on. The decimal sign is that of a person's country: the window sets it once at its
start, before anything is written; elsewhere it is a point. What machines read is never written by these functions.
"""

import math
from collections.abc import Callable, Iterable
from numbers import Integral
from typing import SupportsFloat

PLAIN_FROM, PLAIN_BELOW = 1e-4, 1e4
"""Between these a number has no exponent."""
GROUPED_FROM = 10_000
THIN_SPACE = "\u202f"
"""Parts thousands where a comma is the decimal sign: a point there would be one elsewhere."""

_sign = "."


def use_decimal_sign(sign: str) -> None:
    """Write numbers with a decimal comma from now on, or with a decimal point: any sign but the comma means that."""
    global _sign
    _sign = "," if sign == "," else "."


def decimal_sign() -> str:
    """Give the decimal sign in use, a point or a comma."""
    return _sign


def short(value: float, digits: int = 3) -> str:
    """Write a number in a few significant digits: ``0.743``, ``2.69``, ``1234``, ``1.2e10``, ``−0.42``."""
    if not math.isfinite(value):
        return _beyond(value)
    text = f"{value + 0.0:.{digits}g}"
    size = abs(float(text))
    if "e" in text and PLAIN_FROM <= size < PLAIN_BELOW:
        text = f"{value:.0f}"
    return _dressed(text)


def fixed(value: float, decimals: int = 3) -> str:
    """Write a number with as many decimals as those above and below it; with an exponent where that says nothing."""
    if not math.isfinite(value):
        return _beyond(value)
    if value == 0.0 or 10.0**-decimals <= abs(value) < PLAIN_BELOW:
        return _dressed(f"{value + 0.0:.{decimals}f}")
    return _dressed(f"{value:.2e}")


def telling(value: float) -> str:
    """Write a number that one can reckon with: three decimals, or three digits that count where it is below 1."""
    if not 1e-3 <= abs(value) < 1.0:
        return fixed(value)
    return _dressed(f"{value:.{2 - math.floor(math.log10(abs(value)))}f}")


def written_out(value: float) -> str:
    """Write a number in about four digits that count, seldom with an exponent: ``30,912``, ``12.40``."""
    # from what it is rounded to: 9.9999 is 10.00
    rounded = abs(float(f"{value:.3e}"))
    if not math.isfinite(value) or value == 0.0 or 1e-3 <= rounded < 1.0:
        # no wider than larger ones
        return short(value, 4 if rounded >= 1e-2 else 3)
    if not 1.0 <= rounded < 1e6:
        return _dressed(f"{value:.2e}")
    return _grouped(value, max(0, 3 - math.floor(math.log10(rounded))))


def tick(value: float, spacing: float) -> str:
    """Write a number of an axis with as many decimals as its neighbours need."""
    if abs(value) < spacing * 1e-6:
        return "0"
    if abs(value) >= PLAIN_BELOW or spacing < PLAIN_FROM:
        mantissa, _, exponent = f"{value:.3e}".partition("e")
        return _dressed(f"{mantissa.rstrip('0').rstrip('.')}e{exponent}")
    return _dressed(f"{value:.{max(0, -math.floor(math.log10(spacing) + 1e-9))}f}")


def count_tick(value: float, spacing: float) -> str:
    """Write a count of an axis: ``800``, ``2k``, ``15k``, ``1.5M``; thousands where its neighbours allow."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if spacing >= 0.1 * size and value >= size:
            return f"{short(value / size, 6)}{letter}"
    return tick(value, spacing) if value < PLAIN_BELOW else counted(round(value))


def signed(value: float, write: Callable[[float], str] = fixed) -> str:
    """Write a change with its sign."""
    return f"+{write(value)}" if 0.0 < value < math.inf else write(value)


def exact(value: float) -> str:
    """Write a number with all its digits."""
    return _dressed(repr(value))


def counted(number: int) -> str:
    """Write a whole number: ``1000``, ``10,000``."""
    return _grouped(number, 0)


def typed(value: SupportsFloat) -> str:
    """Write a number that is refused as it was typed: ``nan``, ``−3``; a whole one may be beyond all floats."""
    if isinstance(value, Integral):
        whole = int(value)
        return counted(whole) if abs(whole) < 10**15 else "a number of more than 15 digits"
    number = float(value)
    return short(number, 6) if math.isfinite(number) else f"{number:g}"


def listed(texts: Iterable[str]) -> str:
    """Join numbers: with commas, or with semicolons where a comma is the decimal sign."""
    return (", " if _sign == "." else "; ").join(texts)


def _grouped(value: float, decimals: int) -> str:
    part = "," if abs(round(value, decimals)) >= GROUPED_FROM else ""
    groups = [_dressed(group) for group in f"{value:{part}.{decimals}f}".split(",")]
    return ("," if _sign == "." else THIN_SPACE).join(groups)


def _beyond(value: float) -> str:
    return "infinite" if math.isinf(value) else "not a number"


def _dressed(text: str) -> str:
    """Give what Python wrote in the style of people."""
    mantissa, _, exponent = text.partition("e")
    text = f"{mantissa}e{int(exponent)}" if exponent else mantissa
    return text.replace("-", "−").replace(".", _sign)
