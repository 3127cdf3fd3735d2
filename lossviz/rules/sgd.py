"""SGD with all that PyTorch, Keras and Optax give it: momentum, dampening, Nesterov's look ahead, weight decay."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from lossviz.landscape.objective import Array
from lossviz.landscape.param import Param
from lossviz.rules.base import Hyper, State, declare
from lossviz.rules.componentwise import Componentwise, Quantity, chosen, decayed, used, with_decay
from lossviz.rules.memory import learning_rate, weight_decay
from lossviz.rules.moments import Decay, Written, acting, shrinking, step, written
from lossviz.rules.moments import decayed as of_decay
from lossviz.rules.plain import KERAS_VELOCITY, MOMENTUM, SLOPE, VELOCITY
from lossviz.rules.terms import Term

NO_MOMENTUM = replace(MOMENTUM, default=0.0)
DAMPENING = Param(
    "dampening",
    "τ",
    0.0,
    low=0.0,
    high=1.0,
    text="This part of each gradient but the first stays out of the velocity.",
)
NESTEROV = Param("nesterov", "Nesterov", False, text="Go with the gradient and the new velocity, one step ahead.")


@dataclass(frozen=True, eq=False)
class OptaxSGD(Componentwise):
    """Steps against the gradient, or with a velocity that remembers the gradients (optax.sgd)."""

    name: ClassVar[str] = "sgd"
    title: ClassVar[str] = "SGD"
    convention: ClassVar[str] = "optax"
    formula: ClassVar[str] = "v ← β·v + g\nθ ← θ − η · v"
    terms: ClassVar[tuple[Term, ...]] = (SLOPE, *VELOCITY, Term("Δ", "step", "−η·v′"))
    limit_formula: ClassVar[str] = "2(1 + β)/λmax"
    source: ClassVar[str] = "Robbins & Monro (1951), A stochastic approximation method; Polyak (1964)"
    good: ClassVar[str] = "With momentum and a rate that falls, it often ends in minima that serve new data well too."
    bad: ClassVar[str] = "One rate serves all parameters, and has to be found anew for every loss."

    learning_rate: Hyper = declare(learning_rate(1e-3))
    momentum: Hyper = declare(NO_MOMENTUM)
    nesterov: bool = declare(NESTEROV)

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "limit_formula", self.limit_written_out())

    def written_out(self) -> Written:
        """Give formula and terms with what is used."""
        return _written(self, "", "β·v + g")

    def limit_written_out(self) -> str:
        """Give the limit in symbols with what is used."""
        if not used(self.momentum):
            return "2/λmax"
        return "2(1 + β)/((1 + 2β)·λmax)" if self.nesterov else "2(1 + β)/λmax"

    def init(self, theta: Array) -> State:
        """Start at rest; without momentum remember nothing."""
        return (np.zeros_like(theta), 0) if used(self.momentum) else ()

    def follow(self, slope: Quantity, theta: Quantity, rate: Hyper, state: State) -> tuple[Quantity, State]:
        """Add the gradient to the velocity and go with it, or with both."""
        if not state:
            return theta - rate * slope, ()
        v = self.momentum * state[0] + slope
        along = slope + self.momentum * v if self.nesterov else v
        return theta - rate * along, (v, state[1] + 1)

    def told(self, rate: Hyper, state: State) -> Mapping[str, Array]:
        """Tell the velocity."""
        return {"velocity": state[0]} if state else {}

    def limit(self, sharpness: Array) -> Array:
        """Give 2(1 + β)/λmax; less for Nesterov's look ahead."""
        ahead = 1.0 + 2.0 * self.momentum if self.nesterov else 1.0
        return np.asarray(2.0 * (1.0 + self.momentum) / (ahead * sharpness))


