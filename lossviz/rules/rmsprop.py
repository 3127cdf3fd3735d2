"""RMSprop, as PyTorch, Keras and Optax have it: ε outside or under the root, the rate outside or inside the velocity.

What is remembered beside the mean square stands behind it, and only where it is used: of one of many runs whose momenta
differ, a velocity may be there that its own momentum, 0, makes idle.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from lossviz.landscape.objective import Array
from lossviz.landscape.param import Param
from lossviz.rules.base import Hyper, State, declare
from lossviz.rules.componentwise import (
    Componentwise,
    Quantity,
    chosen,
    decayed,
    divided,
    root,
    towards,
    used,
    with_decay,
)
from lossviz.rules.memory import decay as fading
from lossviz.rules.memory import epsilon, learning_rate, weight_decay
from lossviz.rules.moments import Decay, Written, acting, shrinking, step, written
from lossviz.rules.moments import decayed as of_decay
from lossviz.rules.plain import SLOPE
from lossviz.rules.sgd import NO_MOMENTUM
from lossviz.rules.terms import Term

FORGETS = "How slowly the mean of squared gradients forgets."
UNDER = "A small number under the root, so that nothing is divided by zero."
CENTERED = Param(
    "centered", "centered", False, text="Divide by the spread of the slopes: the squared mean slope is taken off."
)
NESTEROV = Param("nesterov", "Nesterov", False, text="Go with the new step and the new velocity, one step ahead.")
BIAS_CORRECTION = Param(
    "bias_correction", "corrected", False, text="Correct both means for their start at zero, as Adam does."
)
IN_ROOT = Param("epsilon_in_root", "ε under the root", True, text="Add ε under the root instead of beside it.")
INITIAL_SCALE = Param(
    "initial_scale", "s₀", 0.0, low=0.0, shown=(0.0, 10.0), text="The mean of squared gradients before any step."
)


@dataclass(frozen=True, eq=False)
class RMSprop(Componentwise):
    """Each parameter's slope is divided by a fading root mean square of the slopes before (torch.optim.RMSprop)."""

    name: ClassVar[str] = "rmsprop"
    title: ClassVar[str] = "RMSprop"
    formula: ClassVar[str] = "s ← α·s + (1 − α)·g²\nθ ← θ − η · g / (√s + ε)"
    terms: ClassVar[tuple[Term, ...]] = (
        SLOPE,
        Term("s", "mean square", remembered=0),
        Term("s′", "new mean square", "α·s + (1 − α)·g²"),
        Term("r", "root", "√s′ + ε"),
        Term("η′", "effective rate", "η/r"),
        Term("Δ", "step", "−η′·g"),
    )
    source: ClassVar[str] = "Tieleman & Hinton (2012), Lecture 6.5: rmsprop, Coursera"
    good: ClassVar[str] = "It strides as far on gentle ground as on steep, and forgets slopes that are long past."
    bad: ClassVar[str] = "Its steps don't shrink with the slope, so at a fixed rate it ends in hopping to and fro."

    alpha: Hyper = declare(fading("alpha", "α", 0.99, FORGETS))
    epsilon: Hyper = declare(epsilon(1e-8))
    weight_decay: Hyper = declare(weight_decay(0.0))
    momentum: Hyper = declare(NO_MOMENTUM)
    centered: bool = declare(CENTERED)

    def written_out(self) -> Written:
        """Give formula and terms with what is used."""
        decay = acting(self.weight_decay, decoupled=False)
        return _written("α", decay, self.centered, used(self.momentum), inside=False, in_root=False)

    def init(self, theta: Array) -> State:
        """Start with no mean square, no mean, and at rest."""
        return _begun(theta, self.centered, self.momentum)

    def follow(self, slope: Quantity, theta: Quantity, rate: Hyper, state: State) -> tuple[Quantity, State]:
        """Update the means, and divide by the root."""
        g = with_decay(slope, theta, self.weight_decay)
        s, *rest = state
        s = self.alpha * s + (1.0 - self.alpha) * g * g
        size = s
        if self.centered:
            mean = rest[0] = towards(rest[0], g, 1.0 - self.alpha)
            size = s - mean * mean
        size = root(size) + self.epsilon
        if len(rest) == self.centered:
            return theta - divided(rate * g, size), (s, *rest)
        rest[-1] = self.momentum * rest[-1] + divided(g, size)
        along = rate * rest[-1]
        if not isinstance(self.momentum, float):
            # the bits of a run without momentum are those that it has alone
            along = chosen(self.momentum == 0.0, divided(rate * g, size), along)
        return theta - along, (s, *rest)

    def told(self, rate: Hyper, state: State) -> Mapping[str, Array]:
        """Tell the means, by what each slope was multiplied, and the velocity."""
        size = state[0] - state[1] * state[1] if self.centered else state[0]
        return _told(state, self.centered) | {"effective_rate": divided(rate, root(size) + self.epsilon)}


