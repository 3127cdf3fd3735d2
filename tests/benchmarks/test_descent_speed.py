"""How fast descents are made, as ratios to what a person writes by hand, in the same run."""

import math
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np
import pytest

import lossviz as lv

pytestmark = pytest.mark.benchmark

Slopes = Callable[[float, float], tuple[float, float, float]]


def fastest(*works: Callable[[], object], rounds: int = 15) -> list[float]:
    """Milliseconds of the fastest of some rounds of each, taken in turns."""
    found = [math.inf] * len(works)
    for _ in range(rounds):
        for k, work in enumerate(works):
            begun = time.perf_counter()
            work()
            found[k] = min(found[k], 1e3 * (time.perf_counter() - begun))
    return found


def rosenbrock(w: float, b: float) -> tuple[float, float, float]:
    u, e = b - w * w, 1.0 - w
    return e * e + 100.0 * u * u, -2.0 * e - 400.0 * w * u, 200.0 * u


def beale(w: float, b: float) -> tuple[float, float, float]:
    b2 = b * b
    b3 = b2 * b
    p, q, r = 1.5 - w + w * b, 2.25 - w + w * b2, 2.625 - w + w * b3
    by_w = 2.0 * (p * (b - 1.0) + q * (b2 - 1.0) + r * (b3 - 1.0))
    return p * p + q * q + r * r, by_w, 2.0 * w * (p + 2.0 * q * b + 3.0 * r * b2)


def himmelblau(w: float, b: float) -> tuple[float, float, float]:
    u, v = w * w + b - 11.0, w + b * b - 7.0
    return u * u + v * v, 4.0 * w * u + 2.0 * v, 2.0 * u + 4.0 * b * v


def births() -> lv.Surface:
    return lv.fit(lv.dataset("birthwt"), feature="(age - 18)/10", label="bwt/1000")


def births_by_hand() -> Slopes:
    x, y = births().data.x, births().data.y
    xx, mx, xy, my, yy = (float(np.mean(of)) for of in (x * x, x, x * y, y, y * y))

    def at(w: float, b: float) -> tuple[float, float, float]:
        along, level = w * xx + b * mx - xy, w * mx + b - my
        return w * (along - xy) + b * (level - my) + yy, 2.0 * along, 2.0 * level

    return at


def plain_adam(slopes: Slopes, w: float, b: float, steps: int, rate: float) -> list[tuple[float, ...]]:
    """Adam in plain floats; it keeps of each row what a descent keeps."""
    rows = []
    m_w = m_b = v_w = v_b = 0.0
    power1 = power2 = 1.0
    sqrt = math.sqrt
    for _ in range(steps):
        loss, g_w, g_b = slopes(w, b)
        rows.append((w, b, loss, g_w, g_b))
        power1 *= 0.9
        power2 *= 0.999
        m_w += 0.1 * (g_w - m_w)
        m_b += 0.1 * (g_b - m_b)
        v_w = 0.999 * v_w + 0.001 * g_w * g_w
        v_b = 0.999 * v_b + 0.001 * g_b * g_b
        first, correction = rate / (1.0 - power1), sqrt(1.0 - power2)
        w -= first * m_w / (sqrt(v_w) / correction + 1e-8)
        b -= first * m_b / (sqrt(v_b) / correction + 1e-8)
    return rows


@pytest.mark.parametrize("name", ["rosenbrock", "beale", "himmelblau", "births"])
def test_that_one_adam_run_takes_at_most_3_times_plain_floats(record, name: str) -> None:
    by_hand = {"rosenbrock": rosenbrock, "beale": beale, "himmelblau": himmelblau, "births": births_by_hand()}[name]
    surface = births() if name == "births" else lv.surface(name)
    rule = lv.optimizer("adam", learning_rate=0.01)
    rows = plain_adam(by_hand, -1.5, 2.0, 1000, 0.01)
    np.testing.assert_allclose(lv.descend(surface, rule, (-1.5, 2.0), 1000).path[-2], rows[-1][:2], rtol=1e-6)
    reference, ours = fastest(
        lambda: plain_adam(by_hand, -1.5, 2.0, 1000, 0.01),
        lambda: lv.descend(surface, rule, (-1.5, 2.0), 1000),
        rounds=40,
    )
    record(f"adam on {name}, 1,000 steps", floats_ms=reference, ours_ms=ours, ratio=ours / reference, limit=3.0)
    assert ours <= 3.0 * reference


