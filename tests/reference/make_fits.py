"""Makes fits.json: fits with and without penalties by scikit-learn and SciPy, costs and their derivatives by PyTorch,
special functions by SciPy. Run on demand:

python -m venv /tmp/oracle && /tmp/oracle/bin/pip install scikit-learn scipy numpy torch
/tmp/oracle/bin/python tests/reference/make_fits.py
"""

import csv
import json
import platform
from pathlib import Path

import numpy as np
import scipy
import sklearn
import torch
from scipy.optimize import minimize
from scipy.special import expit, log_expit
from sklearn.linear_model import Lasso, LinearRegression, LogisticRegression, QuantileRegressor, Ridge
from sklearn.metrics import brier_score_loss, hinge_loss, log_loss, mean_absolute_error, mean_squared_error
from sklearn.svm import SVC

HERE = Path(__file__).parent
SHIPPED = HERE.parents[1] / "resources" / "datasets"
LINEAR = [("birthwt", "age", "bwt"), ("birthwt", "lwt", "bwt"), ("eight_births", "age", "weight")]
LOGISTIC = [("lwt", "low"), ("age", "low"), ("lwt", "smoke"), ("bwt", "smoke")]
Z = [
    -1000.0,
    -745.0,
    -100.0,
    -40.0,
    -37.0,
    -5.0,
    -1.0,
    -1e-9,
    0.0,
    1e-9,
    0.3,
    1.0,
    5.0,
    37.0,
    40.0,
    100.0,
    745.0,
    1000.0,
]


def columns(dataset, *names):
    with open(SHIPPED / f"{dataset}.csv", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    return [np.array([float(row[name]) for row in rows]) for name in names]


def linear(dataset, feature, label):
    x, y = columns(dataset, feature, label)
    line = LinearRegression().fit(x[:, None], y)
    loss = mean_squared_error(y, line.predict(x[:, None]))
    return {
        "dataset": dataset,
        "feature": feature,
        "label": label,
        "slope": float(line.coef_[0]),
        "intercept": float(line.intercept_),
        "loss": float(loss),
    }


def logistic(feature, label):
    x, y = columns("birthwt", feature, label)
    mean, deviation = x.mean(), x.std()
    curve = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-14, max_iter=1000)
    curve.fit(((x - mean) / deviation)[:, None], y)
    slope, height = float(curve.coef_[0, 0]), float(curve.intercept_[0])
    return {
        "feature": feature,
        "label": label,
        "slope": slope / deviation,
        "intercept": height - slope * mean / deviation,
        "loss": float(log_loss(y, curve.predict_proba(((x - mean) / deviation)[:, None]))),
    }


# What a sample costs, as PyTorch says: at the corners too

COST_Z = [-1000.0, -30.0, -2.0, -1.0, -0.7, 0.0, 0.3, 0.5, 1.0, 1.7, 2.0, 30.0, 1000.0]


def torch_cost(name, z, y):
    functional = torch.nn.functional
    return {
        "mae": lambda: functional.l1_loss(z, y, reduction="none"),
        "huber": lambda: functional.huber_loss(z, y, reduction="none", delta=1.0),
        "cross_entropy": lambda: functional.binary_cross_entropy_with_logits(z, y, reduction="none"),
        "squared_error": lambda: functional.mse_loss(torch.sigmoid(z), y, reduction="none"),
        "hinge": lambda: torch.relu(1.0 - (2.0 * y - 1.0) * z),
    }[name]()


def cost(name, label):
    z = torch.tensor(COST_Z, dtype=torch.float64, requires_grad=True)
    value = torch_cost(name, z, torch.full_like(z, label))
    slope = torch.autograd.grad(value.sum(), z, create_graph=True)[0]
    curvature = torch.zeros_like(z)
    if slope.requires_grad and slope.grad_fn is not None:
        found = torch.autograd.grad(slope.sum(), z, allow_unused=True)[0]
        curvature = curvature if found is None else curvature + found
    parts = {"cost": value, "slope": slope, "curvature": curvature}
    return {"loss": name, "y": label} | {key: part.detach().tolist() for key, part in parts.items()}


# Where penalised and robust losses are lowest: x = (age - 18)/10 and y = bwt/1000, or x = (lwt - 130)/30 and y = low


def lowest(loss, by, weight, bias, value, **arguments):
    return {"loss": loss, "by": by, "w": float(weight), "b": float(bias), "value": float(value)} | arguments


