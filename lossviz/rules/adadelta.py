"""Adadelta, as PyTorch, Keras and Optax have it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from lossviz.landscape.objective import Array
from lossviz.rules.base import Hyper, State, declare
from lossviz.rules.componentwise import Componentwise, Quantity, decayed, divided, root, with_decay
from lossviz.rules.memory import decay as fading
from lossviz.rules.memory import epsilon, learning_rate, weight_decay
from lossviz.rules.moments import Decay, Written, acting, shrinking, step, written
from lossviz.rules.moments import decayed as of_decay
from lossviz.rules.plain import SLOPE
from lossviz.rules.terms import Term

RHO = "How slowly the mean squares of gradients and of steps forget."
EPSILON = "A small number under both roots: from it the first steps grow."


def _written(decay: Decay) -> Written:
    """Give formula and terms with the decay where it is used."""
    g = "g′" if decay == "slope" else "g"
    lines = ("s ← ρ·s + (1 − ρ)·g²", "d ← √(u + ε)/√(s + ε) · g", "u ← ρ·u + (1 − ρ)·d²", "θ ← θ − η·d")
    return written(decay, *lines), (
        SLOPE,
        *of_decay(decay),
        Term("s", "mean square", remembered=0),
        Term("s′", "new mean square", f"ρ·s + (1 − ρ)·{g}²"),
        Term("u", "mean square step", remembered=1),
        Term("d", "raw step", f"√(u + ε)/√(s′ + ε)·{g}"),
        step("η·d", decay),
    )


@dataclass(frozen=True, eq=False)
class Adadelta(Componentwise):
    """Each slope is multiplied by a fading mean of the steps before over one of the slopes (torch.optim.Adadelta)."""

    name: ClassVar[str] = "adadelta"
    title: ClassVar[str] = "Adadelta"
    formula: ClassVar[str] = _written("")[0]
    terms: ClassVar[tuple[Term, ...]] = _written("")[1]
    source: ClassVar[str] = "Zeiler (2012), Adadelta: an adaptive learning rate method"
    good: ClassVar[str] = "Its steps have the parameter's own unit, so it needs hardly any rate to be chosen."
    bad: ClassVar[str] = "It starts with tiny steps that have to grow, so it is slow where the way is long."

    learning_rate: Hyper = declare(learning_rate(1.0))
    rho: Hyper = declare(fading("rho", "ρ", 0.9, RHO))
    epsilon: Hyper = declare(epsilon(1e-6, EPSILON))
    weight_decay: Hyper = declare(weight_decay(0.0))

    def written_out(self) -> Written:
        """Give formula and terms with the decay where it is used."""
        return _written(acting(self.weight_decay, decoupled=False))

    def init(self, theta: Array) -> State:
        """Start with no mean square of either."""
        return np.zeros_like(theta), np.zeros_like(theta)

    def follow(self, slope: Quantity, theta: Quantity, rate: Hyper, state: State) -> tuple[Quantity, State]:
        """Update the mean square of slopes, step, and update that of steps."""
        g = with_decay(slope, theta, self.weight_decay)
        s, u = state
        s = self.rho * s + (1.0 - self.rho) * g * g
        raw = divided(root(u + self.epsilon), root(s + self.epsilon)) * g
        u = self.rho * u + (1.0 - self.rho) * raw * raw
        return theta - rate * raw, (s, u)

    def told(self, rate: Hyper, state: State) -> Mapping[str, Array]:
        """Tell the mean square of slopes."""
        return {"second_moment": state[0]}


@dataclass(frozen=True, eq=False)
class KerasAdadelta(Adadelta):
    """The same with a small rate, and weight decay beside the step (keras.optimizers.Adadelta)."""

    convention: ClassVar[str] = "keras"
    formula: ClassVar[str] = Adadelta.formula
    terms: ClassVar[tuple[Term, ...]] = Adadelta.terms

    learning_rate: Hyper = declare(learning_rate(0.001))
    rho: Hyper = declare(fading("rho", "ρ", 0.95, RHO))
    epsilon: Hyper = declare(epsilon(1e-7, EPSILON))
    weight_decay: Hyper = declare(shrinking(0.0))

    def written_out(self) -> Written:
        """Give formula and terms with the decay where it is used."""
        return _written(acting(self.weight_decay, decoupled=True))

    def follow(self, slope: Quantity, theta: Quantity, rate: Hyper, state: State) -> tuple[Quantity, State]:
        """Shrink the parameter, update the mean square of slopes, step, and update that of steps."""
        theta = decayed(theta, rate, self.weight_decay)
        s, u = state
        s = self.rho * s + (1.0 - self.rho) * (slope * slope)
        raw = divided(root(u + self.epsilon) * slope, root(s + self.epsilon))
        u = self.rho * u + (1.0 - self.rho) * (raw * raw)
        return theta - rate * raw, (s, u)


@dataclass(frozen=True, eq=False)
class OptaxAdadelta(Adadelta):
    """The same as PyTorch's (optax.adadelta, which climbs unless it is given a rate)."""

    convention: ClassVar[str] = "optax"
