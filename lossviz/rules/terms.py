"""Terms: a rule's update line by line. Each line is written once, in symbols, and read, computed and filled from that.

So the line that is shown and the number beside it can't differ. A formula holds numbers, symbols, ``+ − · /``,
brackets, ``√x``, ``x²``, ``xᵗ``, ``x^y``, the size of each component ``|x|``, the length ``‖x‖``, and the functions
``max(x, y)``, ``min(x, y)``, ``sign(x)`` and ``if(x > y, a, b)``: a where that holds, else b. A number directly before
a symbol or bracket multiplies it. Its symbols are those of the terms above it, of the rule's hyperparameters (η: the
rate of this step), ``θ``, where the step begins, ``t``, the number of this step from 1, and ``k``, the steps made
before it. One convention: x/0 is 0, as a parameter that has felt no slope stays where it is.

What no formula of the lines above gives, such as a length that was searched for, is told by the step itself: ``told``.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lossviz.rules.formula_nodes import Node

SLOPE = "slope"
RATE = "rate"


@dataclass(frozen=True)
class Term:
    """One line of a rule's update, as a person works it out.

    Parameters
    ----------
    symbol : str
        Such as ``"v′"``; lines below may use it. A line that is only shown has its formula as its symbol.
    name : str
        In a word or two.
    formula : str
        How it follows from the lines above; "" for what is given: the slope, what the rule remembers or tells.
    remembered : int, optional
        Its place in the rule's state before the step.
    carries : bool
        Whether it moves the parameters by itself, without a slope, as a velocity does.
    told : str
        Its name in the info of the step, where the rule tells it: one number, or one for each parameter.
    """

    symbol: str
    name: str
    formula: str = ""
    remembered: int | None = None
    carries: bool = False
    told: str = ""

    @cached_property
    def tree(self) -> "Node":
        """The formula, read."""
        # a descent needs no formulas: nobody waits for their grammar who shows none
        from lossviz.rules.formula_reading import read

        return read(self.formula)

    @property
    def part(self) -> str:
        """The micro-step that it belongs to: the slope is taken, or the rate is put to it."""
        return SLOPE if self.symbol == "g" else RATE
