"""The lowest point of a sum of corners: absolute errors or hinges, with a penalty on the weight."""

import numpy as np
from numpy.typing import NDArray

from lossviz.landscape.penalty import Penalty, Point

Array = NDArray[np.float64]

ROUNDING = 1e-12
"""The part of what is added up that counts as 0."""
MANY = 10_000
"""Samples from which on not all of them are looked at each time."""
MOST_LINES = 1_000
ACROSS = -1
"""Down along the bias, where no other sample's line leads."""


class Corners:
    """F(w, b) = Σ above·max(r, 0) + below·max(−r, 0) + l1·|w| + l2·w², with r = w·x + b − corner.

    Every sample has a line in the plane, where its r is 0. F is lowest where two such lines cross, or with l2 somewhere
    on one of them. So the walk goes along lines, each time to the lowest point of the whole line, and on from there
    along the line that leads down; no line is walked twice, and it ends where none leads down. Exact but for rounding,
    whatever the number of samples.

    Parameters
    ----------
    x, corner, above, below : array (n,)
    penalty : Penalty

    References
    ----------
    Wesolowsky (1981), A new descent algorithm for the least absolute value regression problem.
    """

    def __init__(self, x: Array, corner: Array, above: Array, below: Array, penalty: Penalty) -> None:
        self.x, self.corner = x, corner
        self.above, self.below = above, below
        self.both = above + below
        self.l1, self.l2 = penalty.l1, penalty.l2

    def lowest(self) -> Point | None:
        """Give the lowest point; None where several are equally low, or there is none."""
        line = self._lowest_bias(self._near())
        for _ in range(MOST_LINES):
            found = None if line is None else self._lowest_weight(line)
            if line is None or found is None:
                return None
            w, crossing = found
            down, single = self._leading_down(line, w, crossing)
            if down is None:
                return (w, float(self.corner[line] - w * self.x[line])) if single else None
            line = self._lowest_bias(w) if down == ACROSS else down
        return None

    def _near(self) -> float:
        """Give a weight near the lowest point: that of some of the samples where there are many, else least squares."""
        every = len(self.x) // MANY
        if every > 1:
            above, below = self.above[::every] * every, self.below[::every] * every
            found = Corners(self.x[::every], self.corner[::every], above, below, Penalty(self.l1, self.l2)).lowest()
            if found is not None:
                return found[0]
        away = self.x - np.mean(self.x)
        return float(away @ self.corner) / (float(away @ away) or 1.0)

    def _lowest_bias(self, w: float) -> int | None:
        """Give the sample on whose line F is lowest at this weight; None where it is so for every small bias."""
        if not np.any(self.below):
            return None
        return _turn(self.corner - w * self.x, self.both, -float(np.sum(self.below)), 0.0)[0]

    def _lowest_weight(self, line: int) -> tuple[float, int] | None:
        """Give where F is lowest along a sample's line: the weight, and the sample whose line crosses there, else -1.

        None where every weight is equally good.
        """
        dx = self.x - self.x[line]
        moving = np.flatnonzero(dx)
        dx = dx[moving]
        bend = self.both[moving] * np.abs(dx)
        at = (self.corner[moving] - self.corner[line]) / dx
        sample = moving
        if self.l1 > 0.0:
            at, bend, sample = np.append(at, 0.0), np.append(bend, 2.0 * self.l1), np.append(moving, -1)
        if not at.size:
            return (0.0, -1) if self.l2 > 0.0 else None
        first = -float(np.where(dx > 0.0, self.below[moving], self.above[moving]) @ np.abs(dx)) - self.l1
        k, before, after = _turn(at, bend, first, self.l2)
        w = float(at[k])
        for slope, beyond in ((before, before + 2.0 * self.l2 * w > 0.0), (after, after + 2.0 * self.l2 * w < 0.0)):
            if self.l2 > 0.0 and beyond:
                return -slope / (2.0 * self.l2), -1
        return w, int(sample[k])

    def _leading_down(self, line: int, w: float, crossing: int) -> tuple[int | None, bool]:
        """Tell where F falls from the lowest point of a line: along the line of which sample, ACROSS it, or None.

        And whether that point, where F falls nowhere, is the only lowest one. Between two neighbouring lines F is
        straight but for l2, so it is enough to look along each.
        """
        dx, drop = self.x - self.x[line], self.corner - self.corner[line]
        r = w * dx - drop
        here = np.abs(r) <= 4.0 * ROUNDING * (np.abs(w * dx) + np.abs(drop))
        if crossing >= 0:
            here[crossing] = True
        slopes = np.where(here, 0.0, np.where(r > 0.0, self.above, -self.below))
        kink = self.l1 if w == 0.0 else 0.0
        across = float(np.sum(slopes))
        along = float(slopes @ dx) + self.l1 * np.sign(w) + 2.0 * self.l2 * w
        crossings = np.flatnonzero(here)
        crossings = crossings[np.argsort(dx[crossings])]
        at, above, below = dx[crossings], self.above[crossings], self.below[crossings]
        # along line m with the weight, samples to its right rise above their corners, those to its left sink below
        right_above, left_above = _beside(at, above)
        right_below, left_below = _beside(at, below)
        straight = along - across * at
        forth = straight + right_above + left_below + kink
        back = -straight + right_below + left_above + kink
        size, weight = float(self.both @ np.abs(dx)) + self.l1 + 2.0 * self.l2 * abs(w), float(np.sum(self.both))
        # where all features are equal and nothing is added, it rises nowhere along
        scale = size + np.abs(at) * weight
        rise = np.minimum(forth, back) / np.where(scale > 0.0, scale, 1.0)
        aside = min(across + float(np.sum(above)), -across + float(np.sum(below))) / weight
        # its own line has been walked
        others = np.where(crossings == line, np.inf, rise)
        steepest = int(np.argmin(others))
        if min(others[steepest], aside) < -ROUNDING:
            return (int(crossings[steepest]) if others[steepest] < aside else ACROSS), False
        return None, bool(aside > ROUNDING and (self.l2 > 0.0 or np.all(rise > ROUNDING)))


