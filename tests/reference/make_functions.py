"""Makes functions.json: losses, gradients and minima of the test functions, to 40 digits by mpmath. Run on demand:

python -m venv /tmp/oracle && /tmp/oracle/bin/pip install mpmath
/tmp/oracle/bin/python tests/reference/make_functions.py

The functions are written here as their sources print them, as sums over n dimensions where the source has such, and
know nothing of resources/functions.
"""

import json
import platform
import random
from pathlib import Path

import mpmath
from mpmath import cos, exp, log, mp, mpf, pi, sin, sqrt

HERE = Path(__file__).parent
POINTS = 12
mp.dps = 40


def sphere(x):
    return sum(v**2 for v in x)


def ellipse(x, condition_number=10, angle=30):
    turn = mpmath.radians(angle)
    along = mpmath.matrix([cos(turn), sin(turn)])
    across = mpmath.matrix([-sin(turn), cos(turn)])
    hessian = along * along.T + mpf(condition_number) * across * across.T
    point = mpmath.matrix(x)
    return (point.T * hessian * point)[0] / 2


def saddle(x):
    return (x[0] + x[1]) * (x[0] - x[1])


def monkey_saddle(x):
    return mpmath.re(mpmath.mpc(*x) ** 3)


def plateau(x, width=1):
    return -mpmath.expm1(-sphere(x) / (2 * mpf(width) ** 2))


def two_wells(x, tilt=0.25):
    # the antiderivative of (w² − 1)(w − tilt), 0 at −1
    tilt = mpf(tilt)
    rise = [mpf(1) / 4, -tilt / 3, mpf(-1) / 2, tilt, 0]
    return mpmath.polyval(rise, x[0]) - mpmath.polyval(rise, -1) + x[1] ** 2


def ravine(x, steepness=10):
    return (x[0] - 3) ** 2 / 20 + mpf(steepness) / 2 * (x[1] - mpf(3) / 2 * sin(x[0] - 3)) ** 2


def himmelblau(x):
    return (x[0] ** 2 + x[1] - 11) ** 2 + (x[0] + x[1] ** 2 - 7) ** 2


def rosenbrock(x, a=1, steepness=100):
    return mpf(steepness) * (x[1] - x[0] ** 2) ** 2 + (mpf(a) - x[0]) ** 2


def beale(x):
    return sum((constant - x[0] * (1 - x[1] ** (i + 1))) ** 2 for i, constant in enumerate((1.5, 2.25, 2.625)))


def sum_squares(x):
    return sum(i * v**2 for i, v in enumerate(x, 1))


def booth(x):
    return (x[0] + 2 * x[1] - 7) ** 2 + (2 * x[0] + x[1] - 5) ** 2


def matyas(x):
    return mpf("0.26") * sphere(x) - mpf("0.48") * x[0] * x[1]


def trid(x):
    return sum((v - 1) ** 2 for v in x) - sum(v * u for v, u in zip(x[1:], x[:-1], strict=True))


def zakharov(x):
    weighted = sum(mpf("0.5") * i * v for i, v in enumerate(x, 1))
    return sphere(x) + weighted**2 + weighted**4


def dixon_price(x):
    return (x[0] - 1) ** 2 + sum(i * (2 * x[i - 1] ** 2 - x[i - 2]) ** 2 for i in range(2, len(x) + 1))


def goldstein_price(x):
    a, b = x
    first = 1 + (a + b + 1) ** 2 * (19 - 14 * a + 3 * a**2 - 14 * b + 6 * a * b + 3 * b**2)
    second = 30 + (2 * a - 3 * b) ** 2 * (18 - 32 * a + 12 * a**2 + 48 * b - 36 * a * b + 27 * b**2)
    return first * second


def goldstein_price_log(x):
    return (log(goldstein_price([4 * v - 2 for v in x])) - mpf("8.693")) / mpf("2.427")


def three_hump_camel(x):
    return 2 * x[0] ** 2 - mpf("1.05") * x[0] ** 4 + x[0] ** 6 / 6 + x[0] * x[1] + x[1] ** 2


def six_hump_camel(x):
    first = (4 - mpf("2.1") * x[0] ** 2 + x[0] ** 4 / 3) * x[0] ** 2
    return first + x[0] * x[1] + (-4 + 4 * x[1] ** 2) * x[1] ** 2


def mccormick(x):
    return sin(x[0] + x[1]) + (x[0] - x[1]) ** 2 - mpf("1.5") * x[0] + mpf("2.5") * x[1] + 1


def branin(x):
    a, b, c, r, s, t = 1, mpf("5.1") / (4 * pi**2), 5 / pi, 6, 10, 1 / (8 * pi)
    return a * (x[1] - b * x[0] ** 2 + c * x[0] - r) ** 2 + s * (1 - t) * cos(x[0]) + s


def rastrigin(x):
    return 10 * len(x) + sum(v**2 - 10 * cos(2 * pi * v) for v in x)


