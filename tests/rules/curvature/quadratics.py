"""Quadratics of two or more parameters, all that a rule may ask."""

import numpy as np


class Quadratic:
    """½·(θ − m)ᵀ·H·(θ − m) + tilt·θ."""

    def __init__(self, hessian, minimum, tilt=0.0):
        self.matrix, self.minimum = np.array(hessian), np.array(minimum)
        self.tilt = np.broadcast_to(tilt, self.minimum.shape).astype(float)
        self.samples = None

    def _columns(self, vector, theta):
        return vector.reshape(-1, *(1 for _ in theta.shape[1:]))

    def loss(self, *theta):
        return self.value_and_gradient(np.array(theta))[0]

    def value_and_gradient(self, theta):
        away, tilt = theta - self._columns(self.minimum, theta), self._columns(self.tilt, theta)
        pull = self.hessian_vector(theta, away)
        return np.sum(0.5 * away * pull + tilt * theta, axis=0), pull + tilt

    def hessian_vector(self, theta, v):
        return np.stack([sum(a * part for a, part in zip(row, v, strict=True)) for row in self.matrix])
