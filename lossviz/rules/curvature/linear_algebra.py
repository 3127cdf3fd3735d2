"""The algebra of small vectors (n, *batch) and symmetric matrices (n, n, *batch), the same bits whatever the batch.

Sums are made in one order, by + and ·; NumPy's own would add one run's numbers in another order than a batch's.
"""

import numpy as np

from lossviz.landscape.objective import Array

SWEEPS = 12
"""Rounds of Jacobi's rotations at most: two parameters need one rotation, and five need some five rounds."""
NEGLIGIBLE = 1e-18
"""What is smaller than this part of the diagonal turns no direction that a float can tell apart."""


def dot(a: Array, b: Array) -> Array:
    """Give a·b, shape ``(*batch)``."""
    total = a[0] * b[0]
    for i in range(1, len(a)):
        total = total + a[i] * b[i]
    return np.asarray(total)


def times(matrix: Array, v: Array) -> Array:
    """Give the matrix times v, shape ``(n, *batch)``."""
    return np.stack([dot(row, v) for row in matrix])


def eigen(matrix: Array) -> tuple[Array, Array]:
    """Give the eigenvalues (n, *batch) of symmetric matrices, in no order, and the eigenvectors as columns.

    By Jacobi's rotations: small eigenvalues keep their digits beside large ones, NaN stays in its own run.

    Parameters
    ----------
    matrix : array (n, n, *batch)
    """
    n = len(matrix)
    a, vectors = matrix.copy(), np.zeros_like(matrix)
    for i in range(n):
        vectors[i, i] = 1.0
    for _ in range(SWEEPS if n > 1 else 0):
        for p in range(n):
            for q in range(p + 1, n):
                _rotate(a, vectors, p, q)
        if n == 2 or not any(np.any(a[p, q] != 0.0) for p in range(n) for q in range(p + 1, n)):
            break
    return np.stack([a[i, i] for i in range(n)]), vectors


def _rotate(a: Array, vectors: Array, p: int, q: int) -> None:
    """Turn the plane of p and q so that a[p, q] is 0."""
    app, aqq, apq = a[p, p].copy(), a[q, q].copy(), a[p, q].copy()
    apq = np.where(np.abs(apq) <= NEGLIGIBLE * (np.abs(app) + np.abs(aqq)), 0.0, apq)
    turned = apq != 0.0
    ratio = (aqq - app) / np.where(turned, 2.0 * apq, 1.0)
    tangent = np.where(turned, np.copysign(1.0, ratio) / (np.abs(ratio) + np.sqrt(ratio * ratio + 1.0)), 0.0)
    cosine = 1.0 / np.sqrt(tangent * tangent + 1.0)
    sine = tangent * cosine
    for r in range(len(a)):
        if r not in (p, q):
            arp, arq = a[r, p].copy(), a[r, q].copy()
            a[r, p] = a[p, r] = cosine * arp - sine * arq
            a[r, q] = a[q, r] = sine * arp + cosine * arq
    a[p, p], a[q, q] = app - tangent * apq, aqq + tangent * apq
    a[p, q] = a[q, p] = 0.0
    for row in vectors:
        vp, vq = row[p].copy(), row[q].copy()
        row[p], row[q] = cosine * vp - sine * vq, sine * vp + cosine * vq
