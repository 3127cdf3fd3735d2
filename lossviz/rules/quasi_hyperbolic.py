"""Quasi-hyperbolic momentum and Adam, as their authors' qhoptim has them for PyTorch."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from lossviz.landscape.objective import Array
from lossviz.landscape.param import Param
from lossviz.rules.base import Hyper, State, declare
from lossviz.rules.componentwise import Componentwise, Quantity, decayed, divided, root, used, with_decay
from lossviz.rules.memory import BETA1, BETA2, epsilon, learning_rate, weight_decay
from lossviz.rules.moments import Written, acting, step, written
from lossviz.rules.moments import decayed as of_decay
from lossviz.rules.plain import MOMENTUM, SLOPE
from lossviz.rules.terms import Term

DECOUPLED = Param(
    "decouple_weight_decay", "decoupled", False, text="Shrink each parameter itself instead of adding to its slope."
)


def _nu(name: str, symbol: str, default: float, what: str) -> Param:
    text = f"How much of the mean of {what} is in the step; the rest is this step's own."
    return Param(name, symbol, default, low=0.0, high=1.0, text=text)


@dataclass(frozen=True, eq=False)
class QHM(Componentwise):
    """Steps along a mixture of the gradient and a fading mean of gradients (qhoptim.pyt.QHM).

    There `decouple_weight_decay` is `weight_decay_type="direct"`.
    """

    name: ClassVar[str] = "qhm"
    title: ClassVar[str] = "QHM"
    formula: ClassVar[str] = "v ← β·v + (1 − β)·g\nθ ← θ − η·(ν·v + (1 − ν)·g)"
    terms: ClassVar[tuple[Term, ...]] = (
        SLOPE,
        Term("v", "mean", remembered=0, carries=True),
        Term("v′", "new mean", "β·v + (1 − β)·g"),
        Term("n", "mixed", "ν·v′ + (1 − ν)·g"),
        Term("Δ", "step", "−η·n"),
    )
    limit_formula: ClassVar[str] = "2(1 + β)/((1 + β − 2β·ν)·λmax)"
    source: ClassVar[str] = "Ma & Yarats (2019), Quasi-hyperbolic momentum and Adam for deep learning"
    good: ClassVar[str] = "One more knob covers gradient descent, momentum and Nesterov's, and much between them."
    bad: ClassVar[str] = (
        "One more knob has to be turned, and its mean makes steps shorter: rates differ from momentum's."
    )

    learning_rate: Hyper = declare(learning_rate(1.0))
    momentum: Hyper = declare(replace(MOMENTUM, default=0.999))
    nu: Hyper = declare(_nu("nu", "ν", 0.7, "gradients"))
    weight_decay: Hyper = declare(weight_decay(0.0))
    decouple_weight_decay: bool = declare(DECOUPLED)

    def __post_init__(self) -> None:
        super().__post_init__()
        if used(self.weight_decay):
            written = "((1 + β − 2β·ν)·λmax + (1 + β)·λ)"
            written = written if self.decouple_weight_decay else "((1 + β − 2β·ν)·(λmax + λ))"
            object.__setattr__(self, "limit_formula", f"2(1 + β)/{written}")

    def written_out(self) -> Written:
        """Give formula and terms with the decay where it is used."""
        decay = acting(self.weight_decay, self.decouple_weight_decay)
        g = "g′" if decay == "slope" else "g"
        return written(decay, *QHM.formula.split("\n")), (
            SLOPE,
            *of_decay(decay),
            Term("v", "mean", remembered=0, carries=True),
            Term("v′", "new mean", f"β·v + (1 − β)·{g}"),
            Term("n", "mixed", f"ν·v′ + (1 − ν)·{g}"),
            step("η·n", decay),
        )

    def init(self, theta: Array) -> State:
        """Start at rest."""
        return (np.zeros_like(theta),)

    def follow(self, slope: Quantity, theta: Quantity, rate: Hyper, state: State) -> tuple[Quantity, State]:
        """Update the mean, and go along it and the gradient."""
        g, theta = _with_decay(self, slope, theta, rate)
        v = self.momentum * state[0] + (1.0 - self.momentum) * g
        return theta - rate * self.nu * v - rate * (1.0 - self.nu) * g, (v,)

    def told(self, rate: Hyper, state: State) -> Mapping[str, Array]:
        """Tell the mean."""
        return {"moment": state[0]}

    def limit(self, sharpness: Array) -> Array:
        """Give 2(1 + β)/((1 + β − 2βν)·λmax), with the decay put in."""
        doubled = 1.0 + self.momentum
        mixed = doubled - 2.0 * self.momentum * self.nu
        decay = (doubled if self.decouple_weight_decay else mixed) * self.weight_decay
        return np.asarray(2.0 * doubled / (mixed * sharpness + decay))


@dataclass(frozen=True, eq=False)
class QHAdam(Componentwise):
    """Adam, with this step's own gradient and its square mixed into both means (qhoptim.pyt.QHAdam)."""

    name: ClassVar[str] = "qhadam"
    title: ClassVar[str] = "QHAdam"
    formula: ClassVar[str] = (
        "m ← m + (1 − β₁)/(1 − β₁ᵗ) · (g − m)\n"
        "v ← v + (1 − β₂)/(1 − β₂ᵗ) · (g² − v)\n"
        "θ ← θ − η · (ν₁·m + (1 − ν₁)·g) / (√(ν₂·v + (1 − ν₂)·g²) + ε)"
    )
    terms: ClassVar[tuple[Term, ...]] = (
        SLOPE,
        Term("m", "1st moment", remembered=0, carries=True),
        Term("m′", "new 1st", "m + (1 − β₁)/(1 − β₁ᵗ)·(g − m)"),
        Term("v", "2nd moment", remembered=1),
        Term("v′", "new 2nd", "v + (1 − β₂)/(1 − β₂ᵗ)·(g² − v)"),
        Term("n", "mixed", "ν₁·m′ + (1 − ν₁)·g"),
        Term("s", "mixed square", "ν₂·v′ + (1 − ν₂)·g²"),
        Term("η′", "effective rate", "η/(√s + ε)"),
        Term("Δ", "step", "−η′·n"),
    )
    source: ClassVar[str] = QHM.source
    good: ClassVar[str] = "With ν₁ below 1 it answers to a new slope at once, however long its memory is."
    bad: ClassVar[str] = "It has two knobs more than Adam, and with both at 1 it is Adam."

    learning_rate: Hyper = declare(learning_rate(0.001))
    beta1: Hyper = declare(BETA1)
    beta2: Hyper = declare(BETA2)
    nu1: Hyper = declare(_nu("nu1", "ν₁", 1.0, "gradients"))
    nu2: Hyper = declare(_nu("nu2", "ν₂", 1.0, "squared gradients"))
    weight_decay: Hyper = declare(weight_decay(0.0))
    decouple_weight_decay: bool = declare(DECOUPLED)
    epsilon: Hyper = declare(epsilon(1e-8))

    def written_out(self) -> Written:
        """Give formula and terms with the decay where it is used."""
        decay = acting(self.weight_decay, self.decouple_weight_decay)
        g = "g′" if decay == "slope" else "g"
        return written(decay, *QHAdam.formula.split("\n")), (
            SLOPE,
            *of_decay(decay),
            Term("m", "1st moment", remembered=0, carries=True),
            Term("m′", "new 1st", f"m + (1 − β₁)/(1 − β₁ᵗ)·({g} − m)"),
            Term("v", "2nd moment", remembered=1),
            Term("v′", "new 2nd", f"v + (1 − β₂)/(1 − β₂ᵗ)·({g}² − v)"),
            Term("n", "mixed", f"ν₁·m′ + (1 − ν₁)·{g}"),
            Term("s", "mixed square", f"ν₂·v′ + (1 − ν₂)·{g}²"),
            Term("η′", "effective rate", "η/(√s + ε)"),
            step("η′·n", decay),
        )

    def init(self, theta: Array) -> State:
        """Start with both moments and the weights of their sums at zero."""
        return np.zeros_like(theta), np.zeros_like(theta), 0.0, 0.0

    def follow(self, slope: Quantity, theta: Quantity, rate: Hyper, state: State) -> tuple[Quantity, State]:
        """Update both moments, true means from the first step on, mix, and divide."""
        m, v, weight1, weight2 = state
        g, theta = _with_decay(self, slope, theta, rate)
        square = g * g
        weight1, weight2 = 1.0 + self.beta1 * weight1, 1.0 + self.beta2 * weight2
        part1, part2 = 1.0 / weight1, 1.0 / weight2
        m = (1.0 - part1) * m + part1 * g
        v = (1.0 - part2) * v + part2 * square
        mixed = self.nu1 * m + (1.0 - self.nu1) * g
        size = root(self.nu2 * v + (1.0 - self.nu2) * square) + self.epsilon
        return theta - divided(rate, size) * mixed, (m, v, weight1, weight2)

    def told(self, rate: Hyper, state: State) -> Mapping[str, Array]:
        """Tell both moments, which are corrected for their start from the beginning."""
        return {"corrected_moment": state[0], "corrected_second_moment": state[1]}


def _with_decay(rule: QHM | QHAdam, slope: Quantity, theta: Quantity, rate: Hyper) -> tuple[Quantity, Quantity]:
    """Give slope and parameter, one of them with the weight decay."""
    if rule.decouple_weight_decay:
        return slope, decayed(theta, rate, rule.weight_decay)
    return with_decay(slope, theta, rule.weight_decay), theta
