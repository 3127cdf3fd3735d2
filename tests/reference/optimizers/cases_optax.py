"""Optax's optimizers: of each rule what makes it, and with which hyperparameters; all but the rate have defaults."""

import optax
from making import asked

NAMES = {"beta1": "b1", "beta2": "b2", "beta3": "b3", "epsilon": "eps", "epsilon_root": "eps_root"}
RMSPROP = {"alpha": "decay", "epsilon": "eps", "epsilon_in_root": "eps_in_sqrt"}
ADAGRAD = {"epsilon": "eps", "initial_accumulator": "initial_accumulator_value"}
RPROP = {"step_min": "min_step_size", "step_max": "max_step_size"}


def adam(amsgrad=False, **given):
    names = {"correct_moment": "bias_correction_mu", "correct_second_moment": "bias_correction_nu", **NAMES}
    return asked(optax.amsgrad if amsgrad else optax.adam, names)(**given)


CASES = {
    "adam": (
        adam,
        [
            {"learning_rate": 0.001},
            {"learning_rate": 0.2, "beta1": 0.7, "beta2": 0.95, "epsilon": 1e-3, "epsilon_root": 1e-2},
            {"learning_rate": 0.05, "nesterov": True, "beta1": 0.8},
            {"learning_rate": 0.05, "amsgrad": True, "beta2": 0.9, "epsilon": 1e-2, "epsilon_root": 0.1},
            {"learning_rate": 0.05, "amsgrad": True, "correct_moment": False},
            {"learning_rate": 0.002, "amsgrad": True, "correct_second_moment": False},
        ],
    ),
    "adamw": (
        asked(optax.adamw, NAMES),
        [
            {"learning_rate": 0.001},
            {"learning_rate": 0.1, "beta1": 0.7, "beta2": 0.95, "epsilon": 1e-3, "weight_decay": 0.4},
            {"learning_rate": 0.05, "nesterov": True, "epsilon_root": 0.1, "weight_decay": 0.1},
        ],
    ),
    "adamax": (
        asked(optax.adamax, NAMES),
        [{"learning_rate": 0.002}, {"learning_rate": 0.1, "beta1": 0.7, "beta2": 0.95, "epsilon": 0.1}],
    ),
    "nadam": (
        asked(optax.nadam, NAMES),
        [
            {"learning_rate": 0.002},
            {"learning_rate": 0.05, "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-2, "epsilon_root": 0.1},
        ],
    ),
    "radam": (
        asked(optax.radam, NAMES),
        [
            {"learning_rate": 0.001},
            {"learning_rate": 0.002, "beta1": 0.8, "beta2": 0.95, "epsilon": 0.1, "epsilon_root": 0.2},
            {"learning_rate": 0.001, "beta2": 0.6, "nesterov": True},
            {"learning_rate": 0.001, "threshold": 9.0, "nesterov": True},
            {"learning_rate": 0.001, "beta2": 0.9, "threshold": 4.0},
        ],
    ),
    "adabelief": (
        asked(optax.adabelief, NAMES),
        [
            {"learning_rate": 0.001},
            {"learning_rate": 0.01, "beta1": 0.8, "beta2": 0.95, "epsilon": 0.01, "epsilon_root": 0.001},
            {"learning_rate": 0.01, "beta2": 0.99, "nesterov": True},
        ],
    ),
    "yogi": (
        asked(optax.yogi, NAMES),
        [{"learning_rate": 0.01}, {"learning_rate": 0.1, "beta1": 0.8, "beta2": 0.95, "epsilon": 0.1}],
    ),
    "adan": (
        asked(optax.adan, NAMES),
        [
            {"learning_rate": 0.001},
            {"learning_rate": 0.05, "beta1": 0.9, "beta2": 0.8, "beta3": 0.95, "epsilon": 0.1, "epsilon_root": 0.2},
            {"learning_rate": 0.02, "weight_decay": 0.3},
        ],
    ),
    "gradient_descent": (
        asked(optax.sgd, {}),
        [{"learning_rate": 0.001}, {"learning_rate": 0.3}],
    ),
    "momentum": (
        asked(optax.sgd, {}),
        [{"learning_rate": 0.0003, "momentum": 0.9}, {"learning_rate": 0.15, "momentum": 0.5}],
    ),
    "nesterov": (
        asked(optax.sgd, {}, switch={"nesterov": True}),
        [{"learning_rate": 0.0003, "momentum": 0.9}, {"learning_rate": 0.15, "momentum": 0.5}],
    ),
    "sgd": (
        asked(optax.sgd, {}),
        [
            {"learning_rate": 0.001},
            {"learning_rate": 0.0005, "momentum": 0.9},
            {"learning_rate": 0.0003, "momentum": 0.9, "nesterov": True},
        ],
    ),
    "adagrad": (
        asked(optax.adagrad, ADAGRAD),
        [{"learning_rate": 0.01}, {"learning_rate": 0.3, "initial_accumulator": 0.0, "epsilon": 1e-2}],
    ),
    "rmsprop": (
        asked(optax.rmsprop, RMSPROP),
        [
            {"learning_rate": 0.01},
            {"learning_rate": 0.02, "alpha": 0.8, "epsilon": 1e-2, "initial_scale": 0.5},
            {"learning_rate": 0.01, "momentum": 0.7, "epsilon_in_root": False, "epsilon": 1e-2},
            {"learning_rate": 0.01, "momentum": 0.5, "nesterov": True, "bias_correction": True, "epsilon": 1e-2},
            {"learning_rate": 0.01, "centered": True, "initial_scale": 0.3, "epsilon": 1e-1},
            {"learning_rate": 0.005, "centered": True, "bias_correction": True, "momentum": 0.5, "epsilon": 0.1},
            {"learning_rate": 0.005, "centered": True, "epsilon_in_root": False, "nesterov": True, "epsilon": 0.1},
        ],
    ),
    "adadelta": (
        asked(optax.adadelta, NAMES),
        [{"learning_rate": 1.0}, {"learning_rate": 2.0, "rho": 0.7, "epsilon": 1e-3, "weight_decay": 0.2}],
    ),
    "rprop": (
        asked(optax.rprop, RPROP),
        [
            {"learning_rate": 0.01},
            {"learning_rate": 0.3, "eta_minus": 0.3, "eta_plus": 1.1, "step_min": 1e-3, "step_max": 0.1},
            {"learning_rate": 1e-4, "step_min": 1e-2, "step_max": 1.0},
        ],
    ),
    "lion": (
        asked(optax.lion, NAMES),
        [{"learning_rate": 0.001}, {"learning_rate": 0.01, "beta1": 0.7, "beta2": 0.9, "weight_decay": 0.3}],
    ),
    "signsgd": (asked(optax.sign_sgd, {}), [{"learning_rate": 0.01}, {"learning_rate": 0.003}]),
    "novograd": (
        asked(optax.novograd, NAMES),
        [
            {"learning_rate": 0.01},
            {
                "learning_rate": 0.005,
                "beta1": 0.7,
                "beta2": 0.6,
                "epsilon": 1e-2,
                "epsilon_root": 0.2,
                "weight_decay": 0.3,
            },
        ],
    ),
    "lamb": (
        asked(optax.lamb, NAMES),
        [
            {"learning_rate": 0.001},
            {
                "learning_rate": 0.02,
                "beta1": 0.7,
                "beta2": 0.9,
                "epsilon": 1e-2,
                "epsilon_root": 0.2,
                "weight_decay": 0.3,
            },
        ],
    ),
}
