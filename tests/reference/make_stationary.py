"""Makes stationary.json: stationary points by SciPy's root finder from many starts, derivatives by SymPy. On demand:

python -m venv /tmp/oracle && /tmp/oracle/bin/pip install scipy sympy numpy
/tmp/oracle/bin/python tests/reference/make_stationary.py
"""

import json
import platform
from pathlib import Path

import numpy as np
import scipy
import sympy
from scipy.optimize import root
from sympy import cos, exp, pi, sin, sqrt

HERE = Path(__file__).parent
w, b = sympy.symbols("w b", real=True)
X = ["-2.7", "-1.5", "0.9", "0.5", "0.4", "0.3", "-0.8"]
Y = [1, 0, 1, 0, 1, 1, 0]


def levy():
    u, v = 1 + (w - 1) / 4, 1 + (b - 1) / 4
    return sin(pi * u) ** 2 + (u - 1) ** 2 * (1 + 10 * sin(pi * u + 1) ** 2) + (v - 1) ** 2 * (1 + sin(2 * pi * v) ** 2)


def seven_points():
    parts = [(1 / (1 + exp(-(w * sympy.Rational(x) + b))) - y) ** 2 for x, y in zip(X, Y, strict=True)]
    return sum(parts) / len(parts)


def goldstein_price():
    first = 19 - 14 * w + 3 * w**2 - 14 * b + 6 * w * b + 3 * b**2
    second = 18 - 32 * w + 12 * w**2 + 48 * b - 36 * w * b + 27 * b**2
    return (1 + (w + b + 1) ** 2 * first) * (30 + (2 * w - 3 * b) ** 2 * second)


ONE = sympy.Rational(1)
SURFACES = {
    "himmelblau": ((w**2 + b - 11) ** 2 + (w + b**2 - 7) ** 2, (-5, 5), (-5, 5)),
    "three_hump_camel": (2 * w**2 - ONE * 105 / 100 * w**4 + w**6 / 6 + w * b + b**2, (-5, 5), (-5, 5)),
    "six_hump_camel": ((4 - ONE * 21 / 10 * w**2 + w**4 / 3) * w**2 + w * b + (-4 + 4 * b**2) * b**2, (-3, 3), (-2, 2)),
    "styblinski_tang": (sum(v**4 - 16 * v**2 + 5 * v for v in (w, b)) / 2, (-5, 5), (-5, 5)),
    "goldstein_price": (goldstein_price(), (-2, 2), (-2, 2)),
    "mccormick": (sin(w + b) + (w - b) ** 2 - 3 * w / 2 + 5 * b / 2 + 1, (-1.5, 4), (-3, 4)),
    "branin": (
        (b - ONE * 51 / 40 * w**2 / pi**2 + 5 * w / pi - 6) ** 2 + 10 * (1 - 1 / (8 * pi)) * cos(w) + 10,
        (-5, 10),
        (0, 15),
    ),
    "beale": (sum((c - w + w * b**k) ** 2 for k, c in enumerate((1.5, 2.25, 2.625), 1)), (-4.5, 4.5), (-4.5, 4.5)),
    "rosenbrock": ((1 - w) ** 2 + 100 * (b - w**2) ** 2, (-2, 2), (-1, 3)),
    "griewank": ((w**2 + b**2) / 4000 - cos(w) * cos(b / sqrt(2)) + 1, (-10, 10), (-10, 10)),
    "levy": (levy(), (-10, 10), (-10, 10)),
    "rastrigin": (20 + sum(v**2 - 10 * cos(2 * pi * v) for v in (w, b)), (-5.12, 5.12), (-5.12, 5.12)),
    "ackley": (
        20 + sympy.E - 20 * exp(-sqrt((w**2 + b**2) / 2) / 5) - exp((cos(2 * pi * w) + cos(2 * pi * b)) / 2),
        (-5, 5),
        (-5, 5),
    ),
    "seven_points": (seven_points(), (-6, 6), (-6, 6)),
}
STARTS = {"rastrigin": 150, "ackley": 150, "levy": 150, "griewank": 100, "seven_points": 100}
FAR = 1e-7
"""A root finder also stops on a plateau: there the curvature is below this."""


def found(name):
    formula, along_w, along_b = SURFACES[name]
    slope = [sympy.diff(formula, v) for v in (w, b)]
    bend = [[sympy.diff(s, v) for v in (w, b)] for s in slope]
    loss, gradient, hessian = (sympy.lambdify((w, b), f, "numpy", cse=True) for f in (formula, slope, bend))
    points = np.empty((0, 2))
    n = STARTS.get(name, 60)
    for start in np.stack(np.meshgrid(np.linspace(*along_w, n), np.linspace(*along_b, n)), axis=-1).reshape(-1, 2):
        with np.errstate(all="ignore"):
            ended = root(lambda p: gradient(*p), start, jac=lambda p: np.array(hessian(*p), dtype=float), tol=1e-15)
        p = ended.x
        inside = along_w[0] - 1e-9 <= p[0] <= along_w[1] + 1e-9 and along_b[0] - 1e-9 <= p[1] <= along_b[1] + 1e-9
        if not inside or not np.all(np.abs(gradient(*p)) < 1e-9):
            continue
        if np.min(np.abs(np.linalg.eigvalsh(np.array(hessian(*p), dtype=float)))) < FAR:
            continue
        if not len(points) or np.min(np.max(np.abs(points - p), axis=1)) > 1e-6:
            points = np.vstack([points, p])
    rows = []
    for p in points:
        low, high = np.linalg.eigvalsh(np.array(hessian(*p), dtype=float)).tolist()
        kind = "minimum" if low > 0 else "maximum" if high < 0 else "saddle"
        rows.append([kind, *p.tolist(), float(loss(*p)), low, high])
    rows.sort(key=lambda row: (row[0], row[3]))
    counts = {kind: sum(row[0] == kind for row in rows) for kind in ("minimum", "saddle", "maximum")}
    # of the many the lowest few are enough
    return {"domain": [along_w, along_b], "counts": counts, "points": rows if len(rows) < 20 else rows[:5]}


def main():
    versions = {
        "scipy": scipy.__version__,
        "sympy": sympy.__version__,
        "numpy": np.__version__,
        "python": platform.python_version(),
    }
    result = {"versions": versions, "data": {"x": [float(x) for x in X], "y": Y}}
    result["surfaces"] = {name: found(name) for name in SURFACES}
    (HERE / "stationary.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
