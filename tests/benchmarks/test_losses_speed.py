"""How fast the grids of losses are that need every sample, as ratios to blocked NumPy in the same run."""

from collections.abc import Callable

import numpy as np
import pytest

import lossviz as lv

pytestmark = pytest.mark.benchmark

Cost = Callable[[np.ndarray, np.ndarray], np.ndarray]

COSTS: dict[str, Cost] = {
    "cross_entropy": lambda z, y: np.logaddexp(0.0, z) - y * z,
    "mae": lambda z, y: np.abs(z - y),
    "huber": lambda z, y: np.where(np.abs(z - y) <= 1.0, 0.5 * (z - y) ** 2, np.abs(z - y) - 0.5),
    "hinge": lambda z, y: np.maximum(0.0, 1.0 - np.where(y == 1.0, z, -z)),
}


def made(name: str, rows: int) -> lv.Surface:
    generator = np.random.default_rng(7)
    x = generator.normal(size=rows)
    if name in ("mae", "huber", "mse"):
        y, model = x + generator.standard_t(3, rows), "linear"
    else:
        y, model = (generator.random(rows) < 1.0 / (1.0 + np.exp(-x))).astype(float), "logistic"
    data = lv.Dataset("made", {"x": x, "y": y})
    return lv.fit(data, feature="x", label="y", model=model, loss=name, domain=((-3.0, 3.0), (-3.0, 3.0)))


def blocked(surface: lv.Surface, cost: Cost) -> np.ndarray:
    x, y = surface.data.x, surface.data.y
    w, b = surface.domain.axes(256)
    loss = np.empty((256, 256))
    for i in range(256):
        inner = w[i] * x
        for first in range(0, 256, 16):
            loss[i, first : first + 16] = np.mean(cost(inner + b[first : first + 16, None], y), axis=1)
    return loss


@pytest.mark.parametrize(("name", "wanted"), [("cross_entropy", 4.0), ("mae", 4.0), ("huber", 4.0), ("hinge", 4.0)])
def test_that_a_grid_of_2000_samples_is_made_faster_than_cost_by_cost(measure, record, name, wanted) -> None:
    surface = made(name, 2_000)
    error = float(np.max(np.abs(surface.grid(256).loss / blocked(surface, COSTS[name]) - 1.0)))
    reference, ours = measure(lambda: blocked(surface, COSTS[name]), 3), measure(lambda: surface.grid(256), 9)
    record(
        f"{name} 256x256, 2,000 rows",
        blocked_ms=1e3 * reference,
        ours_ms=1e3 * ours,
        ratio=reference / ours,
        error=f"{error:.1e}",
    )
    assert error < 1e-12
    assert reference / ours > wanted


def test_that_the_grid_of_a_million_rows_of_least_squares_takes_under_a_millisecond(measure, record) -> None:
    surface = made("mse", 1_000_000)
    ours = measure(lambda: surface.grid(256), 30)
    record("mse 256x256, 1,000,000 rows, after one pass", ours_ms=1e3 * ours, limit_ms=1.0)
    assert ours < 1e-3
