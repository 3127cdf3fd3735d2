"""Hyperparameters that many rules share: how their memories fade, what keeps a division finite, what decays weights."""

from lossviz.landscape.param import Param


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


BETA1 = decay("beta1", "β₁", 0.9, "How slowly the mean of gradients forgets.")
BETA2 = decay("beta2", "β₂", 0.999, "How slowly the mean of squared gradients forgets.")
