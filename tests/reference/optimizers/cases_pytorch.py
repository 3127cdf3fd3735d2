"""PyTorch's optimizers: of each rule what makes it, and with which hyperparameters. {}: all as PyTorch has them."""

import qhoptim.pyt
import torch
from making import asked

NAMES = {
    "learning_rate": "lr",
    "beta1": "betas.0",
    "beta2": "betas.1",
    "epsilon": "eps",
    "learning_rate_decay": "lr_decay",
    "initial_accumulator": "initial_accumulator_value",
    "eta_minus": "etas.0",
    "eta_plus": "etas.1",
    "step_min": "step_sizes.0",
    "step_max": "step_sizes.1",
    "nu1": "nus.0",
    "nu2": "nus.1",
}
SGD = {"learning_rate": "lr"}


def qhm(*parameters, learning_rate=1.0, momentum=0.999, nu=0.7, decouple_weight_decay=False, **given):
    # what has no default there has that of the documentation's example
    kind = "direct" if decouple_weight_decay else "grad"
    return qhoptim.pyt.QHM(*parameters, lr=learning_rate, momentum=momentum, nu=nu, weight_decay_type=kind, **given)


LBFGS = {
    "learning_rate": "lr",
}


def lbfgs(parameters, strong_wolfe=False, **given):
    return torch.optim.LBFGS(parameters, line_search_fn="strong_wolfe" if strong_wolfe else None, **given)


