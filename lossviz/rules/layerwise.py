"""Rules that take weight and bias as one layer: its norms scale the step."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from lossviz.landscape.objective import Array
from lossviz.rules.base import Hyper, Oracle, Rule, State, Step, declare
from lossviz.rules.componentwise import decayed, divided, used, with_decay
from lossviz.rules.memory import BETA1, BETA2, EPSILON_ROOT, epsilon, learning_rate
from lossviz.rules.memory import decay as fading
from lossviz.rules.moments import Written, correction, moments, shrinking
from lossviz.rules.plain import SLOPE
from lossviz.rules.terms import Term

FORGETS = "How slowly the mean of the layer's squared slopes forgets."


def _square(of: Array) -> Array:
    """Give the squared length over all components, for each run."""
    return np.asarray(np.sum(of * of, axis=0))


@dataclass(frozen=True, eq=False)
class Novograd(Rule):
    """Momentum of slopes that are divided by one size for the whole layer (optax.novograd)."""

    name: ClassVar[str] = "novograd"
    title: ClassVar[str] = "NovoGrad"
    convention: ClassVar[str] = "optax"
    formula: ClassVar[str] = (
        "v ← ‖g‖² at first, then β₂·v + (1 − β₂)·‖g‖²\nm ← β₁·m + g / (√(v + ε₀) + ε) + λ·θ\nθ ← θ − η·m"
    )
    terms: ClassVar[tuple[Term, ...]] = (
        SLOPE,
        Term("v", "layer's square", remembered=1),
        Term("v′", "new square", "if(k > 0, β₂·v + (1 − β₂)·‖g‖², ‖g‖²)"),
        Term("r", "root", "√(v′ + ε₀) + ε"),
        Term("m", "momentum", remembered=0, carries=True),
        Term("m′", "new momentum", "β₁·m + g/r + λ·θ"),
        Term("Δ", "step", "−η·m′"),
    )
    source: ClassVar[str] = "Ginsburg et al. (2019), Training deep networks with stochastic normalized moments"
    good: ClassVar[str] = "It is not thrown off by how steep a layer is, and remembers one size a layer only."
    bad: ClassVar[str] = "Within a layer one size serves all: a ravine between weight and bias stays one."

    beta1: Hyper = declare(BETA1)
    beta2: Hyper = declare(fading("beta2", "β₂", 0.25, FORGETS))
    epsilon: Hyper = declare(epsilon(1e-6))
    epsilon_root: Hyper = declare(EPSILON_ROOT)
    weight_decay: Hyper = declare(shrinking(0.0))

    def written_out(self) -> Written:
        """Give formula and terms with the decay where it is used."""
        if used(self.weight_decay):
            return Novograd.formula, Novograd.terms
        *before, new, last = Novograd.terms
        without = Term(new.symbol, new.name, new.formula.removesuffix(" + λ·θ"))
        return Novograd.formula.replace(" + λ·θ", ""), (*before, without, last)

    def init(self, theta: Array) -> State:
        """Start at rest; the layer's square is kept once for each parameter."""
        return np.zeros_like(theta), np.zeros_like(theta), 0

    def step(self, oracle: Oracle, theta: Array, rate: Hyper, state: State) -> Step:
        """Update the layer's square, divide by its root, and add that to the velocity."""
        m, v, made = state
        g = oracle.gradient(theta)
        with np.errstate(all="ignore"):
            square = np.zeros_like(theta) + _square(g)
            v = (1.0 - self.beta2) * square + self.beta2 * v if made else square
            scaled = divided(1.0, np.sqrt(v + self.epsilon_root) + self.epsilon)
            push = scaled * g + self.weight_decay * theta if used(self.weight_decay) else scaled * g
            m = self.beta1 * m + push
            told = {"velocity": m, "second_moment": v, "effective_rate": rate * scaled}
            return Step(theta - rate * m, (m, v, made + 1), told)


@dataclass(frozen=True, eq=False)
class Lamb(Rule):
    """Adam, whose step is made as long as the layer's parameters are (optax.lamb)."""

    name: ClassVar[str] = "lamb"
    title: ClassVar[str] = "LAMB"
    convention: ClassVar[str] = "optax"
    formula: ClassVar[str] = (
        "m ← β₁·m + (1 − β₁)·g\n"
        "v ← β₂·v + (1 − β₂)·g²\n"
        "u ← m/(1 − β₁ᵗ) / (√(v/(1 − β₂ᵗ) + ε₀) + ε) + λ·θ\n"
        "θ ← θ − η · ‖θ‖/‖u‖ · u"
    )
    terms: ClassVar[tuple[Term, ...]] = (
        SLOPE,
        *moments(),
        Term("m\u0302", "corrected", "m′/(1 − β₁ᵗ)"),
        Term("v\u0302", "corrected", "v′/(1 − β₂ᵗ)"),
        Term("u", "Adam's step", "m\u0302/(√(v\u0302 + ε₀) + ε) + λ·θ"),
        Term("f", "trust", "if(‖θ‖ > 0, if(‖u‖ > 0, ‖θ‖/‖u‖, 1), 1)"),
        Term("Δ", "step", "−η·f·u"),
    )
    source: ClassVar[str] = "You et al. (2020), Large batch optimization for deep learning: training BERT in 76 minutes"
    good: ClassVar[str] = "Each layer moves by the same share of its own size, so that very large batches can be used."
    bad: ClassVar[str] = "Near zero its steps become tiny, and far from it huge, wherever the minimum is."

    learning_rate: Hyper = declare(learning_rate(0.001))
    beta1: Hyper = declare(BETA1)
    beta2: Hyper = declare(BETA2)
    epsilon: Hyper = declare(epsilon(1e-6))
    epsilon_root: Hyper = declare(EPSILON_ROOT)
    weight_decay: Hyper = declare(shrinking(0.0))

    def written_out(self) -> Written:
        """Give formula and terms with the decay where it is used."""
        if used(self.weight_decay):
            return Lamb.formula, Lamb.terms
        terms = tuple(
            Term(term.symbol, term.name, term.formula.removesuffix(" + λ·θ")) if term.symbol == "u" else term
            for term in Lamb.terms
        )
        return Lamb.formula.replace(" + λ·θ", ""), terms

    def init(self, theta: Array) -> State:
        """Start both moments at zero, and count steps."""
        return np.zeros_like(theta), np.zeros_like(theta), 0.0

    def step(self, oracle: Oracle, theta: Array, rate: Hyper, state: State) -> Step:
        """Make Adam's step, and stretch it to the layer's length."""
        g = oracle.gradient(theta)
        with np.errstate(all="ignore"):
            m = (1.0 - self.beta1) * g + self.beta1 * state[0]
            v = (1.0 - self.beta2) * (g * g) + self.beta2 * state[1]
            along, told = _adams(self, m, v, state[2] + 1.0, self.epsilon_root)
            along = with_decay(along, theta, self.weight_decay)
            return Step(theta - rate * (along * _trust(theta, along)), (m, v, state[2] + 1.0), told)


