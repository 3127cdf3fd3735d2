"""The search for a step length that meets the strong Wolfe conditions.

After Nocedal & Wright (2006), algorithms 3.5 and 3.6: lengths grow until two of them hold a good one between them, then
interpolation narrows these two down. A good length t along d, which goes down with the slope s₀:

    L(x + t·d) ≤ L(x) + c₁·t·s₀        and        |s(t)| ≤ c₂·|s₀|
"""

from collections.abc import Generator
from math import fabs, inf, isfinite, sqrt
from typing import NamedTuple

from lossviz.rules.curvature.questions import Answer, Point, inner, onward, ratio

SUFFICIENT = 1e-4
"""c₁, as Nocedal & Wright and PyTorch have it."""
SLOPE_LEFT = 0.9
"""c₂."""
FARTHER, NEARER = 10.0, 0.01
"""How many times as far as before a longer try is at most; and how much farther at least."""
MARGIN = 0.1
"""The part of the bracket that a try keeps from its ends, where the tries before have been too near to one."""
LOSS_ROUNDING = 1e-14
"""What losses differ by without meaning, as a part of them."""


class Trial(NamedTuple):
    """A length that was tried: loss, gradient and slope along the direction there."""

    length: float
    loss: float
    gradient: Point
    slope: float


def strong_wolfe(
    x: Point, d: Point, begin: Trial, length: float, *, most: int, narrow: float, careful: bool
) -> Generator[Point, Answer, tuple[Trial, int]]:
    """Search along d from x; return the trial to go to, and how many were made.

    Parameters
    ----------
    x, d : lists of float
    begin : Trial
        At the length 0.
    length : float
        The first one tried.
    most : int
        Trials at most, and one more.
    narrow : float
        A bracket over which no parameter changes more is not narrowed down.
    careful : bool
        Whether losses that differ by rounding alone count as equal, so that slopes decide, as they do on the next
        length to try; and whether a loss that is not finite counts as too high. PyTorch's search does none of it.
    """
    allowed = LOSS_ROUNDING * fabs(begin.loss) if careful else 0.0
    between = _by_slopes if careful else _by_cubic

    def too_high(trial: Trial, other: Trial | None) -> bool:
        if trial.loss > begin.loss + SUFFICIENT * trial.length * begin.slope + allowed:
            return True
        return other is not None and trial.loss >= other.loss + allowed

    def level_enough(trial: Trial) -> bool:
        return fabs(trial.slope) <= -SLOPE_LEFT * begin.slope

    before, trial = begin, (yield from _tried(x, d, length, careful))
    made = 0
    while True:
        if made >= most:
            bracket = [begin, trial]
            break
        if too_high(trial, before if made > 1 else None):
            bracket = [before, trial]
            break
        if level_enough(trial):
            return trial, made + 1
        if trial.slope >= 0.0:
            bracket = [before, trial]
            break
        least = trial.length + NEARER * (trial.length - before.length)
        length = between(before, trial, least, FARTHER * trial.length)
        before, trial = trial, (yield from _tried(x, d, length, careful))
        made += 1
    longest = max(map(fabs, d))
    low, high = _ordered(bracket)
    cramped = False
    while made < most and not fabs(bracket[1].length - bracket[0].length) * longest < narrow:
        first, last = sorted(trial.length for trial in bracket)
        length = between(bracket[0], bracket[1], first, last)
        margin = MARGIN * (last - first)
        if min(last - length, length - first) < margin:
            if cramped or length >= last or length <= first:
                length = last - margin if fabs(length - last) < fabs(length - first) else first + margin
                cramped = False
            else:
                cramped = True
        else:
            cramped = False
        trial = yield from _tried(x, d, length, careful)
        made += 1
        if too_high(trial, bracket[low]):
            bracket[high] = trial
            low, high = _ordered(bracket)
            continue
        done = level_enough(trial)
        if not done and trial.slope * (bracket[high].length - bracket[low].length) >= 0.0:
            bracket[high] = bracket[low]
        bracket[low] = trial
        if done:
            return trial, made + 1
    best = bracket[low]
    if careful and best.loss >= begin.loss - allowed and not fabs(best.slope) < -begin.slope:
        # neither loss nor slope tells that it is better there
        best = begin
    return best, made + 1


def _tried(x: Point, d: Point, length: float, careful: bool) -> Generator[Point, Answer, Trial]:
    loss, gradient = yield onward(x, length, d)
    slope = inner(gradient, d)
    if careful and not isfinite(loss + slope):
        loss = inf
    return Trial(length, loss, gradient, slope)


def _ordered(bracket: list[Trial]) -> tuple[int, int]:
    """Give the places of the lower and of the higher end."""
    return (0, 1) if bracket[0].loss <= bracket[1].loss else (1, 0)


def _by_cubic(a: Trial, b: Trial, low: float, high: float) -> float:
    """Give where the cubic through two trials is lowest, within bounds; their middle where it has no such place."""
    first = a.slope + b.slope - 3.0 * ratio(a.loss - b.loss, a.length - b.length)
    square = first * first - a.slope * b.slope
    if not square >= 0.0:
        return (low + high) / 2.0
    if a.length > b.length:
        a, b = b, a
    root = sqrt(square)
    share = ratio(b.slope + root - first, b.slope - a.slope + 2.0 * root)
    return min(max(b.length - (b.length - a.length) * share, low), high)


def _by_slopes(a: Trial, b: Trial, low: float, high: float) -> float:
    """Give where the slope would be zero, were it a line through those of two trials, within bounds.

    Losses, whose small differences are rounding, have no say. Where the slope doesn't rise, give the middle of a
    bracket, or as far as may be gone beyond it.
    """
    if not isfinite(a.loss + a.slope + b.loss + b.slope):
        return (low + high) / 2.0
    rise = ratio(b.slope - a.slope, b.length - a.length)
    if not rise > 0.0:
        return high if low >= max(a.length, b.length) else (low + high) / 2.0
    return min(max(a.length - a.slope / rise, low), high)