def _turn(at: Array, bend: Array, first: float, l2: float) -> tuple[int, float, float]:
    """Find where a function of bends and l2·w² begins to rise.

    Parameters
    ----------
    at, bend : array (n,)
        Where its slope grows, and by how much.
    first : float
        Its slope, that of l2·w² left out, before all bends.
    l2 : float

    Returns
    -------
    The number of the bend behind which it rises, or of the last one, and the slopes before and behind it, again without
    that of l2·w².
    """
    rounding, some = ROUNDING * float(np.sum(bend)), np.arange(len(at))
    if len(at) > MANY:
        # sorting takes longest, and the turn lies where it does for a part of them, or nearby
        part = np.arange(0, len(at), len(at) // 1000)
        part = part[np.argsort(at[part])]
        slope = first + np.cumsum(bend[part]) * (float(np.sum(bend)) / float(np.sum(bend[part])))
        middle = int(np.searchsorted(slope + 2.0 * l2 * at[part], 0.0))
        low, high = at[part[max(0, middle - 100)]], at[part[min(len(part) - 1, middle + 100)]]
        below = first + float(np.sum(bend[at < low]))
        beyond = below + float(np.sum(bend[(at >= low) & (at <= high)]))
        if below + 2.0 * l2 * low < -rounding and beyond + 2.0 * l2 * high > rounding:
            some, first = np.flatnonzero((at >= low) & (at <= high)), below
    order = some[np.argsort(at[some])]
    slope = first + np.concatenate([[0.0], np.cumsum(bend[order])])
    rises = slope[1:] + 2.0 * l2 * at[order] >= -rounding
    k = int(np.argmax(rises)) if np.any(rises) else len(order) - 1
    return int(order[k]), float(slope[k]), float(slope[k + 1])


def _beside(at: Array, weight: Array) -> tuple[Array, Array]:
    """Give, for each of some sorted places, the sums of weight·distance to those right and left of it."""
    until, moment = np.cumsum(weight), np.cumsum(weight * at)
    left = at * until - moment
    right = (moment[-1] - moment) - at * (until[-1] - until)
    return right, left
