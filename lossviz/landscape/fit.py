"""fit: data, a model and a loss make a surface over weight and bias."""

import numpy as np

from lossviz.landscape.datasets import Dataset
from lossviz.landscape.domain import Domain
from lossviz.landscape.fitted import Fit
from lossviz.landscape.losses import LOSSES, Loss
from lossviz.landscape.models import MODELS
from lossviz.landscape.naming import unknown
from lossviz.landscape.pointwise import PointwiseFit
from lossviz.landscape.quadratic import MeanSquare, RootMeanSquare
from lossviz.landscape.samples import Samples, prepare


def fit(
    data: Dataset,
    *,
    feature: str,
    label: str,
    model: str = "linear",
    loss: str | None = None,
    standardize: bool = False,
    domain: Domain | tuple[tuple[float, float], tuple[float, float]] | None = None,
) -> Fit:
    """Give the loss of a model over data as a surface over its weight w and bias b.

    Parameters
    ----------
    data : Dataset
    feature, label : str
        A column's name or a formula of columns, such as ``"(age - 18)/10"``.
    model : str
        ``"linear"`` (w·x + b) or ``"logistic"`` (σ(w·x + b), labels 0 and 1).
    loss : str, optional
        ``"mse"`` (no half) or ``"rmse"`` for linear, ``"cross_entropy"`` for logistic; default: the first of them.
    standardize : bool
        Whether x is shifted to mean 0 and scaled to standard deviation 1 first; ``surface.data.in_columns(w, b)``
        gives any result in the columns' own units.
    domain : Domain or ((low, high), (low, high)), optional
        What is looked at of w and b; default: a rectangle around the minimum.

    Raises
    ------
    ValueError, TypeError
        If a name is unknown, a model doesn't go with a loss, or the labels don't fit the loss.
    """
    if model not in MODELS:
        raise ValueError(unknown("a model", model, MODELS))
    chosen = MODELS[model]
    name = chosen.losses[0] if loss is None else loss
    if name not in LOSSES:
        raise ValueError(unknown("a loss", name, LOSSES))
    if name not in chosen.losses:
        raise ValueError(f"the {model} model goes with {' or '.join(chosen.losses)}, not with {name}.")
    measure = LOSSES[name]
    samples = prepare(data, feature, label, standardize)
    _check_labels(samples, measure)
    if domain is not None and not isinstance(domain, Domain):
        try:
            w, b = domain
        except (TypeError, ValueError):
            raise TypeError(f"domain must be ((low, high), (low, high)), not {domain!r}.") from None
        domain = Domain(w, b)
    if name == "mse":
        return MeanSquare(samples, domain)
    if name == "rmse":
        return RootMeanSquare(samples, domain)
    return PointwiseFit(samples, chosen, measure, domain)


def _check_labels(samples: Samples, measure: Loss) -> None:
    if measure.binary and not np.all((samples.y == 0.0) | (samples.y == 1.0)):
        kinds = np.unique(samples.y)
        shown = ", ".join(f"{kind:g}" for kind in kinds[:4]) + (", …" if kinds.size > 4 else "")
        raise ValueError(f"{measure.name} needs labels 0 and 1; '{samples.label}' has {shown}.")
