"""ASGD, as PyTorch has it: a falling rate, and beside the path its average."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from lossviz.landscape.objective import Array
from lossviz.landscape.param import Param
from lossviz.rules.base import Hyper, State, declare
from lossviz.rules.componentwise import Componentwise, Quantity, chosen, divided, largest, power, with_decay
from lossviz.rules.memory import weight_decay
from lossviz.rules.moments import Decay, Written, acting, written
from lossviz.rules.moments import decayed as of_decay
from lossviz.rules.plain import SLOPE
from lossviz.rules.terms import Term

LAMBD = Param(
    "lambd", "κ", 1e-4, low=0.0, shown=(1e-6, 1.0), log=True, text="How fast the rate falls, and parameters shrink."
)
ALPHA = Param("alpha", "α", 0.75, low=0.0, shown=(0.0, 1.0), text="The power by which the rate falls.")
T0 = Param("t0", "t₀", 1e6, low=0.0, shown=(1.0, 1e7), log=True, text="After this many steps the average begins.")


def _written(decay: Decay) -> Written:
    """Give formula and terms with the decay where it is used."""
    g = "g′" if decay else "g"
    lines = (
        "h ← if(k > 0, h, η)",
        "θ ← (1 − κ·h)·θ − h·g",
        "a ← a + (θ − a)/max(1, k − t₀)",
        "h ← η/(1 + κ·η·t)^α",
    )
    return written(decay, *lines), (
        SLOPE,
        *of_decay(decay),
        Term("h", "fallen rate", remembered=1),
        Term("η′", "effective rate", "if(k > 0, h, η)"),
        Term("x", "new place", f"(1 − κ·η′)·θ − η′·{g}"),
        Term("a", "average", remembered=0),
        Term("a′", "new average", "a + (x − a)/max(1, k − t₀)"),
        Term("Δ", "step", "x − θ"),
    )


@dataclass(frozen=True, eq=False)
class ASGD(Componentwise):
    """Gradient descent with a falling rate, whose places are averaged in the end (torch.optim.ASGD).

    The path is that of the parameters, not of their average; that is told as ``"average"``.
    """

    name: ClassVar[str] = "asgd"
    title: ClassVar[str] = "ASGD"
    formula: ClassVar[str] = _written("")[0]
    terms: ClassVar[tuple[Term, ...]] = _written("")[1]
    source: ClassVar[str] = "Polyak & Juditsky (1992), Acceleration of stochastic approximation by averaging"
    good: ClassVar[str] = (
        "With noisy gradients the average of the path lies nearer to the minimum than any of its ends."
    )
    bad: ClassVar[str] = "The rate falls by the number of steps, whether the path has come far or not."

    lambd: Hyper = declare(LAMBD)
    alpha: Hyper = declare(ALPHA)
    t0: Hyper = declare(T0)
    weight_decay: Hyper = declare(weight_decay(0.0))

    def written_out(self) -> Written:
        """Give formula and terms with the decay where it is used."""
        return _written(acting(self.weight_decay, decoupled=False))

    def init(self, theta: Array) -> State:
        """Start with no average; the first rate will be the rate of the first step."""
        return np.zeros_like(theta), np.zeros_like(theta), 0

    def follow(self, slope: Quantity, theta: Quantity, rate: Hyper, state: State) -> tuple[Quantity, State]:
        """Shrink the parameter, step at the rate kept, average, and keep the rate of the next step."""
        average, fallen, made = state
        g = with_decay(slope, theta, self.weight_decay)
        fallen = chosen(made == 0, fallen + rate, fallen)
        after = theta * (1.0 - self.lambd * fallen) - fallen * g
        part = divided(1.0, largest(1.0, made - self.t0))
        average = chosen(part == 1.0, after, average + (after - average) * part)
        # 0 in the shape of the state
        fallen = fallen * 0.0 + divided(rate, power(1.0 + self.lambd * rate * (made + 1), self.alpha))
        return after, (average, fallen, made + 1)

    def told(self, rate: Hyper, state: State) -> Mapping[str, Array]:
        """Tell the average of the places."""
        return {"average": state[0]}
