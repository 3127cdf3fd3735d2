"""The lowest point of a sum of Huber losses, with a penalty on the weight."""

import numpy as np
from numpy.typing import NDArray

from lossviz.landscape.corners import MANY, Corners
from lossviz.landscape.penalty import NONE, Penalty, Point

Array = NDArray[np.float64]

ROUNDING = 1e-13
"""The part of what is added up that counts as 0."""
MOST_STEPS = 500


class HuberSum:
    """F(w, b) = Σ weight·h(w·x + b − y), with h(r) = r²/2 for |r| ≤ 1, else |r| − 1/2.

    F is a parabola wherever no residual passes ±1, so that a Newton step that stays on its piece ends at the minimum;
    other steps go to the lowest point along them, which is found exactly too.

    Parameters
    ----------
    x, y, weight : array (n,)

    References
    ----------
    Madsen and Nielsen (1990), Finite algorithms for robust linear regression.
    """

    def __init__(self, x: Array, y: Array, weight: Array) -> None:
        self.x, self.y, self.weight = x, y, weight

    def lowest(self, penalty: Penalty) -> Point | None:
        """Give the lowest point of F and the penalty; None where several are equally low."""
        part = self.weight / np.sum(self.weight)
        mean = float(part @ self.x)
        deviation = float(np.sqrt(part @ (self.x - mean) ** 2))
        middle = float(np.median(self.y))
        if not deviation > 1e-14 * abs(mean):
            level = HuberSum(np.zeros_like(self.x), self.y - middle, self.weight)._level() if penalty else None
            return None if level is None else (0.0, level[1] + middle)
        standard = HuberSum((self.x - mean) / deviation, self.y - middle, self.weight)
        stretched = penalty.stretched(deviation)
        found = stretched.lowest(lambda tilt: standard._newton(tilt, stretched.l2), standard._level)
        if found is None:
            return None
        return found[0] / deviation, found[1] - found[0] * mean / deviation + middle

    def _level(self) -> Point | None:
        """Give the lowest point with w = 0."""
        up = np.array([0.0, 1.0])
        theta = np.zeros(2)
        length = self._lowest_along(theta, up, 0.0, 0.0)
        assert length is not None
        theta = theta + length * up
        inside = np.abs(self._residuals(theta)) < 1.0 - 1e-9
        return (0.0, float(theta[1])) if np.any(inside) or not self._level_along(theta, up) else None

    def _newton(self, tilt: float, l2: float) -> Point | None:
        """Give the lowest point of F + tilt·w + l2·w²."""
        # the least absolute errors lie near where most residuals are beyond ±1, and cross where some are within
        every = max(1, len(self.x) // MANY)
        x, y, weight = self.x[::every], self.y[::every], self.weight[::every]
        start = Corners(x, y, weight, weight, NONE).lowest()
        theta = np.array(start if start is not None else (0.0, 0.0))
        size = float(self.weight @ (1.0 + np.abs(self.x))) + abs(tilt)
        for _ in range(MOST_STEPS):
            r = self._residuals(theta)
            piece, gradient, hessian = self._parabola(r)
            gradient[0] += tilt + 2.0 * l2 * theta[0]
            hessian[0, 0] += 2.0 * l2
            curvatures, axes = np.linalg.eigh(hessian)
            curved = curvatures > 1e-12 * curvatures[-1] if curvatures[-1] > 0.0 else np.zeros(2, dtype=bool)
            along = axes.T @ gradient
            downhill = ~curved & (np.abs(along) > ROUNDING * size)
            if np.any(downhill):
                step = -axes @ np.where(downhill, along, 0.0)
                step /= float(np.hypot(*step))
            else:
                step = -axes @ np.where(curved, along / np.where(curved, curvatures, 1.0), 0.0)
                end = theta + step
                stays = np.array_equal(piece, self._parabola(self._residuals(end))[0])
                if stays or np.all(np.abs(step) <= 1e-15 * (1.0 + np.abs(theta))):
                    if any(self._level_along(end, axes[:, k]) for k in (0, 1) if not curved[k]):
                        return None
                    return float(end[0]), float(end[1])
                if self._value(end, tilt, l2) < self._value(theta, tilt, l2):
                    theta = end
                    continue
            length = self._lowest_along(theta, step, tilt, l2)
            if length is None:
                return None
            theta = theta + length * step
        return None

    def _value(self, theta: Array, tilt: float, l2: float) -> float:
        """Give F + tilt·w + l2·w²."""
        away = np.abs(self._residuals(theta))
        near = np.minimum(away, 1.0)
        w = float(theta[0])
        return float(self.weight @ (near * (away - 0.5 * near))) + tilt * w + l2 * w * w

    def _residuals(self, theta: Array) -> Array:
        return np.asarray(theta[0] * self.x + theta[1] - self.y)

    def _parabola(self, r: Array) -> tuple[NDArray[np.int8], Array, Array]:
        """Give which piece each residual is on (-1, 0, 1), and gradient and Hessian of F there."""
        piece = (r >= 1.0).astype(np.int8) - (r <= -1.0)
        slope = self.weight * np.clip(r, -1.0, 1.0)
        inside = np.where(piece == 0, self.weight, 0.0)
        mixed = float(inside @ self.x)
        hessian = np.array([[float(inside @ self.x**2), mixed], [mixed, float(np.sum(inside))]])
        return piece, np.array([float(slope @ self.x), float(np.sum(slope))]), hessian

    def _lowest_along(self, theta: Array, step: Array, tilt: float, l2: float) -> float | None:
        """Give how many steps from theta F + tilt·w + l2·w² is lowest; None where it falls for ever."""
        r, change = self._residuals(theta), step[0] * self.x + step[1]
        moving = change != 0.0
        r, change, weight = r[moving], change[moving], self.weight[moving]
        middle, half = -r / change, 1.0 / np.abs(change)
        bend = weight * change * change
        at = np.concatenate([middle - half, middle + half])
        order = np.argsort(at)
        at = at[order]
        # the derivative is straight between these places
        own = 2.0 * l2 * step[0] ** 2
        curvature = np.cumsum(np.concatenate([bend, -bend])[order]) + own
        first = -float(weight @ np.abs(change)) + (tilt + 2.0 * l2 * theta[0]) * step[0] + own * at[0]
        slope = first + np.concatenate([[0.0], np.cumsum(curvature[:-1] * np.diff(at))])
        rising = np.flatnonzero(slope >= 0.0)
        k = int(rising[0]) if rising.size else len(at)
        if k == 0 or k == len(at):
            # beyond all samples only l2 bends it
            end = min(k, len(at) - 1)
            return float(at[end] - slope[end] / own) if own > 0.0 else None
        return float(at[k - 1] - slope[k - 1] / curvature[k - 1]) if curvature[k - 1] > 0.0 else float(at[k])

    def _level_along(self, theta: Array, axis: Array) -> bool:
        """Tell whether F stays as low as at its lowest point theta for some way along an axis without curvature."""
        r, change = self._residuals(theta), axis[0] * self.x + axis[1]
        # how far it is until a residual that is not within ±1 gets there
        outside = np.abs(r) >= 1.0 - 1e-9
        nearing = np.where(outside, -np.sign(r) * change, 0.0)
        gap = np.maximum(np.abs(r) - 1.0, 0.0)
        for way in (1.0, -1.0):
            towards = way * nearing > 1e-12
            if not np.any(towards) or float(np.min(gap[towards] / np.abs(nearing[towards]))) > 1e-9:
                return True
        return False
