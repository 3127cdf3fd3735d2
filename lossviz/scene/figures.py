"""Figures: numbers as they stand in a table or a formula, with a true minus and decimals that line up."""

import numpy as np

from lossviz.diagnosis.wording import short


def fixed(value: float) -> str:
    """Write a number with three decimals where that says enough, else in short; with a true minus."""
    if not np.isfinite(value):
        return short(value)
    if value == 0 or 1e-3 <= abs(value) < 1e4:
        return f"{value:.3f}".replace("-", "−")
    mantissa, _, exponent = f"{value:.2e}".partition("e")
    return f"{mantissa}e{int(exponent)}".replace("-", "−")


def telling(value: float) -> str:
    """Write a number that one can reckon with: three decimals, or three digits that count where it is below 1."""
    if value == 0 or not np.isfinite(value) or not 1e-3 <= abs(value) < 1.0:
        return fixed(value)
    decimals = 2 - int(np.floor(np.log10(abs(value))))
    return f"{value:.{decimals}f}".replace("-", "−")


def signed(value: float) -> str:
    """Write a change with its sign."""
    text = fixed(value)
    return text if text.startswith("−") or not np.isfinite(value) else f"+{text}"


def factor(value: float) -> str:
    """Write a number that stands in a formula beside others: four digits, a zero before the point, no more."""
    if not np.isfinite(value):
        return short(value)
    mantissa, _, exponent = f"{value:.4g}".partition("e")
    return (f"{mantissa}e{int(exponent)}" if exponent else mantissa).replace("-", "−")
