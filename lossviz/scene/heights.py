"""Heights: the vertical axis: how loss becomes height (linear, log or rank), and at which losses contours lie."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lossviz.landscape.domain import Grid

Array = NDArray[np.float64]

CONTOURS = 12
LOWEST, HIGHEST = 1e-300, 1e300
"""Losses that differ by less than the one are drawn as equal, those beyond the other as infinite: parts and multiples
of them would not be numbers."""


@dataclass(frozen=True, eq=False)
class Heights:
    """From loss to height and back, increasing, losses from `floor` to `ceiling` becoming heights from 0 to 1.

    Drawing ends at the ceiling, the data don't: what is higher is cut off cleanly, and the picture says so.

    Parameters
    ----------
    kind : str
        ``"linear"``; ``"log"``: of the loss above the smallest; ``"rank"``: the part of the domain that lies lower.
    floor, ceiling : float
        The losses at heights 0 and 1.
    lowest : float
        The smallest loss of the grid.
    sorted_losses : array
        The grid's finite losses in order, thinned; used by ``"rank"``.
    """

    kind: str
    floor: float
    ceiling: float
    lowest: float
    sorted_losses: Array

    def height(self, loss: Array | float) -> Array:
        """Give heights of losses; not clipped, except that rank ends at 0 and 1. NaN stays NaN.

        Infinite where the loss is, or the height overflows.
        """
        values = np.asarray(loss, dtype=np.float64)
        if self.kind == "rank":
            ranks = np.interp(values, self.sorted_losses, np.linspace(0.0, 1.0, len(self.sorted_losses)))
            return np.asarray(np.where(np.isnan(values), np.nan, ranks))
        if self.kind == "log":
            small = self._small
            with np.errstate(invalid="ignore", divide="ignore"):
                above = np.log10(np.maximum(values - self.lowest, 0.0) + small) - np.log10(small)
            return np.asarray(above / (np.log10(self.ceiling - self.lowest + small) - np.log10(small)))
        with np.errstate(over="ignore"):
            return np.asarray((values - self.floor) / (self.ceiling - self.floor))

    def shade(self, loss: Array | float) -> Array:
        """Give 0..1 for the colour ramp: low losses get most of the shades, so that the valley is seen."""
        if self.kind == "linear":
            above = (np.asarray(loss, dtype=np.float64) - self.lowest) / (self.ceiling - self.lowest)
            return np.asarray(np.sqrt(np.clip(above, 0.0, 1.0)))
        return np.asarray(np.clip(self.height(loss), 0.0, 1.0))

    @property
    def _small(self) -> float:
        """What is added before the logarithm, so that the smallest loss has a height."""
        return 1e-4 * (self.ceiling - self.lowest)

    @property
    def levels(self) -> Array:
        """The losses of the contour lines: evenly spaced shades, so that the valley gets its lines too."""
        shades = (np.arange(CONTOURS * 2) + 0.5) / CONTOURS
        span = self.ceiling - self.lowest
        if self.kind == "linear":
            levels = self.lowest + span * shades**2
        elif self.kind == "log":
            full = np.log10(span + self._small) - np.log10(self._small)
            levels = self.lowest + 10.0 ** (np.log10(self._small) + full * shades) - self._small
        else:
            inside = shades[shades < 1.0]
            levels = np.interp(inside, np.linspace(0.0, 1.0, len(self.sorted_losses)), self.sorted_losses)
        # np.unique would load numpy.ma, which nothing at the start needs
        return np.array(sorted(set(levels[np.isfinite(levels)].tolist())), dtype=np.float64)

    def ticks(self) -> list[float]:
        """Give a few round losses for the vertical axis, from floor to ceiling."""
        if self.kind == "linear":
            return nice_ticks(self.floor, self.ceiling, 5)
        places = np.linspace(0.0, 1.0, 5)
        if self.kind == "rank":
            return [float(v) for v in np.interp(places, np.linspace(0, 1, len(self.sorted_losses)), self.sorted_losses)]
        full = np.log10(self.ceiling - self.lowest + self._small) - np.log10(self._small)
        return [float(self.lowest + 10.0 ** (np.log10(self._small) + full * p) - self._small) for p in places]


def nice_ticks(low: float, high: float, most: int) -> list[float]:
    """Give about `most` round numbers between low and high, in steps of 1, 2 or 5 times a power of ten."""
    span = high - low
    if not (np.isfinite(span) and span > 0):
        return []
    # a few more are better than half as many
    raw = 0.75 * span / max(1, most)
    power = 10.0 ** np.floor(np.log10(raw))
    step = next(power * factor for factor in (1.0, 2.0, 5.0, 10.0) if power * factor >= raw * (1 - 1e-9))
    first, last = np.ceil(low / step - 1e-9), np.floor(high / step + 1e-9)
    return [float(i * step) for i in np.arange(first, last + 1)]


def heights_for(grid: Grid, start_loss: float, kind: str) -> Heights:
    """Choose the vertical axis for a grid and a start: low enough to show the valley, high enough to hold the start.

    Parameters
    ----------
    grid : Grid
    start_loss : float
        The highest finite loss that a run starts from.
    kind : str
        ``"linear"``, ``"log"`` or ``"rank"``.
    """
    finite = np.sort(grid.loss[np.abs(grid.loss) <= HIGHEST], axis=None)
    if finite.size == 0:
        return Heights(kind, 0.0, 1.0, 0.0, np.array([0.0, 1.0]))
    lowest, highest = float(finite[0]), float(finite[-1])
    if not highest - lowest > LOWEST:
        # a flat surface has a picture too
        spread = 0.5 * abs(lowest) if abs(lowest) > LOWEST else 0.5
        return Heights(kind, lowest - spread, lowest + spread, lowest, np.array([lowest, lowest + spread]))
    middle = float(finite[int(0.6 * (finite.size - 1))])
    rise = middle - lowest if middle > lowest else highest - lowest
    # in steps, so that the axis stands still while a start is dragged
    while np.isfinite(start_loss) and rise < 1.5 * (start_loss - lowest) and rise < highest - lowest:
        rise *= 1.5
    ceiling = highest if kind == "rank" else lowest + min(highest - lowest, rise)
    # losses are seldom negative: where 0 is near, the axis starts there
    floor = 0.0 if 0.0 <= lowest <= 0.5 * ceiling else lowest - 0.08 * (ceiling - lowest)
    thinned = finite[np.linspace(0, finite.size - 1, min(finite.size, 2048)).astype(int)]
    return Heights(kind, floor, ceiling, lowest, thinned)
