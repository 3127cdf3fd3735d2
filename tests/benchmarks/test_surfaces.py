"""How fast test functions are, as ratios to NumPy by hand in the same run: ``pytest tests/benchmarks -m benchmark``."""

import numpy as np
import pytest
from numpy import cos, exp, hypot, pi, sin, sqrt

from lossviz.landscape.calculus.program import program
from lossviz.landscape.functions import bundled, catalogue, surface, surfaces

pytestmark = pytest.mark.benchmark

SIZE = 1024


def himmelblau(w, b):
    first, second = (w * w - 11.0) + b, (w - 7.0) + b * b
    return first * first + second * second


def rosenbrock(w, b):
    rise = b - w * w
    return (1.0 - w) ** 2 + 100.0 * (rise * rise)


def beale(w, b):
    square = b * b
    first, second, third = 1.5 - w * (1.0 - b), 2.25 - w * (1.0 - square), 2.625 - w * (1.0 - square * b)
    return first * first + second * second + third * third


def ravine(w, b):
    across = b - 1.5 * sin(w - 3.0)
    return (w - 3.0) ** 2 / 20.0 + 5.0 * (across * across)


def goldstein_price(w, b):
    s, d = w + b, 2.0 * w - 3.0 * b
    first, square = s + 1.0, d * d
    return (1.0 + first * first * (3.0 * (s * s) - 14.0 * s + 19.0)) * (
        30.0 + square * (3.0 * square - 16.0 * d + 18.0)
    )


def branin(w, b):
    valley = b + (5.0 / pi * w - 5.1 / (4.0 * pi**2) * (w * w) - 6.0)
    return valley * valley + (10.0 * (1.0 - 1.0 / (8.0 * pi)) * cos(w) + 10.0)


def rastrigin(w, b):
    return (20.0 + w * w - 10.0 * cos(2.0 * pi * w)) + (b * b - 10.0 * cos(2.0 * pi * b))


def ackley(w, b):
    waves = exp(0.5 * cos(2.0 * pi * w)) * exp(0.5 * cos(2.0 * pi * b))
    return (20.0 + np.e) - 20.0 * exp(-0.2 / sqrt(2.0) * sqrt(w * w + b * b)) - waves


def griewank(w, b):
    return (w * w / 4000.0 + 1.0) + b * b / 4000.0 - cos(w) * cos(b / sqrt(2.0))


def schaffer2(w, b):
    first, second = w * w, b * b
    wave, far = sin(first - second), (1.0 + 0.001 * first) + 0.001 * second
    return 0.5 + (wave * wave - 0.5) / (far * far)


def drop_wave(w, b):
    square = w * w + b * b
    return -(1.0 + cos(12.0 * sqrt(square))) / (0.5 * square + 2.0)


def eggholder(w, b):
    raised = b + 47.0
    return -raised * sin(sqrt(abs(0.5 * w + raised))) - w * sin(sqrt(abs(w - raised)))


def shubert(w, b):
    return sum(i * cos((i + 1) * w + i) for i in range(1, 6)) * sum(i * cos((i + 1) * b + i) for i in range(1, 6))


def holder_table(w, b):
    return -abs(sin(w) * cos(b) * exp(abs(1.0 - hypot(w, b) / pi)))


BY_HAND = (
    himmelblau, rosenbrock, beale, ravine, goldstein_price, branin, rastrigin, ackley, griewank, schaffer2, drop_wave,
    eggholder, shubert, holder_table,
)  # fmt: skip


@pytest.mark.parametrize("by_hand", BY_HAND, ids=lambda function: function.__name__)
def test_that_a_grid_takes_at_most_twice_the_time_of_numpy_by_hand(by_hand, measure, record) -> None:
    made = surface(by_hand.__name__)
    w, b = made.domain.axes(SIZE)
    loss = made.grid(SIZE).loss
    error = float(np.max(np.abs(by_hand(w[:, None], b[None, :]) - loss)) / np.max(np.abs(loss)))
    # in turns, as others may use the machine
    pairs = [
        (measure(lambda: by_hand(w[:, None], b[None, :]), 4), measure(lambda: made.grid(SIZE), 4)) for _ in range(4)
    ]
    reference, ours = (min(times) for times in zip(*pairs, strict=True))
    record(
        f"grid {SIZE}x{SIZE} of {made.name}",
        by_hand_ms=1e3 * reference,
        ours_ms=1e3 * ours,
        ratio=ours / reference,
        error=f"{error:.1e}",
    )
    assert error < 1e-12
    assert ours / reference <= 2.0


def test_that_a_grid_of_every_function_takes_at_most_100_ms(measure, record) -> None:
    times = {}
    for name in surfaces():
        made = surface(name)
        times[name] = measure(lambda made=made: made.grid(SIZE), 3)
    slowest = max(times, key=times.__getitem__)
    record(f"grids {SIZE}x{SIZE} of all functions", slowest=slowest, slowest_ms=1e3 * times[slowest], limit_ms=100.0)
    assert times[slowest] < 0.1


def test_that_all_functions_are_listed_and_one_is_made_in_the_time_of_a_frame(measure, record) -> None:
    def listed() -> None:
        bundled.cache_clear()
        catalogue()

    def built() -> None:
        program.cache_clear()
        surface("shubert").loss(0.0, 0.0)

    first, again, one = measure(listed), measure(catalogue), measure(built)
    record(
        "catalogue of functions",
        first_ms=1e3 * first,
        again_ms=1e3 * again,
        longest_formula_ms=1e3 * one,
        limit_ms=16.0,
    )
    assert first < 0.016
    assert one < 0.016