def in_place_momentum(start: np.ndarray, rate: float, steps: int) -> np.ndarray:
    """Momentum on Himmelblau, nothing allocated on the way."""
    w, b = start[0].copy(), start[1].copy()
    v_w, v_b, u, v, t = (np.zeros_like(w) for _ in range(5))
    with np.errstate(all="ignore"):
        for _ in range(steps):
            np.multiply(w, w, out=u)
            np.add(u, b, out=u)
            np.subtract(u, 11.0, out=u)
            np.multiply(b, b, out=v)
            np.add(v, w, out=v)
            np.subtract(v, 7.0, out=v)
            for velocity, own, at, other in ((v_w, u, w, v), (v_b, v, b, u)):
                np.multiply(velocity, 0.9, out=velocity)
                np.multiply(own, at, out=t)
                np.multiply(t, 4.0, out=t)
                np.add(velocity, t, out=velocity)
                np.multiply(other, 2.0, out=t)
                np.add(velocity, t, out=velocity)
            for at, velocity in ((w, v_w), (b, v_b)):
                np.multiply(velocity, rate, out=t)
                np.subtract(at, t, out=at)
    return np.stack([w, b])


def test_that_65536_ends_of_momentum_take_at_most_1_1_times_in_place_numpy(record) -> None:
    surface, axis = lv.surface("himmelblau"), np.linspace(-5.0, 5.0, 256)
    starts = np.stack(np.meshgrid(axis, axis, indexing="ij")).reshape(2, -1)
    rule = lv.optimizer("momentum", learning_rate=0.003)

    def ends(steps: int) -> np.ndarray:
        return lv.descend(surface, rule, start=starts, steps=steps, keep="end").ends

    np.testing.assert_allclose(ends(300), in_place_momentum(starts, 0.003, 300), rtol=1e-9)
    reference, ours = fastest(lambda: in_place_momentum(starts, 0.003, 300), lambda: ends(300))
    long_reference, long = fastest(lambda: in_place_momentum(starts, 0.003, 2000), lambda: ends(2000), rounds=3)
    record(
        "65,536 starts x 300 steps of momentum, ends only",
        in_place_ms=reference,
        ours_ms=ours,
        ratio=ours / reference,
        ratio_of_2000_steps=long / long_reference,
        limit=1.1,
    )
    assert ours <= 1.1 * reference


