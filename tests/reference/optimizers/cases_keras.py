"""Keras's optimizers: of each rule what makes it, and with which hyperparameters. {}: all as Keras has them."""

import keras
from making import asked

NAMES = {"beta1": "beta_1", "beta2": "beta_2", "initial_accumulator": "initial_accumulator_value"}

CASES = {
    "adam": (
        asked(keras.optimizers.Adam, NAMES),
        [
            {},
            {"learning_rate": 0.2, "beta1": 0.7, "beta2": 0.95, "epsilon": 1e-3},
            {"learning_rate": 0.05, "weight_decay": 0.3, "amsgrad": True, "beta2": 0.9, "epsilon": 0.1},
        ],
    ),
    "adamw": (
        asked(keras.optimizers.AdamW, NAMES),
        [
            {},
            {"learning_rate": 0.1, "beta1": 0.7, "beta2": 0.95, "epsilon": 1e-3, "weight_decay": 0.4},
            {"learning_rate": 0.05, "beta2": 0.8, "amsgrad": True},
        ],
    ),
    "adamax": (
        asked(keras.optimizers.Adamax, NAMES),
        [
            {},
            {"learning_rate": 0.1, "beta1": 0.7, "beta2": 0.95, "epsilon": 0.1, "weight_decay": 0.3},
        ],
    ),
    "nadam": (
        asked(keras.optimizers.Nadam, NAMES),
        [
            {},
            {"learning_rate": 0.05, "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-2},
            {"learning_rate": 0.05, "weight_decay": 0.3, "epsilon": 0.1},
        ],
    ),
    "gradient_descent": (
        asked(keras.optimizers.SGD, {}),
        [{"learning_rate": 0.001}, {"learning_rate": 0.3}],
    ),
    "momentum": (
        asked(keras.optimizers.SGD, {}),
        [{"learning_rate": 0.0003, "momentum": 0.9}, {"learning_rate": 0.15, "momentum": 0.5}],
    ),
    "nesterov": (
        asked(keras.optimizers.SGD, {}, switch={"nesterov": True}),
        [{"learning_rate": 0.0003, "momentum": 0.9}, {"learning_rate": 0.15, "momentum": 0.5}],
    ),
    "sgd": (
        asked(keras.optimizers.SGD, {}),
        [
            {"learning_rate": 0.001},
            {},
            {"learning_rate": 0.0005, "momentum": 0.9, "weight_decay": 0.5},
            {"learning_rate": 0.0003, "momentum": 0.9, "nesterov": True, "weight_decay": 0.5},
            {"learning_rate": 0.0005, "nesterov": True, "weight_decay": 0.5},
        ],
    ),
    "adagrad": (
        asked(keras.optimizers.Adagrad, NAMES),
        [{}, {"learning_rate": 0.3, "initial_accumulator": 0.0, "epsilon": 1e-2, "weight_decay": 0.2}],
    ),
    "rmsprop": (
        asked(keras.optimizers.RMSprop, NAMES),
        [
            {},
            {"learning_rate": 0.02, "rho": 0.8, "epsilon": 1e-2},
            {"learning_rate": 0.01, "momentum": 0.7, "weight_decay": 0.3, "epsilon": 1e-2},
            {"learning_rate": 0.01, "centered": True, "epsilon": 1e-1},
            {"learning_rate": 0.005, "centered": True, "momentum": 0.5, "epsilon": 0.1},
        ],
    ),
    "adadelta": (
        asked(keras.optimizers.Adadelta, NAMES),
        [
            {},
            {"learning_rate": 2.0, "rho": 0.7, "epsilon": 1e-3, "weight_decay": 0.2},
            {"learning_rate": 1.0, "rho": 0.9, "epsilon": 1e-5},
        ],
    ),
    "lion": (
        asked(keras.optimizers.Lion, NAMES),
        [{}, {"learning_rate": 0.01, "beta1": 0.7, "beta2": 0.9, "weight_decay": 0.3}],
    ),
    "lamb": (
        asked(keras.optimizers.Lamb, NAMES),
        [{}, {"learning_rate": 0.02, "beta1": 0.7, "beta2": 0.9, "epsilon": 1e-2, "weight_decay": 0.3}],
    ),
    "ftrl": (
        asked(keras.optimizers.Ftrl, NAMES),
        [
            {},
            {"learning_rate": 0.3, "learning_rate_power": -0.7, "initial_accumulator": 0.3, "weight_decay": 0.1},
            {"learning_rate": 0.3, "l1_regularization_strength": 0.05, "l2_regularization_strength": 0.3},
            {"learning_rate": 0.3, "l2_shrinkage_regularization_strength": 0.2, "beta": 0.4},
        ],
    ),
}
