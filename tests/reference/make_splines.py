"""Makes splines.json: not-a-knot bicubic splines and their derivatives by SciPy. Run on demand:

python -m venv /tmp/oracle && /tmp/oracle/bin/pip install scipy
/tmp/oracle/bin/python tests/reference/make_splines.py

Both of SciPy's ways to the same spline are asked: CubicSpline along one axis and then the other, and
RectBivariateSpline; they must agree.
"""

import json
import platform
from pathlib import Path

import numpy as np
import scipy
from scipy.interpolate import CubicSpline, RectBivariateSpline

HERE = Path(__file__).parent
ORDERS = [(0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2)]


def by_axes(w, b, loss, at, p, q):
    along_w = CubicSpline(w, loss, axis=0, bc_type="not-a-knot")
    return [float(CubicSpline(b, along_w(x, p), bc_type="not-a-knot")(y, q)) for x, y in at]


def case(name, w, b, loss, seed):
    random = np.random.default_rng(seed)
    at = np.column_stack([random.uniform(w[0], w[-1], 12), random.uniform(b[0], b[-1], 12)])
    at = np.vstack([at, [w[0], b[0]], [w[-1], b[-1]], [w[1], b[2]], [w[0], b[-1]]])
    derivatives = []
    fitpack = RectBivariateSpline(w, b, loss, kx=3, ky=3, s=0)
    for p, q in ORDERS:
        values = by_axes(w, b, loss, at, p, q)
        other = fitpack(at[:, 0], at[:, 1], dx=p, dy=q, grid=False)
        assert np.allclose(values, other, rtol=1e-8, atol=1e-8 * np.max(np.abs(values)))
        derivatives.append(values)
    return {"name": name, "w": w.tolist(), "b": b.tolist(), "loss": loss.tolist(), "at": at.tolist()} | {
        "orders": ORDERS,
        "derivatives": derivatives,
    }


def main():
    random = np.random.default_rng(4)
    uneven = np.cumsum(random.uniform(0.1, 1.5, 9)), np.cumsum(random.uniform(0.01, 4.0, 7)) - 5.0
    cases = [
        case("even", np.linspace(-1, 1, 8), np.linspace(0, 3, 6), random.normal(size=(8, 6)), 1),
        case("uneven", *uneven, random.normal(size=(9, 7)), 2),
        case("smallest", np.array([0.0, 1.0, 3.0, 4.0]), np.linspace(-2, 1, 4), random.normal(size=(4, 4)), 3),
    ]
    made_by = f"SciPy {scipy.__version__}, NumPy {np.__version__}, Python {platform.python_version()}"
    text = json.dumps({"made by": made_by, "cases": cases})
    (HERE / "splines.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
