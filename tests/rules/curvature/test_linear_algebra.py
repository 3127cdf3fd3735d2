"""Eigenvalues of small symmetric matrices, side by side."""

import numpy as np
import pytest

from lossviz.rules.curvature.linear_algebra import dot, eigen, times


def symmetric(n, batch, seed=1):
    random = np.random.Generator(np.random.PCG64(seed)).normal(size=(n, n, *batch))
    return random + np.swapaxes(random, 0, 1)


@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_that_eigenvectors_are_orthonormal_and_give_the_matrix_back(n):
    matrix = symmetric(n, (20,))
    values, vectors = eigen(matrix)
    back = np.einsum("ik...,k...,jk...->ij...", vectors, values, vectors)
    np.testing.assert_allclose(back, matrix, atol=1e-13)
    unit = np.einsum("ki...,kj...->ij...", vectors, vectors)
    np.testing.assert_allclose(unit, np.eye(n)[:, :, None] * np.ones(20), atol=1e-14)


@pytest.mark.parametrize("n", [2, 5])
def test_that_each_matrix_is_what_it_is_alone(n):
    matrix = symmetric(n, (7,))
    matrix[0, 0, 3] = np.nan
    with np.errstate(all="ignore"):
        values, vectors = eigen(matrix)
        for lane in range(7):
            alone = eigen(matrix[..., lane])
            np.testing.assert_array_equal(values[:, lane], alone[0])
            np.testing.assert_array_equal(vectors[..., lane], alone[1])
    assert np.all(np.isfinite(np.delete(values, 3, axis=1)))


def test_that_a_small_eigenvalue_keeps_its_digits_beside_a_large_one():
    values, _ = eigen(np.array([[1e12, 1.0], [1.0, 3e-12]]))
    # det = 3 − 1, and the large one is 10¹² but for rounding
    np.testing.assert_allclose(np.sort(values), [2e-12, 1e12], rtol=1e-13)


def test_that_products_are_those_of_numpy():
    matrix, v = symmetric(5, (3,)), symmetric(5, (3,), 2)[0]
    np.testing.assert_allclose(times(matrix, v), np.einsum("ij...,j...->i...", matrix, v), rtol=1e-12)
    np.testing.assert_allclose(dot(v, v), np.sum(v * v, axis=0), rtol=1e-14)
