"""Models: what is predicted from weight, bias and feature."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lossviz.landscape.losses import sigmoid

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Model:
    """A model of one feature: prediction = link(w·x + b).

    Parameters
    ----------
    name, title : str
        As in the API; in words.
    formula : str
        The prediction, in symbols.
    link : callable
        From z = w·x + b to the prediction.
    losses : tuple of str
        The losses that it can be fitted with; the first is the usual one.
    """

    name: str
    title: str
    formula: str
    link: Callable[[Array], Array]
    losses: tuple[str, ...]

    def predict(self, x: Array, w: float, b: float) -> Array:
        """Give the predictions for the features x, same shape."""
        return self.link(np.asarray(w * x + b, dtype=np.float64))


MODELS = {
    model.name: model
    for model in (
        Model("linear", "line", "w·x + b", lambda z: z, ("mse", "rmse", "mae", "huber")),
        Model("logistic", "logistic curve", "σ(w·x + b)", sigmoid, ("cross_entropy", "squared_error", "hinge")),
    )
}
