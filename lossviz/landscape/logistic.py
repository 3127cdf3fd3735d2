"""Smooth losses of a logistic curve: cross-entropy, and the squared error of its probabilities."""

from collections.abc import Generator
from copy import copy
from functools import cached_property

import numpy as np

from lossviz.landscape.domain import Domain, Grid
from lossviz.landscape.factored import FactoredSum
from lossviz.landscape.penalty import Penalty, Point
from lossviz.landscape.pointwise import PointwiseFit


class LogisticFit(PointwiseFit):
    """A loss of σ(w·x + b) that never reaches 0, though it may approach it."""

    @cached_property
    def unbounded_direction(self) -> Point | None:
        """The direction (Δw, Δb) in which every loss falls for ever, or at least stays; None where there is none.

        There is one exactly where all samples of one label lie to the left of those of the other, or at the same
        feature as the first of them: the curve gets steeper and steeper there. Or where all labels are equal: it gets
        higher and higher.
        """
        s = self._samples.samples
        zeros, ones = s.x[s.y == 0.0], s.x[s.y == 1.0]
        if not (zeros.size and ones.size):
            return (0.0, 1.0) if ones.size else (0.0, -1.0)
        # sorted by x
        if s.x[0] == s.x[-1]:
            return None
        for left, right, sign in ((zeros, ones, 1.0), (ones, zeros, -1.0)):
            if left[-1] <= right[0]:
                threshold = float(left[-1] + (right[0] - left[-1]) / 2.0)
                return sign, -sign * threshold
        return None


class CrossEntropy(LogisticFit):
    """Cross-entropy: −log of the probability that the curve gives to what was observed."""

    name = "cross_entropy"

    def _around_minimum(self) -> Domain:
        return super(PointwiseFit, self)._around_minimum()

    def lowest(self, penalty: Penalty) -> Point | None:
        """Give the minimiser by damped Newton steps to rounding; None where the labels are separable or all equal.

        A penalty makes one where they are separable. The steps are made with the feature standardised, as they lose all
        digits in a ravine.
        """
        samples, direction = self._samples.samples, self.unbounded_direction
        if direction is not None and (direction[0] == 0.0 or not penalty):
            return None
        part = samples.weight / np.sum(samples.weight)
        mean = float(part @ samples.x)
        deviation = float(np.sqrt(part @ (samples.x - mean) ** 2))
        if not deviation > 1e-14 * abs(mean):
            return self._level() if penalty else None
        standard = copy(self)
        standard._samples = self._samples.standardized(mean, deviation)
        stretched = penalty.stretched(deviation)
        found = stretched.lowest(lambda tilt: standard._newton(tilt, stretched.l2), self._level)
        return None if found is None else (found[0] / deviation, found[1] - found[0] * mean / deviation)

    def _level(self) -> Point:
        """Give the minimiser among those with w = 0: the log-odds of all samples together."""
        s = self._samples.samples
        ones = float(np.sum(s.weight[s.y == 1.0]))
        return 0.0, float(np.log(ones / np.sum(s.weight[s.y == 0.0])))

    def _newton(self, tilt: float, l2: float) -> Point | None:
        """Give the minimiser of loss + tilt·w + l2·w² by Newton steps from the origin, halved while leading uphill."""
        theta = np.zeros(2)
        value, gradient, scale = self._tilted(theta, tilt, l2)
        for _ in range(100):
            hessian = self.hessian(*theta)
            hessian[0, 0] += 2.0 * l2
            try:
                newton = np.linalg.solve(hessian, gradient)
            except np.linalg.LinAlgError:
                return None
            if not np.all(np.abs(newton) < 1e100):
                return None
            if np.all(np.abs(newton) <= 1e-13 * (1.0 + np.abs(theta))):
                last = theta - newton
                return float(last[0]), float(last[1])
            for halving in range(40):
                candidate = theta - newton * 0.5**halving
                new_value, new_gradient, new_scale = self._tilted(candidate, tilt, l2)
                # near the minimum the loss is equal but for rounding, and the Newton step still the way there
                if new_value <= value + 1e-14 * scale:
                    break
            else:
                # no lower point along the step: rounding is reached, at a minimum or where the loss is 0 but for it
                near = bool(np.all(np.abs(newton) <= 1e-6 * (1.0 + np.abs(theta))))
                return (float(theta[0]), float(theta[1])) if near else None
            theta, value, gradient, scale = candidate, new_value, new_gradient, new_scale
            if not np.all(np.abs(theta) < 1e8):
                return None
        return None

    def _tilted(self, theta: np.ndarray, tilt: float, l2: float) -> tuple[float, np.ndarray, float]:
        """Give loss + tilt·w + l2·w² with its gradient, and the largest of these terms."""
        value, gradient = self.value_and_gradient(theta)
        w = float(theta[0])
        gradient[0] += tilt + 2.0 * l2 * w
        terms = float(value), tilt * w, l2 * w * w
        return sum(terms), gradient, max(abs(term) for term in terms)

    def gridding(self, n: int) -> Generator[float, None, Grid]:
        """Compute the grid with an exponential per row and per column, and one logarithm for eight samples."""
        w, b = self.domain.axes(n)
        factored = FactoredSum(self._samples.for_weights(w))
        near = factored.reaches(w)
        loss, done = np.empty((n, n)), int(np.count_nonzero(near))
        sums = np.zeros((done, n))
        for part in factored.adding_to(sums, w[near], b):
            yield part * done / n
        loss[near] = sums
        for row in np.flatnonzero(~near):
            loss[row] = self.loss(w[row], b)
            done += 1
            yield done / n
        return Grid(w, b, loss)


class SquaredError(LogisticFit):
    """The squared error of the curve's probabilities: not convex, and flat far away."""

    name = "squared_error"

    def _around_minimum(self) -> Domain:
        return CrossEntropy(self.data, None, self.class_weight).domain

    def lowest(self, penalty: Penalty) -> Point | None:
        """Give None: there may be several minima, and none of them is known to be the lowest."""
        return None
