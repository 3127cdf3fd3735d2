"""Rule: how one step of descent is made; and the oracle that it may ask.

Why the interface is as it is, against what has to fit later:

- A rule is a frozen dataclass of hyperparameters and two pure functions, ``init`` and ``step``; all that changes is in
  the state that goes in and comes out. A run can be stopped, stored, continued and repeated from any row.
- ``step`` gets the *oracle*, not a gradient: Nesterov may ask for the gradient elsewhere, Newton for the Hessian, a
  line search for many values, and the oracle counts what it cost. With mini-batches it answers for this step's batch.
- The *rate* of this step is an argument: a schedule changes it from step to step, the rule's own ``learning_rate`` is
  the base. A rule that multiplies the rate into its velocity (Keras) differs from one that doesn't (PyTorch) only here.
- Hyperparameters may be arrays that broadcast against the batch: a sweep over rates and momenta is one call.
- ``theta`` is ``(n, *batch)`` with any n: weight and bias, one of them alone, or a network's parameters.
- ``info`` is what a lecture wants to see and the algorithm need not carry: velocity, moments, effective rate.
- A library's own way of a rule (PyTorch, Keras, Optax) is a class of its own beside the others: other hyperparameters,
  other defaults, another place of an ε. They share a name and differ in ``convention``.
- ``terms`` are the same step line by line, for people; that they lead where ``step`` leads is tested for every rule.
- What a rule knows about its own stability (``limit``) stands beside its step, so that a new rule stays one definition.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, replace
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np

from lossviz.landscape.objective import Array, Objective
from lossviz.landscape.param import Param
from lossviz.rules.terms import Term

Hyper = float | Array
State = tuple[Any, ...]

LEARNING_RATE = Param(
    "learning_rate",
    "η",
    0.01,
    low=0.0,
    shown=(1e-4, 10.0),
    log=True,
    open_low=True,
    text="How far a step goes for a given slope.",
)


class Step(NamedTuple):
    """One step made: where it leads, what the rule remembers, and what is worth showing.

    Parameters
    ----------
    theta : array (n, *batch)
    state : tuple
    info : mapping of str to array
        Each ``(n, *batch)``: ``"velocity"`` and ``"moment"`` (a sum and a mean of slopes), ``"second_moment"`` (of
        their squares), both moments ``"corrected_…"`` for their start, ``"effective_rate"`` (what each slope is
        multiplied by), ``"average"`` (of the places).
    """

    theta: Array
    state: State
    info: Mapping[str, Array]


class Oracle:
    """Answers a rule's questions about the objective, and counts them.

    The last point asked about is remembered (by identity), so that recording a row and stepping from it cost one
    evaluation.

    Parameters
    ----------
    objective : Objective
        The loss itself, or that of this step's batch.
    """

    def __init__(self, objective: Objective) -> None:
        self.objective = objective
        self.values = 0
        self.gradients = 0
        self.hessians = 0
        self._at: Array | None = None
        self._answer: tuple[Array, Array] | None = None

    def value(self, theta: Array) -> Array:
        """Give the loss at theta, shape ``(*batch)``."""
        if theta is self._at and self._answer is not None:
            return self._answer[0]
        self.values += 1
        return self.objective.loss(*theta)

    def gradient(self, theta: Array) -> Array:
        """Give the gradient at theta, shape ``(n, *batch)``."""
        return self.value_and_gradient(theta)[1]

    def value_and_gradient(self, theta: Array) -> tuple[Array, Array]:
        """Give loss and gradient at theta."""
        if theta is not self._at or self._answer is None:
            self.gradients += 1
            self._answer = self.objective.value_and_gradient(theta)
            self._at = theta
        return self._answer

    def recall(self, theta: Array, value: Array, gradient: Array) -> None:
        """Take loss and gradient at theta as known, from a record: asking for them then costs nothing."""
        self._at, self._answer = theta, (value, gradient)

    def forget(self) -> None:
        """Take nothing as known: the objective has become another."""
        self._at = self._answer = None

    def hessian_vector(self, theta: Array, v: Array) -> Array:
        """Give the Hessian at theta times v, shape ``(n, *batch)``."""
        self.hessians += 1
        return self.objective.hessian_vector(theta, v)

    def hessian(self, theta: Array) -> Array:
        """Give the Hessian at theta, shape ``(n, n, *batch)``, a column at a time."""
        columns = []
        for i in range(theta.shape[0]):
            unit = np.zeros_like(theta)
            unit[i] = 1.0
            columns.append(self.hessian_vector(theta, unit))
        return np.stack(columns, axis=1)


def declare(param: Param) -> Any:
    """Make a dataclass field of a Param: its default and everything else are declared there alone."""
    return field(default=param.default, metadata={"param": param})


@dataclass(frozen=True, eq=False)
class Declared:
    """A frozen dataclass whose fields are declared by their Params, and checked by them at construction."""

    def __post_init__(self) -> None:
        for param in self.params():
            object.__setattr__(self, param.name, param.check(getattr(self, param.name)))

    @classmethod
    def params(cls) -> tuple[Param, ...]:
        """Give the Params of the fields, in their order."""
        return tuple(_param(f) for f in fields(cls))

    @property
    def values(self) -> dict[str, Any]:
        """The fields by name."""
        return {param.name: getattr(self, param.name) for param in self.params()}


@dataclass(frozen=True, eq=False)
class Rule(Declared, ABC):
    """An optimizer: hyperparameters (checked at construction), and how one step is made.

    Parameters
    ----------
    learning_rate : float or array
        The base rate; above 0.

    Raises
    ------
    TypeError, ValueError
        If a hyperparameter is not a number or out of its range.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    convention: ClassVar[str] = "pytorch"
    """Whose way of the rule it is: "pytorch", "keras" or "optax"."""
    formula: ClassVar[str]
    """The rule in symbols, one line an assignment."""
    terms: ClassVar[tuple[Term, ...]]
    """The update line by line, from the slope to the step Δ that is added to θ."""
    source: ClassVar[str] = ""
    good: ClassVar[str] = ""
    """One sentence: what it is good at."""
    bad: ClassVar[str] = ""
    """One sentence: what it is bad at."""
    per_parameter: ClassVar[bool] = True
    """Whether weight and bias may have rates of their own: not where one length is chosen for both together."""
    bounded: ClassVar[bool] = False
    """Whether no step can be longer than the rate, whatever the slope: then it can't diverge."""
    seeks_level: ClassVar[bool] = False
    """Whether it goes wherever there is no slope: up to maxima and saddles too."""
    limit_formula: ClassVar[str] = ""
    """What ``limit`` computes, in symbols; "" where no exact limit is known."""

    learning_rate: Hyper = declare(LEARNING_RATE)

    def __post_init__(self) -> None:
        super().__post_init__()
        written = self.written_out()
        if written is not None:
            for name, value in zip(("formula", "terms"), written, strict=True):
                object.__setattr__(self, name, value)

    def written_out(self) -> tuple[str, tuple[Term, ...]] | None:
        """Give formula and terms where the switches make them others than those of the class."""
        return None

    def lane(self, k: int) -> Self:
        """Give the rule of run k, where hyperparameters are arrays (K,) of one number a run."""
        own = {name: float(value[k % len(value)]) for name, value in self.values.items() if np.ndim(value)}
        return replace(self, **own) if own else self

    @abstractmethod
    def init(self, theta: Array) -> State:
        """Give the state before the first step from theta ``(n, *batch)``."""

    @abstractmethod
    def step(self, oracle: Oracle, theta: Array, rate: Hyper, state: State) -> Step:
        """Make one step, as one ``.step()`` of PyTorch does.

        Parameters
        ----------
        oracle : Oracle
        theta : array (n, *batch)
            Not changed.
        rate : float or array (*batch)
            The learning rate of this step.
        state : tuple
            From ``init`` or the step before; not changed.
        """

    def limit(self, sharpness: Array) -> Array | None:
        """Give the learning rate above which a quadratic of this sharpness (> 0) is left for ever.

        None where no exact one is known.
        """
        return None


def _param(declared: "Field[Any]") -> Param:
    param = declared.metadata.get("param", MISSING)
    if not isinstance(param, Param):
        raise TypeError(f"hyperparameter {declared.name} lacks its Param.")
    return param