def regressions():
    age, bwt = columns("birthwt", "age", "bwt")
    x, y = (age - 18.0) / 10.0, bwt / 1000.0
    n = len(x)
    for alpha in (0.5, 20.0):
        ridge = Ridge(alpha=alpha, tol=1e-14).fit(x[:, None], y)
        w, b = ridge.coef_[0], ridge.intercept_
        l2 = alpha / n
        yield lowest("mse", f"Ridge({alpha})", w, b, mean_squared_error(y, w * x + b) + l2 * w * w, l2=l2)
    for alpha in (0.005, 0.01, 1.0):
        lasso = Lasso(alpha=alpha, tol=1e-14, max_iter=100_000).fit(x[:, None], y)
        w, b = lasso.coef_[0], lasso.intercept_
        l1 = 2.0 * alpha
        yield lowest("mse", f"Lasso({alpha})", w, b, mean_squared_error(y, w * x + b) + l1 * abs(w), l1=l1)
    for alpha in (0.0, 0.01, 1.0):
        median = QuantileRegressor(quantile=0.5, alpha=alpha, solver="highs").fit(x[:, None], y)
        w, b = median.coef_[0], median.intercept_
        l1 = 2.0 * alpha
        value = mean_absolute_error(y, w * x + b) + l1 * abs(w)
        yield lowest("mae", f"QuantileRegressor(0.5, {alpha})", w, b, value, l1=l1)
    target = torch.tensor(y)
    for l2 in (0.0, 0.3):

        def huber(theta, l2=l2):
            w, b = (torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in theta)
            value = torch.nn.functional.huber_loss(w * torch.tensor(x) + b, target) + l2 * w * w
            slopes = torch.autograd.grad(value, (w, b))
            return value.item(), np.array([slope.item() for slope in slopes])

        found = minimize(huber, [0.1, 2.9], jac=True, method="BFGS", options={"gtol": 1e-13})
        yield lowest("huber", "BFGS on torch's HuberLoss", *found.x, found.fun, l2=l2)


def classifications():
    lwt, low = columns("birthwt", "lwt", "low")
    x, y = (lwt - 130.0) / 30.0, low
    n = len(x)
    for balanced in (False, True):
        ones = float(np.mean(y))
        c = np.where(y == 1.0, 0.5 / ones, 0.5 / (1.0 - ones)) if balanced else np.ones(n)
        weights = {"class_weight": "balanced"} if balanced else {}
        for strength in (0.01, 1.0):
            curve = LogisticRegression(C=strength, solver="newton-cholesky", tol=1e-14, max_iter=1000, **weights)
            curve.fit(x[:, None], y)
            w, b = curve.coef_[0, 0], curve.intercept_[0]
            l2 = 1.0 / (2.0 * strength * n)
            value = np.mean(c * np.logaddexp(0.0, (1.0 - 2.0 * y) * (w * x + b))) + l2 * w * w
            yield lowest("cross_entropy", f"LogisticRegression(C={strength})", w, b, value, l2=l2, **weights)
            machine = SVC(kernel="linear", C=strength, tol=1e-9, max_iter=10_000_000, **weights).fit(x[:, None], y)
            w, b = machine.coef_[0, 0], machine.intercept_[0]
            value = np.mean(c * np.maximum(0.0, 1.0 - (2.0 * y - 1.0) * (w * x + b))) + l2 * w * w
            yield lowest("hinge", f"SVC(linear, C={strength})", w, b, value, l2=l2, **weights)
        for strength in (0.05, 0.5):
            curve = LogisticRegression(
                C=strength, l1_ratio=1.0, solver="saga", tol=1e-13, max_iter=50_000, random_state=0, **weights
            )
            curve.fit(x[:, None], y)
            w, b = curve.coef_[0, 0], curve.intercept_[0]
            l1 = 1.0 / (strength * n)
            value = np.mean(c * np.logaddexp(0.0, (1.0 - 2.0 * y) * (w * x + b))) + l1 * abs(w)
            yield lowest("cross_entropy", f"LogisticRegression(C={strength}, l1)", w, b, value, l1=l1, **weights)


def values():
    """Losses at (w, b) = (-0.6, -0.3), x = (lwt - 130)/30, y = low, by scikit-learn's metrics."""
    lwt, low = columns("birthwt", "lwt", "low")
    z = -0.6 * (lwt - 130.0) / 30.0 - 0.3
    return {
        "cross_entropy": float(log_loss(low, expit(z))),
        "squared_error": float(brier_score_loss(low, expit(z))),
        "hinge": float(hinge_loss(low, z)),
    }


def main():
    facts = {
        "versions": {
            "scikit-learn": sklearn.__version__,
            "scipy": scipy.__version__,
            "numpy": np.__version__,
            "torch": torch.__version__,
            "python": platform.python_version(),
        },
        "linear": [linear(*names) for names in LINEAR],
        "logistic": [logistic(*names) for names in LOGISTIC],
        "lowest": [*regressions(), *classifications()],
        "values": values(),
        "cost_z": COST_Z,
        "costs": [
            *(cost(name, label) for name in ("mae", "huber") for label in (0.0, 1.7)),
            *(cost(name, label) for name in ("cross_entropy", "squared_error", "hinge") for label in (0.0, 1.0)),
        ],
        "z": Z,
        "sigmoid": expit(np.array(Z)).tolist(),
        "softplus": (-log_expit(-np.array(Z))).tolist(),
    }
    (HERE / "fits.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
