"""Makes rates.npz: the learning rates of PyTorch's, Keras's and Optax's own schedules, in float64. Run on demand:

    python -m venv /tmp/oracle && /tmp/oracle/bin/pip install torch==2.13.0 keras==3.15.1 jax==0.10.2 optax==0.2.8 numpy
    /tmp/oracle/bin/python tests/reference/schedules/make.py

Which is asked for what: cases.py. PyTorch's schedulers make their steps one after the other, as in a training loop;
a warm-up is a SequentialLR that begins with a LinearLR. Nothing of lossviz is used.
"""

import json
import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path

# on JAX Keras takes the cosine in float32
os.environ["KERAS_BACKEND"] = "torch"
os.environ.setdefault("JAX_ENABLE_X64", "1")

import cases
import keras
import numpy as np
import optax
import optax.contrib
import torch
from torch.optim import lr_scheduler

keras.config.set_floatx("float64")

FILE = Path(__file__).parent / "rates.npz"
BASE, UPDATES = 0.1, 120

TORCH_CLASSES = {
    "constant": "ConstantLR",
    "step": "StepLR",
    "multi_step": "MultiStepLR",
    "exponential": "ExponentialLR",
    "linear": "LinearLR",
    "polynomial": "PolynomialLR",
    "cosine": "CosineAnnealingLR",
    "cosine_restarts": "CosineAnnealingWarmRestarts",
    "one_cycle": "OneCycleLR",
    "cyclic": "CyclicLR",
}
TORCH_NAMES = {
    "cosine": {"steps": "T_max", "minimum": "eta_min"},
    "cosine_restarts": {"restart_every": "T_0", "restart_factor": "T_mult", "minimum": "eta_min"},
    "one_cycle": {"steps": "total_steps", "anneal": "anneal_strategy", "maximum": "max_lr"},
    "cyclic": {"minimum": "base_lr", "maximum": "max_lr"},
}
MOMENTA = {"minimum_momentum": "base_momentum", "maximum_momentum": "max_momentum"}


def by_pytorch(name, params, base, updates):
    params = dict(params)
    warmup, start = params.pop("warmup", 0), params.pop("warmup_start", 1 / 3)
    names = {"steps": "total_iters", **MOMENTA, **TORCH_NAMES.get(name, {})}
    given = {names.get(key, key): value for key, value in params.items()}
    if given.get("anneal_strategy") == "cosine":
        given["anneal_strategy"] = "cos"
    optimizer = torch.optim.SGD([torch.zeros(1, dtype=torch.float64, requires_grad=True)], lr=base, momentum=0.9)
    made = getattr(lr_scheduler, TORCH_CLASSES[name])
    if warmup:
        first = lr_scheduler.LinearLR(optimizer, start_factor=start, total_iters=warmup)
        scheduler = lr_scheduler.SequentialLR(optimizer, [first, made(optimizer, **given)], milestones=[warmup])
    else:
        scheduler = made(optimizer, **given)
    rates, momenta = [], []
    for _ in range(updates):
        (group,) = optimizer.param_groups
        rates.append(group["lr"])
        momenta.append(group["momentum"])
        optimizer.step()
        # OneCycleLR can't be asked beyond its end
        if len(rates) < updates:
            scheduler.step()
    return rates, momenta if name in ("one_cycle", "cyclic") else None


def by_keras(name, params, base, updates):
    params, schedules = dict(params), keras.optimizers.schedules
    names = {"step_size": "decay_steps", "gamma": "decay_rate", "steps": "decay_steps", "end": "end_learning_rate"}
    names |= {"restart_every": "first_decay_steps", "restart_factor": "t_mul", "peak_factor": "m_mul"}
    if name == "piecewise":
        factors = params.pop("factors")
        made = schedules.PiecewiseConstantDecay(params["milestones"], [base * factor for factor in factors])
    else:
        made = {
            "exponential": schedules.ExponentialDecay,
            "cosine": schedules.CosineDecay,
            "cosine_restarts": schedules.CosineDecayRestarts,
            "polynomial": schedules.PolynomialDecay,
            "inverse_time": schedules.InverseTimeDecay,
        }[name]
        warmup, start = params.pop("warmup", 0), params.pop("warmup_start", 0.0)
        given = {names.get(key, key): value for key, value in params.items()}
        if warmup:
            given |= {"warmup_target": base, "warmup_steps": warmup}
        made = made(start * base if warmup else base, **given)
    return [float(made(k)) for k in range(updates)], None