@dataclass(frozen=True, eq=False)
class KerasRMSprop(Componentwise):
    """The same with ε under the root, and with the rate inside of the velocity (keras.optimizers.RMSprop)."""

    name: ClassVar[str] = "rmsprop"
    title: ClassVar[str] = "RMSprop"
    convention: ClassVar[str] = "keras"
    formula: ClassVar[str] = "s ← ρ·s + (1 − ρ)·g²\nθ ← θ − η · g / √(s + ε)"
    terms: ClassVar[tuple[Term, ...]] = (
        SLOPE,
        Term("s", "mean square", remembered=0),
        Term("s′", "new mean square", "ρ·s + (1 − ρ)·g²"),
        Term("r", "root", "√(s′ + ε)"),
        Term("η′", "effective rate", "η/r"),
        Term("Δ", "step", "−η′·g"),
    )
    source: ClassVar[str] = RMSprop.source
    good: ClassVar[str] = RMSprop.good
    bad: ClassVar[str] = RMSprop.bad

    learning_rate: Hyper = declare(learning_rate(0.001))
    rho: Hyper = declare(fading("rho", "ρ", 0.9, FORGETS))
    momentum: Hyper = declare(NO_MOMENTUM)
    epsilon: Hyper = declare(epsilon(1e-7, UNDER))
    centered: bool = declare(CENTERED)
    weight_decay: Hyper = declare(shrinking(0.0))

    def written_out(self) -> Written:
        """Give formula and terms with what is used."""
        decay = acting(self.weight_decay, decoupled=True)
        return _written("ρ", decay, self.centered, used(self.momentum))

    def init(self, theta: Array) -> State:
        """Start with no mean square, no mean, and at rest."""
        return _begun(theta, self.centered, self.momentum)

    def follow(self, slope: Quantity, theta: Quantity, rate: Hyper, state: State) -> tuple[Quantity, State]:
        """Shrink the parameter, update the means, and divide by the root."""
        theta = decayed(theta, rate, self.weight_decay)
        s, *rest = state
        s = self.rho * s + (1.0 - self.rho) * (slope * slope)
        size = s
        if self.centered:
            rest[0] = self.rho * rest[0] + (1.0 - self.rho) * slope
            size = s - rest[0] * rest[0]
        along = divided(rate * slope, root(size + self.epsilon))
        if len(rest) > self.centered:
            along = rest[-1] = self.momentum * rest[-1] + along
        return theta - along, (s, *rest)

    def told(self, rate: Hyper, state: State) -> Mapping[str, Array]:
        """Tell the means, by what each slope was multiplied, and the velocity."""
        size = state[0] - state[1] * state[1] if self.centered else state[0]
        return _told(state, self.centered) | {"effective_rate": divided(rate, root(size + self.epsilon))}


@dataclass(frozen=True, eq=False)
class OptaxRMSprop(Componentwise):
    """The same with switches for all that the others decided otherwise (optax.rmsprop)."""

    name: ClassVar[str] = "rmsprop"
    title: ClassVar[str] = "RMSprop"
    convention: ClassVar[str] = "optax"
    formula: ClassVar[str] = "s ← α·s + (1 − α)·g²\nθ ← θ − η · g / √(s + ε)"
    terms: ClassVar[tuple[Term, ...]] = (
        SLOPE,
        Term("s", "mean square", remembered=0),
        Term("s′", "new mean square", "α·s + (1 − α)·g²"),
        Term("r", "root", "√(s′ + ε)"),
        Term("η′", "effective rate", "η/r"),
        Term("Δ", "step", "−η′·g"),
    )
    source: ClassVar[str] = RMSprop.source
    good: ClassVar[str] = RMSprop.good
    bad: ClassVar[str] = RMSprop.bad

    alpha: Hyper = declare(fading("alpha", "α", 0.9, FORGETS))
    epsilon: Hyper = declare(epsilon(1e-8))
    initial_scale: Hyper = declare(INITIAL_SCALE)
    epsilon_in_root: bool = declare(IN_ROOT)
    centered: bool = declare(CENTERED)
    momentum: Hyper = declare(NO_MOMENTUM)
    nesterov: bool = declare(NESTEROV)
    bias_correction: bool = declare(BIAS_CORRECTION)

    def written_out(self) -> Written:
        """Give formula and terms with what is used."""
        return _written(
            "α",
            "",
            self.centered,
            used(self.momentum),
            in_root=self.epsilon_in_root,
            corrected=self.bias_correction,
            nesterov=self.nesterov,
        )

    def init(self, theta: Array) -> State:
        """Start the mean square where the hyperparameter says, with no mean, at rest, and the power of α at one."""
        s, *rest = _begun(theta, self.centered, self.momentum)
        return (s + self.initial_scale, *rest, 1.0)

    def follow(self, slope: Quantity, theta: Quantity, rate: Hyper, state: State) -> tuple[Quantity, State]:
        """Update the means, correct them, and divide by the root."""
        s, *rest, faded = state
        faded = faded * self.alpha
        s = (1.0 - self.alpha) * (slope * slope) + self.alpha * s
        if self.centered:
            rest[0] = (1.0 - self.alpha) * slope + self.alpha * rest[0]
        along = divided(rate, self._root(s, rest, faded)) * slope
        if len(rest) > self.centered:
            rest[-1] = along + self.momentum * rest[-1]
            along = along + self.momentum * rest[-1] if self.nesterov else rest[-1]
        return theta - along, (s, *rest, faded)

    def _root(self, s: Quantity, rest: list[Quantity], faded: Hyper) -> Quantity:
        missing = 1.0 - faded if self.bias_correction else 1.0
        size = s / missing
        if self.centered:
            mean = rest[0] / missing
            size = size - mean * mean
        return root(size + self.epsilon) if self.epsilon_in_root else root(size) + self.epsilon

    def told(self, rate: Hyper, state: State) -> Mapping[str, Array]:
        """Tell the means, by what each slope was multiplied, and the velocity."""
        s, *rest, faded = state
        told = _told((s, *rest), self.centered)
        if self.bias_correction:
            told["corrected_second_moment"] = s / (1.0 - faded)
        return told | {"effective_rate": divided(rate, self._root(s, rest, faded))}