@dataclass(frozen=True, eq=False)
class KerasLamb(Rule):
    """The same with weight decay before the step, whose length is that of what is left (keras.optimizers.Lamb)."""

    name: ClassVar[str] = "lamb"
    title: ClassVar[str] = "LAMB"
    convention: ClassVar[str] = "keras"
    formula: ClassVar[str] = (
        "θ ← θ − η·λ·θ\n"
        "m ← β₁·m + (1 − β₁)·g\n"
        "v ← β₂·v + (1 − β₂)·g²\n"
        "u ← m/(1 − β₁ᵗ) / (√(v/(1 − β₂ᵗ)) + ε)\n"
        "θ ← θ − η · ‖θ‖/‖u‖ · u"
    )
    terms: ClassVar[tuple[Term, ...]] = (
        SLOPE,
        *moments(),
        Term("m\u0302", "corrected", "m′/(1 − β₁ᵗ)"),
        Term("v\u0302", "corrected", "v′/(1 − β₂ᵗ)"),
        Term("u", "Adam's step", "m\u0302/(√v\u0302 + ε)"),
        Term("x", "shrunk", "θ − η·λ·θ"),
        Term("f", "trust", "if(‖x‖ > 0, if(‖u‖ > 0, ‖x‖/‖u‖, 1), 1)"),
        Term("Δ", "step", "−η·λ·θ − η·f·u"),
    )
    source: ClassVar[str] = Lamb.source
    good: ClassVar[str] = Lamb.good
    bad: ClassVar[str] = Lamb.bad

    learning_rate: Hyper = declare(learning_rate(0.001))
    beta1: Hyper = declare(BETA1)
    beta2: Hyper = declare(BETA2)
    epsilon: Hyper = declare(epsilon(1e-7))
    weight_decay: Hyper = declare(shrinking(0.0))

    def written_out(self) -> Written:
        """Give formula and terms with the decay where it is used."""
        if used(self.weight_decay):
            return KerasLamb.formula, KerasLamb.terms
        trust = Term("f", "trust", "if(‖θ‖ > 0, if(‖u‖ > 0, ‖θ‖/‖u‖, 1), 1)")
        terms = (*KerasLamb.terms[:-3], trust, Term("Δ", "step", "−η·f·u"))
        return KerasLamb.formula.partition("\n")[2], terms

    def init(self, theta: Array) -> State:
        """Start both moments at zero, and count steps."""
        return np.zeros_like(theta), np.zeros_like(theta), 0.0

    def step(self, oracle: Oracle, theta: Array, rate: Hyper, state: State) -> Step:
        """Shrink the parameters, make Adam's step, and stretch it to the layer's length."""
        g = oracle.gradient(theta)
        with np.errstate(all="ignore"):
            m, v, t = state
            m = m + (g - m) * (1.0 - self.beta1)
            v = v + (g * g - v) * (1.0 - self.beta2)
            along, told = _adams(self, m, v, t + 1.0, 0.0)
            theta = decayed(theta, rate, self.weight_decay)
            return Step(theta - _trust(theta, along) * rate * along, (m, v, t + 1.0), told)


def _adams(rule: Lamb | KerasLamb, m: Array, v: Array, t: float, under: Hyper) -> tuple[Array, dict[str, Array]]:
    """Give Adam's step at the rate 1 from both moments after t steps, and what is to be told."""
    first, second = m / correction(rule.beta1, t), v / correction(rule.beta2, t)
    told = {"moment": m, "second_moment": v, "corrected_moment": first, "corrected_second_moment": second}
    return divided(first, np.sqrt(second + under) + rule.epsilon), told


def _trust(theta: Array, along: Array) -> Array:
    """Give the layer's length over that of the step; 1 where one of them is 0."""
    length, other = np.sqrt(_square(theta)), np.sqrt(_square(along))
    return np.where((length == 0.0) | (other == 0.0), 1.0, divided(length, other))
