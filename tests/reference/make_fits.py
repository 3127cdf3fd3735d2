"""Makes fits.json: least squares and logistic fits by scikit-learn, special functions by SciPy. Run on demand:

python -m venv /tmp/oracle && /tmp/oracle/bin/pip install scikit-learn scipy numpy
/tmp/oracle/bin/python tests/reference/make_fits.py
"""

import csv
import json
import platform
from pathlib import Path

import numpy as np
import scipy
import sklearn
from scipy.special import expit, log_expit
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import log_loss, mean_squared_error

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


def main():
    facts = {
        "versions": {
            "scikit-learn": sklearn.__version__,
            "scipy": scipy.__version__,
            "numpy": np.__version__,
            "python": platform.python_version(),
        },
        "linear": [linear(*names) for names in LINEAR],
        "logistic": [logistic(*names) for names in LOGISTIC],
        "z": Z,
        "sigmoid": expit(np.array(Z)).tolist(),
        "softplus": (-log_expit(-np.array(Z))).tolist(),
    }
    (HERE / "fits.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