def lanes_by_hand(name: str, theta: np.ndarray, rate: np.ndarray, steps: int, keep: str) -> np.ndarray:
    """One optimizer on Himmelblau for all lanes (2, K), as one writes it in NumPy; where asked it keeps each row."""
    path, losses = np.empty((steps + 1, *theta.shape)), np.empty((steps + 1, theta.shape[1]))
    gradients = np.empty(path.shape)
    w, b = theta
    m, v, u = np.zeros_like(theta), np.zeros_like(theta), np.zeros_like(theta)
    product = 1.0
    for t in range(1, steps + 1):
        w, b = theta
        p, q = w * w + b - 11.0, w + b * b - 7.0
        g = np.stack([4.0 * w * p + 2.0 * q, 2.0 * p + 4.0 * b * q])
        if keep == "path":
            path[t - 1], losses[t - 1], gradients[t - 1] = theta, p * p + q * q, g
        match name:
            case "gradient_descent":
                theta = theta - rate * g
            case "momentum":
                m = 0.9 * m + g
                theta = theta - rate * m
            case "nesterov":
                m = 0.9 * m + g
                theta = theta - rate * (g + 0.9 * m)
            case "sgd":
                theta = theta - rate * (g + 0.01 * theta)
            case "adagrad":
                v = v + g * g
                theta = theta - rate * g / (np.sqrt(v) + 1e-10)
            case "rmsprop":
                v = 0.99 * v + 0.01 * (g * g)
                theta = theta - rate * g / (np.sqrt(v) + 1e-8)
            case "adadelta":
                v = 0.9 * v + 0.1 * (g * g)
                d = np.sqrt(u + 1e-6) / np.sqrt(v + 1e-6) * g
                u = 0.9 * u + 0.1 * (d * d)
                theta = theta - rate * d
            case "adam" | "adamw":
                if name == "adamw":
                    theta = theta * (1.0 - 0.01 * rate)
                m = 0.9 * m + 0.1 * g
                v = 0.999 * v + 0.001 * (g * g)
                size = np.sqrt(v) / math.sqrt(1.0 - 0.999**t) + 1e-8
                theta = theta - rate / (1.0 - 0.9**t) * m / size
            case "adamax":
                m = 0.9 * m + 0.1 * g
                v = np.maximum(0.999 * v, np.abs(g) + 1e-8)
                theta = theta - rate / (1.0 - 0.9**t) * m / v
            case "nadam":
                now, then = 0.9 * (1.0 - 0.5 * 0.96 ** (t * 0.004)), 0.9 * (1.0 - 0.5 * 0.96 ** ((t + 1) * 0.004))
                product *= now
                m = 0.9 * m + 0.1 * g
                v = 0.999 * v + 0.001 * (g * g)
                size = np.sqrt(v / (1.0 - 0.999**t)) + 1e-8
                theta = theta - rate * (then * m / (1.0 - product * then) + (1.0 - now) * g / (1.0 - product)) / size
            case "lion":
                theta = theta - rate * (np.sign(0.9 * m + 0.1 * g) + 1e-3 * theta)
                m = 0.99 * m + 0.01 * g
    return theta


BANK = {
    "gradient_descent": {}, "momentum": {}, "nesterov": {}, "sgd": {"weight_decay": 0.01}, "adagrad": {}, "rmsprop": {},
    "adadelta": {}, "adam": {}, "adamw": {}, "adamax": {}, "nadam": {}, "lion": {},
}  # fmt: skip


@pytest.mark.parametrize(("keep", "limit"), [("end", 1.5), ("path", 2.0)])
def test_that_a_bank_of_12_optimizers_takes_little_more_than_numpy_lanes(record, keep: str, limit: float) -> None:
    surface, generator = lv.surface("himmelblau"), np.random.default_rng(5)
    starts = np.repeat(generator.uniform(-4.0, 4.0, (2, 20)), 5, axis=1)
    rates = np.tile([0.0005, 0.001, 0.002, 0.004, 0.008], 20)
    rules = [lv.optimizer(name, learning_rate=rates, **own) for name, own in BANK.items()]

    def by_hand() -> list[np.ndarray]:
        return [lanes_by_hand(name, starts, rates, 500, keep) for name in BANK]

    def ours() -> list[np.ndarray]:
        found = [lv.descend(surface, rule, start=starts, steps=500, keep=keep) for rule in rules]
        return [of_one.path[-1] for of_one in found]

    near = [np.mean(np.abs(a - b) < 1e-6) for a, b in zip(by_hand(), ours(), strict=True)]
    # rounding is amplified where an optimizer hops to and fro for ever
    assert min(near) > 0.5
    assert float(np.median(near)) > 0.98
    reference, found = fastest(by_hand, ours, rounds=7)
    record(
        f"12 optimizers x 5 rates x 20 starts x 500 steps, keep={keep}",
        lanes_ms=reference,
        ours_ms=found,
        ratio=found / reference,
        limit=limit,
    )
    assert found <= limit * reference


def test_that_importing_and_listing_optimizers_takes_at_most_100_ms_over_numpy(record) -> None:
    def process(code: str) -> Callable[[], object]:
        return lambda: subprocess.run([sys.executable, "-c", code], check=True)

    numpy, ours = fastest(process("import numpy"), process("import lossviz as lv; lv.optimizers()"), rounds=15)
    record("import lossviz and list the optimizers", numpy_ms=numpy, ours_ms=ours, over_ms=ours - numpy, limit_ms=100.0)
    assert ours - numpy <= 100.0
