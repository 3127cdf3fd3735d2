"""fit: data, a model and a loss make a surface over weight and bias."""

from collections.abc import Sequence

import numpy as np

from lossviz.landscape.base import BaseSurface
from lossviz.landscape.class_weights import class_weights
from lossviz.landscape.datasets import Dataset
from lossviz.landscape.domain import Bounds, Domain, as_domain
from lossviz.landscape.fitted import Fit
from lossviz.landscape.losses import LOSSES, Loss
from lossviz.landscape.models import MODELS
from lossviz.landscape.naming import unknown
from lossviz.landscape.penalised import Penalised, reaching
from lossviz.landscape.penalty import Penalty, checked_penalty
from lossviz.landscape.quadratic import MeanSquare, RootMeanSquare
from lossviz.landscape.samples import Samples, prepare
from lossviz.numerals import listed, short

FROM_MOMENTS = {"mse": MeanSquare, "rmse": RootMeanSquare}


def fit(
    data: Dataset,
    *,
    feature: str | None = None,
    features: tuple[str, str] | None = None,
    label: str,
    model: str = "linear",
    loss: str | None = None,
    standardize: bool = False,
    domain: Domain | Bounds | None = None,
    l1: float = 0.0,
    l2: float = 0.0,
    class_weight: str | tuple[float, float] | None = None,
) -> BaseSurface:
    """Give the loss of a model over data as a surface over its weight w and bias b, or over two weights.

    Parameters
    ----------
    data : Dataset
    feature, label : str
        A column's name or a formula of columns, such as ``"(age - 18)/10"``.
    features : pair of str
        Two of them instead of one: the surface is that over their weights w₁ and w₂, with the bias at its best for each
        pair. The Domain still calls its axes w and b.
    model : str
        ``"linear"`` (w·x + b) or ``"logistic"`` (σ(w·x + b), labels 0 and 1).
    loss : str, optional
        ``"mse"`` (no half), ``"rmse"``, ``"mae"`` or ``"huber"`` (δ = 1) for linear; ``"cross_entropy"``,
        ``"squared_error"`` (of the probability, no half) or ``"hinge"`` (of the log-odds) for logistic; default: the
        first of them.
    standardize : bool
        Whether x is shifted to mean 0 and scaled to standard deviation 1 first; ``surface.data.in_columns(w, b)``
        gives any result in the columns' own units.
    domain : Domain or ((low, high), (low, high)), optional
        What is looked at of w and b; default: a rectangle around the minimum.
    l1, l2 : float
        Add l1·|w| + l2·w², without halves; the bias costs nothing. scikit-learn's Ridge(α) is l2 = α/n, Lasso(α) is
        l1 = 2α, LogisticRegression(C) is l2 = 1/(2·C·n) or l1 = 1/(C·n).
    class_weight : "balanced" or (weight of 0, weight of 1), optional
        The loss is the mean of weight·cost over all samples, as in Keras; ``"balanced"`` is n / (2·n of this label).

    Raises
    ------
    ValueError, TypeError
        If a name is unknown, a model doesn't go with a loss, the labels don't fit the loss, or a penalty is negative.
    """
    if model not in MODELS:
        raise ValueError(unknown("a model", model, MODELS))
    chosen = MODELS[model]
    name = chosen.losses[0] if loss is None else loss
    if name not in LOSSES:
        raise ValueError(unknown("a loss", name, LOSSES))
    if name not in chosen.losses:
        raise ValueError(f"the {model} model goes with {_or(chosen.losses)}, not with {name}.")
    measure, penalty = LOSSES[name], checked_penalty(l1, l2)
    if class_weight is not None and not measure.binary:
        binary = [loss.name for loss in LOSSES.values() if loss.binary]
        raise ValueError(f"class_weight goes with {_or(binary)}, whose labels are 0 and 1, not with {name}.")
    if features is not None:
        return _over_two(data, features, feature, label, measure, standardize, domain, penalty, class_weight)
    if feature is None:
        raise TypeError("fit needs a feature, or two features.")
    samples = prepare(data, feature, label, standardize)
    _check_labels(samples, measure)
    if domain is not None:
        domain = as_domain(domain)
    weights = class_weights(class_weight, samples.y, samples.label)

    def over(rectangle: Domain | None) -> Fit:
        if name in FROM_MOMENTS:
            return FROM_MOMENTS[name](samples, rectangle)
        # the first picture is of a squared error
        from lossviz.landscape.by_sample import BY_SAMPLE

        return BY_SAMPLE[name](samples, rectangle, weights)

    data_term = over(domain)
    if not penalty:
        return data_term
    # what has a minimum by the penalty alone may have it far from where the data have theirs
    minimum = data_term.lowest(penalty) if domain is None else None
    if minimum is not None and not data_term.domain.contains(*minimum):
        data_term = over(reaching(data_term.domain, minimum))
    return Penalised(data_term, penalty)


def _over_two(
    data: Dataset,
    features: tuple[str, str],
    feature: str | None,
    label: str,
    measure: Loss,
    standardize: bool,
    domain: Domain | Bounds | None,
    penalty: Penalty,
    class_weight: object,
) -> BaseSurface:
    """Give the surface over the weights of two features."""
    # needed by few
    from lossviz.landscape.pair import pair_fit

    if feature is not None:
        raise TypeError("fit takes a feature or two features, not both.")
    if isinstance(features, str) or len(features) != 2:
        raise TypeError(f"features must be two columns or formulas, not {features!r}.")
    if penalty or class_weight is not None:
        raise ValueError("two features go without penalties and class weights.")
    first, second = (prepare(data, one, label, standardize) for one in features)
    _check_labels(first, measure)
    return pair_fit(first, second, measure.name, None if domain is None else as_domain(domain))


def _or(names: Sequence[str]) -> str:
    return " or ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _check_labels(samples: Samples, measure: Loss) -> None:
    if measure.binary and not np.all((samples.y == 0.0) | (samples.y == 1.0)):
        kinds = np.unique(samples.y)
        shown = listed(short(float(kind), 6) for kind in kinds[:4]) + (", …" if kinds.size > 4 else "")
        raise ValueError(f"{measure.name} needs labels 0 and 1; '{samples.label}' has {shown}.")