def ackley(x):
    a, b, c, d = 20, mpf("0.2"), 2 * pi, len(x)
    return -a * exp(-b * sqrt(sphere(x) / d)) - exp(sum(cos(c * v) for v in x) / d) + a + mpmath.e


def griewank(x):
    return sphere(x) / 4000 - mpmath.fprod(cos(v / sqrt(i)) for i, v in enumerate(x, 1)) + 1


def levy(x):
    w = [1 + (v - 1) / 4 for v in x]
    middle = sum((v - 1) ** 2 * (1 + 10 * sin(pi * v + 1) ** 2) for v in w[:-1])
    return sin(pi * w[0]) ** 2 + middle + (w[-1] - 1) ** 2 * (1 + sin(2 * pi * w[-1]) ** 2)


def levy13(x):
    first = sin(3 * pi * x[0]) ** 2 + (x[0] - 1) ** 2 * (1 + sin(3 * pi * x[1]) ** 2)
    return first + (x[1] - 1) ** 2 * (1 + sin(2 * pi * x[1]) ** 2)


def styblinski_tang(x):
    return sum(v**4 - 16 * v**2 + 5 * v for v in x) / 2


def easom(x):
    return -cos(x[0]) * cos(x[1]) * exp(-((x[0] - pi) ** 2) - (x[1] - pi) ** 2)


def bohachevsky1(x):
    ripple = mpf("0.3") * cos(3 * pi * x[0]) + mpf("0.4") * cos(4 * pi * x[1])
    return x[0] ** 2 + 2 * x[1] ** 2 - ripple + mpf("0.7")


def schaffer2(x):
    half = mpf("0.5")
    return half + (sin(x[0] ** 2 - x[1] ** 2) ** 2 - half) / (1 + mpf("0.001") * sphere(x)) ** 2


def schaffer4(x):
    half = mpf("0.5")
    return half + (cos(sin(abs(x[0] ** 2 - x[1] ** 2))) ** 2 - half) / (1 + mpf("0.001") * sphere(x)) ** 2


def drop_wave(x):
    return -(1 + cos(12 * sqrt(sphere(x)))) / (mpf("0.5") * sphere(x) + 2)


def michalewicz(x):
    return -sum(sin(v) * sin(i * v**2 / pi) ** 20 for i, v in enumerate(x, 1))


def shubert(x):
    return mpmath.fprod(sum(i * cos((i + 1) * v + i) for i in range(1, 6)) for v in x)


def schwefel(x):
    # the sources print the constant as 418.9829; it is the height of the highest wave
    top = mpmath.findroot(lambda v: sin(sqrt(v)) + sqrt(v) * cos(sqrt(v)) / 2, 421)
    return len(x) * top * sin(sqrt(top)) - sum(v * sin(sqrt(abs(v))) for v in x)


def bukin6(x):
    return 100 * sqrt(abs(x[1] - mpf("0.01") * x[0] ** 2)) + mpf("0.01") * abs(x[0] + 10)


def cross_in_tray(x):
    hill = abs(sin(x[0]) * sin(x[1]) * exp(abs(100 - sqrt(sphere(x)) / pi)))
    return mpf("-0.0001") * (hill + 1) ** mpf("0.1")


def eggholder(x):
    first = -(x[1] + 47) * sin(sqrt(abs(x[1] + x[0] / 2 + 47)))
    return first - x[0] * sin(sqrt(abs(x[0] - (x[1] + 47))))


def holder_table(x):
    return -abs(sin(x[0]) * cos(x[1]) * exp(abs(1 - sqrt(sphere(x)) / pi)))


def plus_minus(a, b):
    return [(s * a, t * b) for s in (1, -1) for t in (1, -1)]


SHUBERT = [(-1.42513, -0.80032), (-0.80032, -1.42513)]
SHUBERT = [(w + i * 2 * pi, b + j * 2 * pi) for w, b in SHUBERT for i in (-1, 0, 1) for j in (-1, 0, 1)]