@dataclass(frozen=True, eq=False)
class SGD(OptaxSGD):
    """The same with dampening, and with weight decay in the gradient (torch.optim.SGD).

    PyTorch itself refuses nesterov without momentum, or with dampening; here they have their plain meaning.
    """

    convention: ClassVar[str] = "pytorch"
    formula: ClassVar[str] = OptaxSGD.formula
    terms: ClassVar[tuple[Term, ...]] = OptaxSGD.terms

    dampening: Hyper = declare(DAMPENING)
    weight_decay: Hyper = declare(weight_decay(0.0))

    def written_out(self) -> Written:
        """Give formula and terms with what is used."""
        decay = acting(self.weight_decay, decoupled=False)
        g = "g′" if decay else "g"
        new = f"if(k > 0, β·v + (1 − τ)·{g}, {g})" if used(self.dampening) else f"β·v + {g}"
        return _written(self, decay, new)

    def limit_written_out(self) -> str:
        """Give the limit in symbols with what is used."""
        sharpness = "(λmax + λ)" if used(self.weight_decay) else "λmax"
        if not used(self.momentum):
            return f"2/{sharpness}"
        if self.nesterov:
            ahead = "(1 + β + (1 − τ)·β)" if used(self.dampening) else "(1 + 2β)"
            return f"2(1 + β)/({ahead}·{sharpness})"
        return f"2(1 + β)/((1 − τ)·{sharpness})" if used(self.dampening) else f"2(1 + β)/{sharpness}"

    def follow(self, slope: Quantity, theta: Quantity, rate: Hyper, state: State) -> tuple[Quantity, State]:
        """Add the gradient to the velocity, but for a part of it, and go with it, or with both."""
        g = with_decay(slope, theta, self.weight_decay)
        if not state:
            return theta - rate * g, ()
        v, made = state
        v = chosen(made == 0, g, self.momentum * v + (1.0 - self.dampening) * g)
        along = g + self.momentum * v if self.nesterov else v
        if used(self.dampening):
            # without momentum there is no velocity to be dampened
            along = chosen(self.momentum != 0.0, along, g)
        return theta - rate * along, (v, made + 1)

    def limit(self, sharpness: Array) -> Array:
        """Give 2(1 + β)/λmax, with dampening, decay and Nesterov's look ahead put in."""
        kept = chosen(self.momentum != 0.0, 1.0 - self.dampening, 1.0)
        ahead = 1.0 + self.momentum + kept * self.momentum if self.nesterov else kept
        with np.errstate(divide="ignore"):
            return np.asarray(2.0 * (1.0 + self.momentum) / (ahead * (sharpness + self.weight_decay)))


@dataclass(frozen=True, eq=False)
class KerasSGD(OptaxSGD):
    """The same with the rate inside of the velocity, and with weight decay beside it (keras.optimizers.SGD)."""

    convention: ClassVar[str] = "keras"
    formula: ClassVar[str] = "v ← β·v − η·g\nθ ← θ + v"
    terms: ClassVar[tuple[Term, ...]] = (SLOPE, *KERAS_VELOCITY, Term("Δ", "step", "v′"))

    learning_rate: Hyper = declare(learning_rate(0.01))
    weight_decay: Hyper = declare(shrinking(0.0))

    def written_out(self) -> Written:
        """Give formula and terms with what is used."""
        decay = acting(self.weight_decay, decoupled=True)
        if not used(self.momentum):
            return _written(self, decay, "")
        along = "β·v − η·g" if self.nesterov else "v"
        formula = written(decay, "v ← β·v − η·g", f"θ ← θ + {along}")
        along = "β·v′ − η·g" if self.nesterov else "v′"
        return formula, (SLOPE, *KERAS_VELOCITY, Term("Δ", "step", f"{along} − η·λ·θ" if decay else along))

    def limit_written_out(self) -> str:
        """Give the limit in symbols with what is used."""
        if not used(self.weight_decay):
            return super().limit_written_out()
        if not used(self.momentum):
            return "2/(λmax + λ)"
        sharpness = "(1 + 2β)·λmax" if self.nesterov else "λmax"
        return f"2(1 + β)/({sharpness} + (1 + β)·λ)"

    def follow(self, slope: Quantity, theta: Quantity, rate: Hyper, state: State) -> tuple[Quantity, State]:
        """Shrink the parameter, add the step to the velocity, and go with it, or with both."""
        theta = decayed(theta, rate, self.weight_decay)
        pushed = rate * slope
        if not state:
            return theta - pushed, ()
        v = self.momentum * state[0] - pushed
        along = self.momentum * v - pushed if self.nesterov else v
        return theta + along, (v, state[1] + 1)

    def limit(self, sharpness: Array) -> Array:
        """Give 2(1 + β)/λmax, with decay and Nesterov's look ahead put in."""
        ahead = 1.0 + 2.0 * self.momentum if self.nesterov else 1.0
        doubled = 1.0 + self.momentum
        return np.asarray(2.0 * doubled / (ahead * sharpness + doubled * self.weight_decay))


def _written(rule: OptaxSGD, decay: Decay, new: str) -> Written:
    """Give formula and terms of a velocity with the rate outside; `new` is how it follows from the one before."""
    g = "g′" if decay == "slope" else "g"
    before = (SLOPE, *of_decay(decay))
    if not used(rule.momentum):
        return written(decay, "θ ← θ − η · g"), (*before, step(f"η·{g}", decay))
    velocity = (*VELOCITY[:2], Term("v′", "new velocity", new))
    new = new.replace("′", "")
    if not rule.nesterov:
        return written(decay, f"v ← {new}", "θ ← θ − η · v"), (*before, *velocity, step("η·v′", decay))
    ahead = Term("n", "look ahead", f"{g} + β·v′")
    return written(decay, f"v ← {new}", "θ ← θ − η · (g + β·v)"), (*before, *velocity, ahead, step("η·n", decay))
