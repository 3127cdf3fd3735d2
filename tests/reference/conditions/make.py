"""Makes paths.npz: descents of PyTorch, Keras and Optax with batches, clipping and averages. Run on demand:

    python -m venv /tmp/oracle && /tmp/oracle/bin/pip install torch==2.13.0 keras==3.15.1 jax==0.10.2 optax==0.2.8 numpy
    /tmp/oracle/bin/python tests/reference/conditions/make.py

Losses are written out over their samples and differentiated by autograd: nothing of lossviz is used. The order of
samples is that of lossviz by its definition, a stable argsort of raw words of PCG64, epoch after epoch.
"""

import csv
import json
import os
import platform
import sys
from pathlib import Path

# with PyTorch below it, Keras clips in float32
os.environ["KERAS_BACKEND"] = "jax"

import jax
import keras
import numpy as np
import optax
import torch

jax.config.update("jax_enable_x64", True)
keras.config.set_floatx("float64")

HERE = Path(__file__).parent
STEPS = 150
START = (-2.2, 3.6)
SEED = 11
KERAS_CLIPS = {"clip_value": "clipvalue", "clip_norm": "clipnorm", "clip_global_norm": "global_clipnorm"}

CASES = [
    # library, loss, rule, hyperparameters, conditions
    ("torch", "births", "sgd", {"learning_rate": 0.02, "momentum": 0.9}, {"batch_size": 32}),
    ("torch", "births", "sgd", {"learning_rate": 0.02}, {"batch_size": 1}),
    ("torch", "logistic", "adam", {"learning_rate": 0.05}, {"batch_size": 32}),
    ("torch", "logistic", "adam", {"learning_rate": 0.05}, {"batch_size": 50, "drop_last": True}),
    ("torch", "births", "adam", {"learning_rate": 0.05}, {"batch_size": 50, "shuffle": False}),
    ("torch", "births", "adam", {"learning_rate": 0.05}, {"batch_size": 50, "accumulate": 3}),
    ("torch", "births", "sgd", {"learning_rate": 0.1, "momentum": 0.5}, {"clip_global_norm": 1.5}),
    ("torch", "births", "sgd", {"learning_rate": 0.1, "momentum": 0.5}, {"clip_value": 0.5}),
    ("torch", "logistic", "adam", {"learning_rate": 0.05}, {"batch_size": 32, "clip_global_norm": 0.1}),
    ("torch", "births", "sgd", {"learning_rate": 0.02, "momentum": 0.9}, {"batch_size": 32, "average": 0.9}),
    ("torch", "births", "sgd", {"learning_rate": 0.02, "momentum": 0.9, "weight_decay": 0.3}, {"decay_mask": ["w"]}),
    ("torch", "births", "adamw", {"learning_rate": 0.05, "weight_decay": 0.3}, {"rate_scale": [0.5, 2.0]}),
    ("torch", "births", "adam", {"learning_rate": 0.05}, {"precision": "float32"}),
    ("torch", "births", "sgd", {"learning_rate": 0.02, "momentum": 0.5}, {"precision": "float32", "batch_size": 32}),
    ("keras", "births", "sgd", {"learning_rate": 0.1, "momentum": 0.5}, {"clip_global_norm": 1.5}),
    ("keras", "births", "sgd", {"learning_rate": 0.1, "momentum": 0.5}, {"clip_value": 0.5}),
    ("keras", "births", "sgd", {"learning_rate": 0.1, "momentum": 0.5}, {"clip_norm": 0.7}),
    ("keras", "logistic", "adam", {"learning_rate": 0.05}, {"batch_size": 32, "clip_norm": 0.05}),
    ("keras", "logistic", "adam", {"learning_rate": 0.05}, {"batch_size": 32, "average": 0.95}),
    ("keras", "births", "adam", {"learning_rate": 0.05}, {"batch_size": 50, "accumulate": 3, "clip_global_norm": 0.8}),
    ("keras", "births", "sgd", {"learning_rate": 0.02, "weight_decay": 0.3}, {"decay_mask": ["w"]}),
    ("optax", "births", "sgd", {"learning_rate": 0.1, "momentum": 0.5}, {"clip_global_norm": 1.5}),
    ("optax", "births", "sgd", {"learning_rate": 0.1, "momentum": 0.5}, {"clip_value": 0.5}),
    ("optax", "logistic", "adam", {"learning_rate": 0.05}, {"batch_size": 32, "clip_global_norm": 0.1, "average": 0.9}),
]