def _begun(theta: Array, centered: bool, momentum: Hyper) -> State:
    return tuple(np.zeros_like(theta) for _ in range(1 + centered + used(momentum)))


def _told(state: State, centered: bool) -> dict[str, Array]:
    told = {"second_moment": state[0]}
    if centered:
        told["moment"] = state[1]
    if len(state) > 1 + centered:
        told["velocity"] = state[-1]
    return told


def _written(
    fades: str,
    decay: Decay,
    centered: bool,
    momentum: bool,
    *,
    inside: bool = True,
    in_root: bool = True,
    corrected: bool = False,
    nesterov: bool = False,
) -> Written:
    """Give formula and terms.

    Parameters
    ----------
    fades : str
        The symbol of the means' factor.
    decay : Decay
    centered, momentum, corrected, nesterov : bool
        What is used.
    inside, in_root : bool
        Whether the rate is inside of the velocity, and ε under the root.
    """
    g = "g′" if decay == "slope" else "g"
    means = [("s", "mean square", "²"), *([("m", "mean", "")] if centered else [])]
    lines = [f"{symbol} ← {fades}·{symbol} + (1 − {fades})·g{square}" for symbol, _, square in means]
    terms = [SLOPE, *of_decay(decay)]
    for place, (symbol, name, square) in enumerate(means):
        terms.append(Term(symbol, name, remembered=place))
        terms.append(Term(f"{symbol}′", f"new {name}", f"{fades}·{symbol} + (1 − {fades})·{g}{square}"))
    hat = "\u0302" if corrected else ""
    if corrected:
        lines += [f"{symbol}{hat} ← {symbol}/(1 − {fades}ᵗ)" for symbol, *_ in means]
        terms += [Term(f"{symbol}{hat}", "corrected", f"{symbol}′/(1 − {fades}ᵗ)") for symbol, *_ in means]
    shown = _root(f"s{hat}", f"m{hat}", centered, in_root)
    shown = shown if in_root else f"({shown})"
    mark = hat or "′"
    terms.append(Term("r", "root", _root(f"s{mark}", f"m{mark}", centered, in_root)))
    if inside or not momentum:
        terms.append(Term("η′", "effective rate", "η/r"))
    if not momentum:
        return written(decay, *lines, f"θ ← θ − η · g / {shown}"), (*terms, step(f"η′·{g}", decay))
    rate, along = ("η · ", "η′·g") if inside else ("", f"{g}/r")
    lines.append(f"b ← β·b + {rate}g / {shown}")
    terms.append(Term("b", "velocity", remembered=len(means), carries=True))
    terms.append(Term("b′", "new velocity", f"β·b + {along}"))
    if nesterov:
        terms.append(Term("n", "look ahead", f"{along} + β·b′"))
        return written(decay, *lines, f"θ ← θ − β·b − {rate}g / {shown}"), (*terms, step("n", decay))
    outside = "" if inside else "η·"
    return written(decay, *lines, f"θ ← θ − {outside}b"), (*terms, step(f"{outside}b′", decay))


def _root(square: str, mean: str, centered: bool, in_root: bool) -> str:
    size = f"{square} − {mean}²" if centered else square
    if in_root:
        return f"√({size} + ε)"
    return f"√({size}) + ε" if centered else f"√{size} + ε"
