"""AdamW, as PyTorch, Keras and Optax have it: Adam whose weight decay acts on each parameter itself."""

from dataclasses import dataclass
from typing import ClassVar

from lossviz.rules.adam import KerasAdam, OptaxMoments, PyTorchAdam, keras_writes, optax_writes, pytorch_writes
from lossviz.rules.base import Hyper, declare
from lossviz.rules.memory import learning_rate
from lossviz.rules.moments import NESTEROV, shrinking
from lossviz.rules.terms import Term

SOURCE = "Loshchilov & Hutter (2019), Decoupled weight decay regularization, algorithm 2"
GOOD = "All weights shrink alike, as Adam's division doesn't touch the decay: the usual choice for transformers."
BAD = "It ends beside the minimum of the loss, as the decay draws each parameter towards 0."


@dataclass(frozen=True, eq=False)
class AdamW(PyTorchAdam):
    """Adam with decoupled weight decay, .01 unless told otherwise (torch.optim.AdamW)."""

    name: ClassVar[str] = "adamw"
    title: ClassVar[str] = "AdamW"
    formula: ClassVar[str] = pytorch_writes("parameter", False)[0]
    terms: ClassVar[tuple[Term, ...]] = pytorch_writes("parameter", False)[1]
    source: ClassVar[str] = SOURCE
    good: ClassVar[str] = GOOD
    bad: ClassVar[str] = BAD

    learning_rate: Hyper = declare(learning_rate(1e-3))
    weight_decay: Hyper = declare(shrinking(1e-2))


@dataclass(frozen=True, eq=False)
class KerasAdamW(KerasAdam):
    """Keras's Adam with weight decay, .004 unless told otherwise (keras.optimizers.AdamW)."""

    name: ClassVar[str] = "adamw"
    title: ClassVar[str] = "AdamW"
    formula: ClassVar[str] = keras_writes("parameter", False)[0]
    terms: ClassVar[tuple[Term, ...]] = keras_writes("parameter", False)[1]
    source: ClassVar[str] = SOURCE
    good: ClassVar[str] = GOOD
    bad: ClassVar[str] = BAD

    weight_decay: Hyper = declare(shrinking(4e-3))


@dataclass(frozen=True, eq=False)
class OptaxAdamW(OptaxMoments):
    """Optax's Adam with weight decay, .0001 unless told otherwise (optax.adamw)."""

    name: ClassVar[str] = "adamw"
    title: ClassVar[str] = "AdamW"
    formula: ClassVar[str] = optax_writes("parameter", False)[0]
    terms: ClassVar[tuple[Term, ...]] = optax_writes("parameter", False)[1]
    source: ClassVar[str] = SOURCE
    good: ClassVar[str] = GOOD
    bad: ClassVar[str] = BAD

    learning_rate: Hyper = declare(learning_rate(1e-3))
    weight_decay: Hyper = declare(shrinking(1e-4))
    nesterov: bool = declare(NESTEROV)
