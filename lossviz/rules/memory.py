"""Hyperparameters that many rules share: how their memories fade, what keeps a division finite, what decays weights."""

from dataclasses import replace

from lossviz.landscape.param import Param
from lossviz.rules.base import LEARNING_RATE


def learning_rate(default: float) -> Param:
    """Declare the base rate with a library's own default."""
    return replace(LEARNING_RATE, default=default)


def decay(name: str, symbol: str, default: float, text: str) -> Param:
    """Declare a factor from 0 to below 1 by which a memory shrinks at each step."""
    return Param(name, symbol, default, low=0.0, high=1.0, shown=(0.0, 0.9999), open_high=True, text=text)


def epsilon(default: float, text: str = "") -> Param:
    """Declare the small number that keeps a division finite."""
    text = text or "A small number beside the root, so that nothing is divided by zero."
    return Param("epsilon", "ε", default, low=0.0, shown=(1e-12, 1.0), log=True, text=text)


def weight_decay(default: float, text: str = "") -> Param:
    """Declare how strongly parameters are drawn to 0."""
    text = text or "This part of each parameter is added to its slope, as by an l2 penalty."
    return Param("weight_decay", "λ", default, low=0.0, shown=(1e-5, 1.0), log=True, text=text)


EPSILON_ROOT = replace(epsilon(0.0, "A small number under the root."), name="epsilon_root", symbol="ε₀")
BETA1 = decay("beta1", "β₁", 0.9, "How slowly the mean of gradients forgets.")
BETA2 = decay("beta2", "β₂", 0.999, "How slowly the mean of squared gradients forgets.")