def column(name):
    with open(HERE.parents[2] / "resources" / "datasets" / "birthwt.csv", encoding="utf-8") as stream:
        return np.array([float(row[name]) for row in csv.DictReader(stream)])


def data(problem):
    if problem == "births":
        return (column("age") - 18) / 10, column("bwt") / 1000
    return (column("lwt") - 130) / 30, column("low")


def batches_of(samples, conditions):
    """Yield the samples of one batch after the other, for ever."""
    size = conditions.get("batch_size")
    bits = np.random.PCG64(SEED)
    while True:
        order = np.arange(samples)
        if size is not None and conditions.get("shuffle", True):
            order = np.argsort(bits.random_raw(samples), kind="stable")
        for low in range(0, samples, size or samples):
            part = order[low : low + (size or samples)]
            if len(part) == (size or samples) or not conditions.get("drop_last", False):
                yield part


def loss_of(problem, x, y, w, b):
    if problem == "births":
        return torch.mean((w * x + b - y) ** 2)
    return torch.nn.functional.binary_cross_entropy_with_logits(w * x + b, y)


def by_torch(problem, rule, hyperparameters, conditions):
    kind = torch.float32 if conditions.get("precision") == "float32" else torch.float64
    x, y = (torch.tensor(values, dtype=kind) for values in data(problem))
    w, b = (torch.nn.Parameter(torch.tensor(value, dtype=kind)) for value in START)
    settings = dict(hyperparameters)
    rate, decay = settings.pop("learning_rate"), settings.pop("weight_decay", None)
    groups = [{"params": [w]}, {"params": [b]}]
    for name, group, scale in zip("wb", groups, conditions.get("rate_scale", (1.0, 1.0)), strict=True):
        group["lr"] = rate * scale
        if decay is not None:
            group["weight_decay"] = decay if name in conditions.get("decay_mask", "wb") else 0.0
    kinds = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW}
    optimizer = kinds[rule](groups, lr=rate, **settings)
    model = torch.nn.Module()
    model.w, model.b = w, b
    averaged = None
    if "average" in conditions:
        update = torch.optim.swa_utils.get_ema_multi_avg_fn(conditions["average"])
        averaged = torch.optim.swa_utils.AveragedModel(model, multi_avg_fn=update)
    batches, many = batches_of(len(x), conditions), conditions.get("accumulate", 1)
    path, mean = [START], [START]
    for _ in range(STEPS):
        optimizer.zero_grad()
        for _ in range(many):
            part = torch.from_numpy(next(batches))
            (loss_of(problem, x[part], y[part], w, b) / many).backward()
        if "clip_value" in conditions:
            torch.nn.utils.clip_grad_value_([w, b], conditions["clip_value"])
        if "clip_global_norm" in conditions:
            torch.nn.utils.clip_grad_norm_([w, b], conditions["clip_global_norm"])
        optimizer.step()
        path.append((w.item(), b.item()))
        if averaged is not None:
            averaged.update_parameters(model)
            mean.append((averaged.module.w.item(), averaged.module.b.item()))
    return np.array(path), np.array(mean) if averaged is not None else None


