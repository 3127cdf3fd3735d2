"""Makes optimizers.npz: the paths of torch.optim's optimizers, in float64, on three losses. Run on demand:

    python -m venv /tmp/oracle && /tmp/oracle/bin/pip install torch==2.13.0 numpy
    /tmp/oracle/bin/python tests/reference/make_optimizers.py

Losses are written out over their samples and differentiated by autograd: nothing of lossviz is used. ``rows`` says how
many rows of a path are not chaotic: those before a repetition with perturbed gradients differs by more than 1e-12. Each
sample's part of the gradient is perturbed by 1e-14, as a sum has the rounding errors of its terms, however small it is.
"""

import csv
import json
import platform
import sys
from pathlib import Path

import numpy as np
import torch

HERE = Path(__file__).parent
STEPS = 200

CASES = {
    "gradient_descent": (
        torch.optim.SGD,
        [{"learning_rate": 0.01}, {"learning_rate": 0.3}],
    ),
    "momentum": (
        lambda p, momentum, **k: torch.optim.SGD(p, momentum=momentum, **k),
        [{"learning_rate": 0.01, "momentum": 0.9}, {"learning_rate": 0.15, "momentum": 0.5}],
    ),
    "nesterov": (
        lambda p, momentum, **k: torch.optim.SGD(p, momentum=momentum, nesterov=True, **k),
        [{"learning_rate": 0.01, "momentum": 0.9}, {"learning_rate": 0.15, "momentum": 0.5}],
    ),
    "adagrad": (
        lambda p, learning_rate_decay=0.0, initial_accumulator=0.0, epsilon=1e-10, **k: torch.optim.Adagrad(
            p, lr_decay=learning_rate_decay, initial_accumulator_value=initial_accumulator, eps=epsilon, **k
        ),
        [
            {"learning_rate": 0.01},
            {"learning_rate": 0.5, "learning_rate_decay": 0.02, "initial_accumulator": 0.3, "epsilon": 1e-3},
        ],
    ),
    "rmsprop": (
        lambda p, alpha=0.99, epsilon=1e-8, **k: torch.optim.RMSprop(p, alpha=alpha, eps=epsilon, **k),
        [{"learning_rate": 0.01}, {"learning_rate": 0.05, "alpha": 0.8, "epsilon": 1e-2}],
    ),
    "adam": (
        lambda p, beta1=0.9, beta2=0.999, epsilon=1e-8, **k: torch.optim.Adam(
            p, betas=(beta1, beta2), eps=epsilon, **k
        ),
        [{"learning_rate": 0.001}, {"learning_rate": 0.2, "beta1": 0.7, "beta2": 0.95, "epsilon": 1e-3}],
    ),
}


def births(*columns):
    with open(HERE.parents[1] / "resources" / "datasets" / "birthwt.csv", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    return [np.array([float(row[column]) for row in rows]) for column in columns]


def problems():
    age, weight, low, bwt = births("age", "lwt", "low", "bwt")
    # 2·[[S + 1, 1], [1, 1]] has the condition number 100 where S + 2 = 10.1·√S
    root = (10.1 - np.sqrt(10.1**2 - 8.0)) / 2.0
    return {
        "births": ("linear", (age - 18) / 10, bwt / 1000, (-2.2, 3.6)),
        "ravine": (
            "linear",
            1.0 + root * np.array([-1.0, 1.0, -1.0, 1.0]),
            np.array([0.5, 2.5, -0.5, 1.5]),
            (-3.0, 2.0),
        ),
        "logistic": ("logistic", (weight - 130) / 30, low, (2.0, 1.5)),
    }


def loss_of(model, x, y):
    x, y = torch.from_numpy(x), torch.from_numpy(y)
    if model == "linear":
        return lambda w, b, weights: torch.mean(weights * (w * x + b - y) ** 2)
    return lambda w, b, weights: torch.nn.functional.binary_cross_entropy_with_logits(w * x + b, y, weights)


def path_of(make, loss, samples, start, hyperparameters, noise=0.0):
    w, b = (torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in start)
    settings = dict(hyperparameters)
    optimizer = make([w, b], lr=settings.pop("learning_rate"), **settings)
    random = np.random.Generator(np.random.PCG64(1))
    rows = [start]
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss(w, b, torch.from_numpy(1.0 + noise * random.uniform(-1.0, 1.0, samples))).backward()
        optimizer.step()
        rows.append((w.item(), b.item()))
    return np.array(rows)


def main():
    arrays, cases = {}, []
    for problem, (model, x, y, start) in problems().items():
        arrays[f"{problem}.x"], arrays[f"{problem}.y"] = x, y
        loss = loss_of(model, x, y)
        for rule, (make, settings) in CASES.items():
            for hyperparameters in settings:
                path = path_of(make, loss, len(x), start, hyperparameters)
                other = path_of(make, loss, len(x), start, hyperparameters, noise=1e-14)
                apart = np.max(np.abs(path - other), axis=1) > 1e-12 * np.max(np.abs(path), axis=1)
                arrays[f"path.{len(cases)}"] = path
                cases.append(
                    {
                        "problem": problem,
                        "model": model,
                        "start": start,
                        "rule": rule,
                        "hyperparameters": hyperparameters,
                        "rows": int(np.argmax(apart)) if np.any(apart) else STEPS + 1,
                    }
                )
    versions = {"torch": torch.__version__, "numpy": np.__version__, "python": platform.python_version()}
    about = json.dumps({"versions": versions, "cases": cases})
    np.savez_compressed(HERE / "optimizers.npz", about=np.array(about), **arrays)
    sys.stdout.write(f"{len(cases)} paths, rows {sorted({case['rows'] for case in cases})}\n")


if __name__ == "__main__":
    main()