# the square or rectangle that points are drawn from, and about where the minima lie
CASES = {
    "sphere": ((-5, 5), [(0, 0)]),
    "ellipse": ((-3, 3), [(0, 0)]),
    "saddle": ((-2, 2), []),
    "monkey_saddle": ((-2, 2), []),
    "plateau": ((-5, 5), [(0, 0)]),
    "two_wells": ((-2, 2), [(-1, 0), (1, 0)]),
    "ravine": ((-5, 5), [(3, 0)]),
    "himmelblau": ((-5, 5), [(3, 2), (-2.805, 3.131), (-3.779, -3.283), (3.584, -1.848)]),
    "rosenbrock": ((-2, 3), [(1, 1)]),
    "beale": ((-4.5, 4.5), [(3, 0.5)]),
    "sum_squares": ((-10, 10), [(0, 0)]),
    "booth": ((-10, 10), [(1, 3)]),
    "matyas": ((-10, 10), [(0, 0)]),
    "trid": ((-4, 4), [(2, 2)]),
    "zakharov": ((-5, 10), [(0, 0)]),
    "dixon_price": ((-10, 10), [(1, 0.7071), (1, -0.7071)]),
    "goldstein_price": ((-2, 2), [(0, -1), (-0.6, -0.4), (1.8, 0.2), (1.2, 0.8)]),
    "goldstein_price_log": ((0, 1), [(0.5, 0.25), (0.35, 0.4), (0.95, 0.55), (0.8, 0.7)]),
    "three_hump_camel": ((-5, 5), [(0, 0), (1.7476, -0.8738), (-1.7476, 0.8738)]),
    "six_hump_camel": (
        (-3, 3),
        [
            (0.0898, -0.7126),
            (-0.0898, 0.7126),
            (1.7036, -0.7961),
            (-1.7036, 0.7961),
            (1.6071, 0.5687),
            (-1.6071, -0.5687),
        ],
    ),
    "mccormick": ((-3, 4), [(-0.54719, -1.54719), (2.59440, 1.59440)]),
    "branin": ((-5, 15), [(-3.14159, 12.275), (3.14159, 2.275), (9.42478, 2.475)]),
    "rastrigin": ((-5.12, 5.12), [(0, 0)]),
    "ackley": ((-32.768, 32.768), []),
    "griewank": ((-600, 600), [(0, 0)]),
    "levy": ((-10, 10), [(1, 1)]),
    "levy13": ((-10, 10), [(1, 1)]),
    "styblinski_tang": (
        (-5, 5),
        [(-2.903534, -2.903534), (-2.903534, 2.746803), (2.746803, -2.903534), (2.746803, 2.746803)],
    ),
    "easom": ((0, 6), [(3.14159, 3.14159)]),
    "bohachevsky1": ((-100, 100), [(0, 0)]),
    "schaffer2": ((-100, 100), [(0, 0)]),
    "schaffer4": ((-100, 100), [(0, 1.25313), (0, -1.25313), (1.25313, 0), (-1.25313, 0)]),
    "drop_wave": ((-5.12, 5.12), []),
    "michalewicz": ((0, 3.14159), [(2.20, 1.57)]),
    "shubert": ((-10, 10), SHUBERT),
    "schwefel": ((-500, 500), [(420.9687, 420.9687)]),
    "bukin6": ((-15, 3), []),
    "cross_in_tray": ((-10, 10), plus_minus(1.3491, 1.3491)),
    "eggholder": ((-512, 512), []),
    "holder_table": ((-10, 10), plus_minus(8.05502, 9.66459)),
}

# minima at corners of the surface, where no gradient vanishes, and where the derivative of a root has no number
CORNERS = {"ackley": [(0, 0)], "bukin6": [(-10, 1)], "drop_wave": [(0, 0)]}

OTHERS = {
    "ellipse": {"condition_number": 40.0, "angle": -75.0},
    "plateau": {"width": 2.5},
    "two_wells": {"tilt": 0.625},
    "ravine": {"steepness": 3.0},
    "rosenbrock": {"a": 0.75, "steepness": 10.0},
}


def polished(function, guess):
    def gradient(w, b):
        return [mpmath.diff(lambda u, v: function([u, v]), (w, b), order) for order in ((1, 0), (0, 1))]

    at = mpmath.findroot(gradient, [mpf(v) for v in guess], tol=1e-45, maxsteps=60, verify=False)
    return [at[0], at[1]]


def case(name, values):
    function, ((low, high), guesses), draw = globals()[name], CASES[name], random.Random(name)

    def of(x):
        return function(x, **values)

    points = []
    for _ in range(POINTS):
        at = [round(draw.uniform(low, high), 3) for _ in "wb"]
        w, b = map(mpf, at)
        slope = [mpmath.diff(lambda u, v: of([u, v]), (w, b), order) for order in ((1, 0), (0, 1))]
        points.append([float(v) for v in (w, b, of([w, b]), *slope)])
    if name == "rosenbrock" and values:
        guesses = [(0.75, 0.5625)]
    minima = [polished(of, guess) for guess in guesses] + [list(map(mpf, at)) for at in CORNERS.get(name, [])]
    # what is 0 to 30 digits is 0
    rows = [[float(mpmath.chop(v, 1e-25)) for v in (*at, of(at))] for at in minima]
    return {"name": name, "values": values, "points": points, "minima": rows}


if __name__ == "__main__":
    cases = [case(name, {}) for name in CASES] + [case(name, values) for name, values in OTHERS.items()]
    lines = ",\n".join("  " + json.dumps(one) for one in cases)
    versions = json.dumps({"mpmath": mpmath.__version__, "python": platform.python_version()})
    (HERE / "functions.json").write_text(
        f'{{\n "versions": {versions},\n "cases": [\n{lines}\n ]\n}}\n', encoding="utf-8"
    )