CASES = {
    "gradient_descent": (
        asked(torch.optim.SGD, SGD),
        [{"learning_rate": 0.001}, {"learning_rate": 0.01}, {"learning_rate": 0.3}],
    ),
    "momentum": (
        asked(torch.optim.SGD, SGD),
        [
            {"learning_rate": 0.0003, "momentum": 0.9},
            {"learning_rate": 0.01, "momentum": 0.9},
            {"learning_rate": 0.15, "momentum": 0.5},
        ],
    ),
    "nesterov": (
        asked(torch.optim.SGD, SGD, switch={"nesterov": True}),
        [
            {"learning_rate": 0.0003, "momentum": 0.9},
            {"learning_rate": 0.01, "momentum": 0.9},
            {"learning_rate": 0.15, "momentum": 0.5},
        ],
    ),
    "adagrad": (
        asked(torch.optim.Adagrad, NAMES),
        [
            {},
            {"learning_rate": 0.3, "weight_decay": 0.2},
            {"learning_rate": 0.5, "learning_rate_decay": 0.02, "initial_accumulator": 0.3, "epsilon": 1e-3},
        ],
    ),
    "rmsprop": (
        asked(torch.optim.RMSprop, NAMES),
        [
            {},
            {"learning_rate": 0.05, "alpha": 0.8, "epsilon": 1e-2},
            {"learning_rate": 0.01, "momentum": 0.7, "weight_decay": 0.2, "epsilon": 1e-2},
            {"learning_rate": 0.01, "centered": True, "epsilon": 1e-1},
            {"learning_rate": 0.005, "centered": True, "momentum": 0.5, "alpha": 0.9, "epsilon": 0.1},
        ],
    ),
    "adam": (
        asked(torch.optim.Adam, NAMES),
        [
            {},
            {"learning_rate": 0.2, "beta1": 0.7, "beta2": 0.95, "epsilon": 1e-3},
            {"learning_rate": 0.05, "weight_decay": 0.3, "amsgrad": True, "beta2": 0.9},
            {"learning_rate": 0.05, "weight_decay": 0.5, "decoupled_weight_decay": True, "epsilon": 0.1},
        ],
    ),
    "adamw": (
        asked(torch.optim.AdamW, NAMES),
        [
            {},
            {"learning_rate": 0.1, "beta1": 0.7, "beta2": 0.95, "epsilon": 1e-3, "weight_decay": 0.4},
            {"learning_rate": 0.05, "beta2": 0.8, "amsgrad": True},
        ],
    ),
    "adamax": (
        asked(torch.optim.Adamax, NAMES),
        [
            {},
            {"learning_rate": 0.1, "beta1": 0.7, "beta2": 0.95, "epsilon": 0.1, "weight_decay": 0.3},
        ],
    ),
    "nadam": (
        asked(torch.optim.NAdam, NAMES),
        [
            {},
            {"learning_rate": 0.05, "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-2, "momentum_decay": 0.5},
            {"learning_rate": 0.05, "weight_decay": 0.3, "epsilon": 0.1},
            {"learning_rate": 0.05, "weight_decay": 0.3, "decoupled_weight_decay": True},
        ],
    ),
    "radam": (
        asked(torch.optim.RAdam, NAMES),
        [
            {},
            {"learning_rate": 0.002, "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-1, "weight_decay": 0.3},
            {"learning_rate": 0.001, "beta2": 0.6, "weight_decay": 0.3},
            {"learning_rate": 0.003, "beta2": 0.9, "weight_decay": 0.3, "decoupled_weight_decay": True},
        ],
    ),
    "sgd": (
        asked(torch.optim.SGD, SGD),
        [
            {},
            {"learning_rate": 0.0005, "momentum": 0.9, "dampening": 0.4},
            {"learning_rate": 0.0003, "momentum": 0.9, "nesterov": True, "weight_decay": 0.5},
            {"learning_rate": 0.0005, "dampening": 0.4, "weight_decay": 0.5},
            {"learning_rate": 0.1, "momentum": 0.7, "dampening": 0.2, "weight_decay": 0.1},
        ],
    ),
    "adadelta": (
        asked(torch.optim.Adadelta, NAMES),
        [{}, {"learning_rate": 2.0, "rho": 0.7, "epsilon": 1e-3, "weight_decay": 0.2}],
    ),
    "rprop": (
        asked(torch.optim.Rprop, NAMES),
        [
            {},
            {"learning_rate": 0.3, "eta_minus": 0.3, "eta_plus": 1.1, "step_min": 1e-3, "step_max": 0.1},
            {"learning_rate": 1e-4, "step_min": 1e-2, "step_max": 1.0},
        ],
    ),
    "asgd": (
        asked(torch.optim.ASGD, NAMES),
        [
            {"learning_rate": 0.001},
            {},
            {"learning_rate": 0.001, "lambd": 0.5, "alpha": 0.6, "t0": 10.0, "weight_decay": 0.3},
            {"learning_rate": 0.1, "lambd": 0.1, "alpha": 1.0},
        ],
    ),
    "qhm": (
        qhm,
        [
            {"learning_rate": 0.001},
            {},
            {"learning_rate": 0.002, "momentum": 0.9, "nu": 0.8, "weight_decay": 0.3},
            {"learning_rate": 0.002, "momentum": 0.9, "nu": 0.4, "weight_decay": 0.3, "decouple_weight_decay": True},
        ],
    ),
    "qhadam": (
        asked(qhoptim.pyt.QHAdam, NAMES),
        [
            {},
            {"learning_rate": 0.05, "beta1": 0.95, "nu1": 0.7, "nu2": 0.9, "beta2": 0.98, "epsilon": 1e-2},
            {"learning_rate": 0.02, "nu1": 0.8, "weight_decay": 0.3},
            {"learning_rate": 0.02, "nu1": 0.8, "weight_decay": 0.3, "decouple_weight_decay": True},
        ],
    ),
    "lbfgs": (
        asked(lbfgs, LBFGS),
        [
            {},
            {"strong_wolfe": True},
            {"learning_rate": 0.02, "max_iter": 1},
            {"learning_rate": 0.05, "max_iter": 3, "history_size": 2, "tolerance_change": 1e-6},
            {"learning_rate": 0.1, "max_iter": 9, "max_eval": 4, "tolerance_grad": 1e-3},
            {"learning_rate": 0.3, "max_iter": 1, "strong_wolfe": True},
            {"learning_rate": 0.5, "max_iter": 2, "max_eval": 7, "history_size": 3, "strong_wolfe": True},
        ],
    ),
}