def by_keras(problem, rule, hyperparameters, conditions):
    x, y = map(torch.from_numpy, data(problem))
    w, b = (keras.Variable(value, dtype="float64", name=name) for name, value in zip("wb", START, strict=True))
    settings = {KERAS_CLIPS[name]: conditions[name] for name in KERAS_CLIPS if name in conditions}
    many = conditions.get("accumulate", 1)
    if many > 1:
        settings["gradient_accumulation_steps"] = many
    if "average" in conditions:
        settings |= {"use_ema": True, "ema_momentum": conditions["average"]}
    kinds = {"sgd": keras.optimizers.SGD, "adam": keras.optimizers.Adam}
    optimizer = kinds[rule](**hyperparameters, **settings)
    if "decay_mask" in conditions:
        optimizer.exclude_from_weight_decay([var for var in (w, b) if var.name not in conditions["decay_mask"]])
    optimizer.build([w, b])
    batches = batches_of(len(x), conditions)
    path, mean = [START], [START]
    for _ in range(STEPS):
        for _ in range(many):
            part = torch.from_numpy(next(batches))
            at = [torch.tensor(float(var.value), dtype=torch.float64, requires_grad=True) for var in (w, b)]
            loss_of(problem, x[part], y[part], *at).backward()
            optimizer.apply([keras.ops.convert_to_tensor(value.grad.numpy()) for value in at])
        path.append((float(w.value), float(b.value)))
        if "average" in conditions:
            mean.append(tuple(float(var.value) for var in optimizer._model_variables_moving_average))
    return np.array(path), np.array(mean) if "average" in conditions else None


def by_optax(problem, rule, hyperparameters, conditions):
    x, y = map(torch.from_numpy, data(problem))
    parts = []
    if "clip_value" in conditions:
        parts.append(optax.clip(conditions["clip_value"]))
    if "clip_global_norm" in conditions:
        parts.append(optax.clip_by_global_norm(conditions["clip_global_norm"]))
    optimizer = optax.chain(*parts, {"sgd": optax.sgd, "adam": optax.adam}[rule](**hyperparameters))
    theta = {name: jax.numpy.asarray(value) for name, value in zip("wb", START, strict=True)}
    state, mean_now = optimizer.init(theta), theta
    batches = batches_of(len(x), conditions)
    path, mean = [START], [START]
    for _ in range(STEPS):
        part = torch.from_numpy(next(batches))
        at = [torch.tensor(float(theta[name]), dtype=torch.float64, requires_grad=True) for name in "wb"]
        loss_of(problem, x[part], y[part], *at).backward()
        slopes = {name: jax.numpy.asarray(float(value.grad)) for name, value in zip("wb", at, strict=True)}
        updates, state = optimizer.update(slopes, state, theta)
        theta = optax.apply_updates(theta, updates)
        path.append((float(theta["w"]), float(theta["b"])))
        if "average" in conditions:
            mean_now = optax.incremental_update(theta, mean_now, 1.0 - conditions["average"])
            mean.append((float(mean_now["w"]), float(mean_now["b"])))
    return np.array(path), np.array(mean) if "average" in conditions else None


def main():
    makers = {"torch": by_torch, "keras": by_keras, "optax": by_optax}
    arrays, cases = {}, []
    for library, problem, rule, hyperparameters, conditions in CASES:
        path, mean = makers[library](problem, rule, hyperparameters, conditions)
        arrays[f"path.{len(cases)}"] = path
        if mean is not None:
            arrays[f"average.{len(cases)}"] = mean
        convention = {"torch": "pytorch"}.get(library, library)
        told = {"seed": SEED} | conditions
        cases.append(
            {
                "convention": convention,
                "problem": problem,
                "rule": rule,
                "hyperparameters": hyperparameters,
                "conditions": told,
            }
        )
    versions = {"torch": torch.__version__, "keras": keras.__version__, "optax": optax.__version__}
    versions |= {"numpy": np.__version__, "python": platform.python_version()}
    np.savez_compressed(
        HERE / "paths.npz", about=np.array(json.dumps({"versions": versions, "cases": cases})), **arrays
    )
    sys.stdout.write(f"{len(cases)} paths\n")


if __name__ == "__main__":
    main()