def by_optax(name, params, base, updates):
    params = dict(params)
    warmup, start = params.pop("warmup", 0), params.pop("warmup_start", 0.0)
    rising = {"init_value": start * base, "peak_value": base, "warmup_steps": warmup}
    if name == "constant":
        made = optax.constant_schedule(base)
        if warmup:
            made = optax.warmup_constant_schedule(start * base, base, warmup)
    elif name == "exponential":
        given = {
            {
                "step_size": "transition_steps",
                "gamma": "decay_rate",
                "begin": "transition_begin",
                "end": "end_value",
            }.get(key, key): value
            for key, value in params.items()
        }
        made = (
            optax.warmup_exponential_decay_schedule(**rising, **given)
            if warmup
            else optax.exponential_decay(base, **given)
        )
    elif name == "cosine":
        alpha, power = params.get("alpha", 0.0), params.get("power", 1.0)
        if warmup:
            made = optax.warmup_cosine_decay_schedule(
                **rising, decay_steps=params["steps"], end_value=alpha * base, exponent=power
            )
        else:
            made = optax.cosine_decay_schedule(base, params["steps"], alpha, power)
    elif name == "cosine_restarts":
        rounds, peak, length = [], base, params["restart_every"]
        for _ in range(10):
            rounds.append(
                {
                    "init_value": start * peak,
                    "peak_value": peak,
                    "warmup_steps": warmup,
                    "decay_steps": length,
                    "end_value": params.get("alpha", 0.0) * peak,
                    "exponent": params.get("power", 1.0),
                }
            )
            peak, length = peak * params.get("peak_factor", 1.0), length * params.get("restart_factor", 1)
        made = optax.sgdr_schedule(rounds)
    elif name == "one_cycle":
        given = {
            {"steps": "transition_steps", "maximum": "peak_value"}.get(key, key): value for key, value in params.items()
        }
        straight = given.pop("anneal", "cosine") == "linear"
        made = (optax.linear_onecycle_schedule if straight else optax.cosine_onecycle_schedule)(**given)
    elif name in ("polynomial", "linear"):
        given = {"end_value": params["end"], "transition_steps": params["steps"]}
        given["transition_begin"] = params.get("begin", 0)
        if name == "polynomial":
            made = optax.polynomial_schedule(base, power=params["power"], **given)
        else:
            made = optax.linear_schedule(base, **given)
        if warmup:
            made = optax.join_schedules([optax.linear_schedule(start * base, base, warmup), made], [warmup])
    elif name == "piecewise":
        scales = dict(zip(params["milestones"], params["factors"], strict=True))
        how = params.get("interpolate", "none")
        if how == "none":
            made = optax.piecewise_constant_schedule(base, scales)
        else:
            made = optax.piecewise_interpolate_schedule(how, base, scales)
    return [float(made(k)) for k in range(updates)], None


def losses():
    """Falls in steps, trembles, stands still, rises, falls below 0: all that a follower can meet."""
    falling = [3.0 * 0.8 ** min(k, 12) for k in range(30)]
    trembling = [0.2 + 0.03 * ((7 * k) % 5 - 2) for k in range(30)]
    beyond = [0.5 - 0.05 * (k // 4) for k in range(60)]
    return [*falling, *trembling, float("inf"), *beyond, float("nan"), *falling]


def plateau_by_pytorch(params, base):
    given = {
        {"minimum": "min_lr", "epsilon": "eps"}.get(key, key): {"relative": "rel", "absolute": "abs"}.get(value, value)
        for key, value in params.items()
    }
    optimizer = torch.optim.SGD([torch.zeros(1, dtype=torch.float64, requires_grad=True)], lr=base)
    scheduler = lr_scheduler.ReduceLROnPlateau(optimizer, **given)
    for loss in losses():
        scheduler.step(loss)
        yield optimizer.param_groups[0]["lr"]


def plateau_by_keras(params, base):
    given = {{"minimum": "min_lr", "threshold": "min_delta"}.get(key, key): value for key, value in params.items()}

    class Model:
        optimizer = keras.optimizers.SGD(base)

    callback = keras.callbacks.ReduceLROnPlateau(monitor="loss", **given)
    callback.set_model(Model())
    callback.on_train_begin()
    for epoch, loss in enumerate(losses()):
        callback.on_epoch_end(epoch, {"loss": loss})
        yield float(Model.optimizer.learning_rate)


def plateau_by_optax(params, base):
    names = {"relative_threshold": "rtol", "absolute_threshold": "atol", "minimum_factor": "min_scale"}
    made = optax.contrib.reduce_on_plateau(**{names.get(key, key): value for key, value in params.items()})
    state = made.init(np.zeros(1))
    for loss in losses():
        # what comes out is the gradient times the scale
        scaled, state = made.update(np.array([base]), state, value=loss)
        yield float(scaled[0])


def main():
    found, rows = [], []
    for convention, ask in (("pytorch", by_pytorch), ("keras", by_keras), ("optax", by_optax)):
        for name, params in getattr(cases, convention.upper()):
            params = dict(params)
            base, updates = params.pop("base", BASE), params.pop("updates", UPDATES)
            rates, momenta = ask(name, params, base, updates)
            case = {"schedule": name, "convention": convention, "params": params, "base": base}
            found.append(case | {"momenta": momenta is not None})
            rows += [np.array(rates)] + ([np.array(momenta)] if momenta else [])
    seen = np.array(losses())
    plateaus = []
    for convention, follow in (
        ("pytorch", plateau_by_pytorch),
        ("keras", plateau_by_keras),
        ("optax", plateau_by_optax),
    ):
        for params in cases.PLATEAU[convention]:
            plateaus.append({"convention": convention, "params": params, "base": BASE})
            rows.append(np.array([*follow(params, BASE)]))
    versions = {name: version(name) for name in ("torch", "keras", "jax", "optax", "numpy")}
    about = {"cases": found, "plateaus": plateaus, "versions": versions | {"python": platform.python_version()}}
    np.savez_compressed(
        FILE,
        about=np.array(json.dumps(about)),
        lengths=np.array([len(row) for row in rows]),
        rows=np.concatenate(rows),
        losses=seen,
    )
    sys.stdout.write(
        f"{FILE.name}: {len(found)} schedules, {len(plateaus)} on a plateau, {FILE.stat().st_size} bytes\n"
    )


if __name__ == "__main__":
    main()
