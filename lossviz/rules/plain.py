"""Rules that follow the slope, with or without a memory of it, as PyTorch and Keras have them.

Optax's momentum and Nesterov momentum are PyTorch's. Keras keeps the rate inside of the velocity, PyTorch outside: that
shows where a schedule changes the rate.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from lossviz.landscape.objective import Array
from lossviz.landscape.param import Param
from lossviz.rules.base import Hyper, Oracle, Rule, State, Step, declare
from lossviz.rules.componentwise import Componentwise, Quantity
from lossviz.rules.terms import Term

SLOPE = Term("g", "slope")
VELOCITY = (
    Term("v", "velocity", remembered=0, carries=True),
    Term("β·v", "kept", "β·v"),
    Term("v′", "new velocity", "β·v + g"),
)
KERAS_VELOCITY = (*VELOCITY[:2], Term("v′", "new velocity", "β·v − η·g"))

MOMENTUM = Param(
    "momentum",
    "β",
    0.9,
    low=0.0,
    high=1.0,
    shown=(0.0, 0.99),
    open_high=True,
    text="How much of the velocity is kept from one step to the next.",
)


@dataclass(frozen=True, eq=False)
class FixedStep(Rule):
    """Steps of one length: only the direction of the slope counts, so it ends in hopping between two points."""

    name: ClassVar[str] = "fixed_step"
    title: ClassVar[str] = "fixed step"
    formula: ClassVar[str] = "θ ← θ − η · g / ‖g‖"
    terms: ClassVar[tuple[Term, ...]] = (SLOPE, Term("d", "direction", "g/‖g‖"), Term("Δ", "step", "−η·d"))
    bounded: ClassVar[bool] = True
    source: ClassVar[str] = "Shor (1985), Minimization methods for non-differentiable functions, section 2.1"
    good: ClassVar[str] = "It crosses flat ground as fast as steep ground, and can't fly off."
    bad: ClassVar[str] = "It never comes to rest: at the minimum it hops to and fro by its step."

    def init(self, theta: Array) -> State:
        """Remember nothing."""
        return ()

    def step(self, oracle: Oracle, theta: Array, rate: Hyper, state: State) -> Step:
        """Go one step length against the gradient; stay where it is zero."""
        g = oracle.gradient(theta)
        # scaled first: squares of 1e200 would overflow, those of 1e-200 vanish
        largest = np.max(np.abs(g), axis=0)
        with np.errstate(invalid="ignore", divide="ignore"):
            scaled = np.where(largest > 0.0, g / largest, 0.0)
            length = np.sqrt(np.sum(scaled * scaled, axis=0))
            direction = np.where(length > 0.0, scaled / length, 0.0)
        return Step(theta - rate * direction, (), {"direction": -direction})


@dataclass(frozen=True, eq=False)
class GradientDescent(Componentwise):
    """Steps against the gradient, as long as it is steep (torch.optim.SGD)."""

    name: ClassVar[str] = "gradient_descent"
    title: ClassVar[str] = "gradient descent"
    formula: ClassVar[str] = "θ ← θ − η · g"
    terms: ClassVar[tuple[Term, ...]] = (SLOPE, Term("Δ", "step", "−η·g"))
    limit_formula: ClassVar[str] = "2/λmax"
    source: ClassVar[str] = "Cauchy (1847), Méthode générale pour la résolution des systèmes d'équations simultanées"
    good: ClassVar[str] = "It is simple, and below its exact limit it can't go wrong on a bowl."
    bad: ClassVar[str] = "In a ravine the steep direction limits the rate, and the flat one takes ages."

    def init(self, theta: Array) -> State:
        """Remember nothing."""
        return ()

    def follow(self, slope: Quantity, theta: Quantity, rate: Hyper, state: State) -> tuple[Quantity, State]:
        """Go against the gradient."""
        return theta - rate * slope, ()

    def limit(self, sharpness: Array) -> Array:
        """Give 2/λmax."""
        return np.asarray(2.0 / sharpness)


@dataclass(frozen=True, eq=False)
class Momentum(Componentwise):
    """A heavy ball: the velocity remembers the gradients of the steps before (torch.optim.SGD with momentum)."""

    name: ClassVar[str] = "momentum"
    title: ClassVar[str] = "momentum"
    formula: ClassVar[str] = "v ← β·v + g\nθ ← θ − η · v"
    terms: ClassVar[tuple[Term, ...]] = (SLOPE, *VELOCITY, Term("Δ", "step", "−η·v′"))
    limit_formula: ClassVar[str] = "2(1 + β)/λmax"
    source: ClassVar[str] = "Polyak (1964), Some methods of speeding up the convergence of iteration methods"
    good: ClassVar[str] = "It gathers speed along a ravine, and its zig-zags cancel."
    bad: ClassVar[str] = "It runs past the minimum and swings back, the longer the more momentum it has."

    momentum: Hyper = declare(MOMENTUM)

    def init(self, theta: Array) -> State:
        """Start at rest."""
        return (np.zeros_like(theta),)

    def follow(self, slope: Quantity, theta: Quantity, rate: Hyper, state: State) -> tuple[Quantity, State]:
        """Add the gradient to the velocity and go with it."""
        v = self.momentum * state[0] + slope
        return theta - rate * v, (v,)

    def told(self, rate: Hyper, state: State) -> Mapping[str, Array]:
        """Tell the velocity."""
        return {"velocity": state[0]}

    def limit(self, sharpness: Array) -> Array:
        """Give 2(1 + β)/λmax."""
        return np.asarray(2.0 * (1.0 + self.momentum) / sharpness)


@dataclass(frozen=True, eq=False)
class Nesterov(Componentwise):
    """A heavy ball that looks ahead by its velocity (torch.optim.SGD with nesterov=True)."""

    name: ClassVar[str] = "nesterov"
    title: ClassVar[str] = "Nesterov momentum"
    formula: ClassVar[str] = "v ← β·v + g\nθ ← θ − η · (g + β·v)"
    terms: ClassVar[tuple[Term, ...]] = (
        SLOPE,
        *VELOCITY,
        Term("n", "look ahead", "g + β·v′"),
        Term("Δ", "step", "−η·n"),
    )
    limit_formula: ClassVar[str] = "2(1 + β)/((1 + 2β)·λmax)"
    source: ClassVar[str] = "Sutskever et al. (2013), On the importance of initialization and momentum in deep learning"
    good: ClassVar[str] = "It brakes before it has passed the minimum, and so swings less than plain momentum."
    bad: ClassVar[str] = "It bears smaller rates than plain momentum in steep directions."

    momentum: Hyper = declare(MOMENTUM)

    def init(self, theta: Array) -> State:
        """Start at rest."""
        return (np.zeros_like(theta),)

    def follow(self, slope: Quantity, theta: Quantity, rate: Hyper, state: State) -> tuple[Quantity, State]:
        """Add the gradient to the velocity and go with gradient and velocity."""
        v = self.momentum * state[0] + slope
        return theta - rate * (slope + self.momentum * v), (v,)

    def told(self, rate: Hyper, state: State) -> Mapping[str, Array]:
        """Tell the velocity."""
        return {"velocity": state[0]}

    def limit(self, sharpness: Array) -> Array:
        """Give 2(1 + β)/((1 + 2β)·λmax)."""
        return np.asarray(2.0 * (1.0 + self.momentum) / ((1.0 + 2.0 * self.momentum) * sharpness))


@dataclass(frozen=True, eq=False)
class KerasMomentum(Momentum):
    """A heavy ball whose velocity is a step: the rate is inside of it (keras.optimizers.SGD with momentum)."""

    convention: ClassVar[str] = "keras"
    formula: ClassVar[str] = "v ← β·v − η·g\nθ ← θ + v"
    terms: ClassVar[tuple[Term, ...]] = (SLOPE, *KERAS_VELOCITY, Term("Δ", "step", "v′"))

    def follow(self, slope: Quantity, theta: Quantity, rate: Hyper, state: State) -> tuple[Quantity, State]:
        """Add the step to the velocity and go with it."""
        v = self.momentum * state[0] - rate * slope
        return theta + v, (v,)


@dataclass(frozen=True, eq=False)
class KerasNesterov(Nesterov):
    """A heavy ball that looks ahead, with the rate inside of its velocity (keras.optimizers.SGD with nesterov=True)."""

    convention: ClassVar[str] = "keras"
    formula: ClassVar[str] = "v ← β·v − η·g\nθ ← θ + β·v − η·g"
    terms: ClassVar[tuple[Term, ...]] = (SLOPE, *KERAS_VELOCITY, Term("Δ", "step", "β·v′ − η·g"))

    def follow(self, slope: Quantity, theta: Quantity, rate: Hyper, state: State) -> tuple[Quantity, State]:
        """Add the step to the velocity and go with gradient and velocity."""
        pushed = rate * slope
        v = self.momentum * state[0] - pushed
        return theta + (self.momentum * v - pushed), (v,)


@dataclass(frozen=True, eq=False)
class KerasGradientDescent(GradientDescent):
    """Steps against the gradient, in Keras as in PyTorch (keras.optimizers.SGD)."""

    convention: ClassVar[str] = "keras"


@dataclass(frozen=True, eq=False)
class OptaxGradientDescent(GradientDescent):
    """Steps against the gradient, in Optax as in PyTorch (optax.sgd)."""

    convention: ClassVar[str] = "optax"


@dataclass(frozen=True, eq=False)
class OptaxMomentum(Momentum):
    """A heavy ball, in Optax as in PyTorch (optax.sgd with momentum)."""

    convention: ClassVar[str] = "optax"


@dataclass(frozen=True, eq=False)
class OptaxNesterov(Nesterov):
    """A heavy ball that looks ahead, in Optax as in PyTorch (optax.sgd with nesterov=True)."""

    convention: ClassVar[str] = "optax"
