"""From a table to an experiment: which columns, which start and which learning rates are worth looking at first."""

import math
import re
from collections.abc import Mapping
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from lossviz.diagnosis.stability import curvature
from lossviz.experiment.checking import check
from lossviz.experiment.descent_section import DescentSection
from lossviz.experiment.sections import Experiment, Run
from lossviz.experiment.surface_section import SurfaceSection
from lossviz.landscape.datasets import Dataset
from lossviz.landscape.fitted import Fit
from lossviz.landscape.models import MODELS
from lossviz.landscape.quadratic import RootMeanSquare
from lossviz.landscape.units import unit_in_name
from lossviz.numerals import short

Array = NDArray[np.float64]

PARTS_OF_THE_LIMIT = (0.016, 0.48, 0.96, 1.03)
"""The four learning rates as parts of 2/λmax: creeps, arrives, overshoots, leaves for ever."""
SELECTED = 2
"""The run that is explained: the one that overshoots."""
RAVINE = 30.0
"""A condition number above which the feature is better standardised: in a ravine little is to be seen."""
UP = 0.7
"""How far up the start lies, as part of what the automatic domain shows."""
ALONG = 0.7
"""The part of that height that is due to going along the valley; the rest to going up its wall."""

_LABELS = re.compile(r" needs labels .* has ([^']*)\.$")
_PRINTED = str.maketrans("−–·×÷", "--**/")
_COMMA = re.compile(r"(?<=\d),(?=\d)")
_NAMES_OF_ROWS = ("id", "row", "index", "no", "no.", "nr", "nr.", "number")


class ChoiceError(ValueError):
    """A choice that makes no experiment: one sentence, and what it is about.

    Parameters
    ----------
    sentence : str
    choice : str
        "feature", "label" or "" for the whole.
    surface : SurfaceSection
        All that was chosen.
    """

    def __init__(self, sentence: str, choice: str, surface: SurfaceSection) -> None:
        super().__init__(sentence[:1].upper() + sentence[1:])
        self.choice = choice
        self.surface = surface


def proposed(path: str | Path, data: Dataset) -> SurfaceSection:
    """Propose what to look at in a table: the last column that varies by the first one, units as the names say.

    A label of zeros and ones goes with the logistic model; a feature far from 0 is standardised.
    """
    varying = [name for name in data.columns if np.ptp(data[name]) > 0.0] or list(data.columns)
    constant = [name for name in data.columns if name not in varying]
    # a line through equal labels can be fitted, one through equal features can't
    label = constant[-1] if len(varying) == 1 and constant else varying[-1]
    others = [name for name in varying if name != label] or [name for name in data.columns if name != label] or [label]
    # the number of a row explains nothing, and two groups are no line
    told = [name for name in others if not _numbers_the_rows(data, name)] or others
    feature = next((name for name in told if _has_many_values(data[name])), told[0])
    y = data[label]
    binary = bool(np.all((y == 0.0) | (y == 1.0)) and np.ptp(y) > 0.0)
    model = "logistic" if binary else "linear"
    units = {name: unit for name in (feature, label) if (unit := unit_in_name(name)[1])}
    return SurfaceSection(
        path=str(Path(path).resolve()),
        units=units,
        feature=feature,
        label=label,
        model=model,
        loss=MODELS[model].losses[0],
        standardize=_in_ravine(data, feature),
    )


def experiment_for(
    path: str | Path,
    data: Dataset,
    feature: str,
    label: str,
    units: Mapping[str, str],
    model: str,
    loss: str | None,
    standardize: bool,
) -> Experiment:
    """Give an experiment with four learning rates on the loss surface of a table's columns.

    Parameters
    ----------
    path : str or Path
        Where the table was read from.
    data : Dataset
        The table.
    feature, label : str
        Columns or formulas of them.
    units : mapping of str to str
    model : str
    loss : str or None
        None: the model's usual one.
    standardize : bool

    Raises
    ------
    ChoiceError
        If these don't go together; it says what is wrong with which of them.
    """
    surface = SurfaceSection(
        path=str(Path(path).resolve()),
        units=dict(units),
        feature=feature,
        label=label,
        model=model,
        loss=loss,
        standardize=standardize,
    )
    try:
        made = surface.fit_to(data)
        assert isinstance(made, Fit)
        return experiment_on(made, surface)
    except ValueError as error:
        raise choice_error(error, surface) from None


def experiment_on(fit: Fit, surface: SurfaceSection) -> Experiment:
    """Give an experiment with four learning rates on a surface that is made already.

    Raises
    ------
    ChoiceError
        If nothing can be learned on it.
    """
    x, y = fit.data.x, fit.data.y
    if len(x) == 1:
        raise ChoiceError("one row tells no slope; at least two rows are needed.", "", surface)
    if np.all(x == x[0]):
        raise ChoiceError("the feature is the same in every row; one that varies is needed.", "feature", surface)
    if fit.measure.binary and np.all(y == y[0]):
        raise ChoiceError(f"the label is {short(float(y[0]))} in every row; both 0 and 1 are needed.", "label", surface)
    start = _start(fit)
    limit = _limit(fit, start)
    rates = [float(f"{part * limit:.3g}") for part in PARTS_OF_THE_LIMIT]
    experiment = Experiment(
        title=f"{fit.data.dataset.name}: {fit.data.label} by {fit.data.feature}",
        surface=surface,
        descent=DescentSection(start=start),
        runs=tuple(Run(hyperparameters={"learning_rate": rate}) for rate in rates),
    )
    view = msgspec.structs.replace(experiment.view, selected=SELECTED)
    return check(msgspec.structs.replace(experiment, view=view))


def formula_typed(text: str, columns: tuple[str, ...]) -> str:
    """Give the formula that a person means: signs and decimal commas of print are those of a keyboard.

    Each character keeps its place, so that an error points into what was typed.
    """
    text = text.strip()
    if text in columns:
        return text
    # every other part stands in backquotes: the name of a column
    parts = text.split("`")
    for i in range(0, len(parts), 2):
        parts[i] = _COMMA.sub(".", parts[i].translate(_PRINTED))
    return "`".join(parts)


def choice_error(error: ValueError, surface: SurfaceSection) -> ChoiceError:
    """Say what an error of a fit is about: its sentence begins with it."""
    if isinstance(error, ChoiceError):
        return error
    sentence = str(error).removeprefix("surface: ")
    for choice in ("feature", "label"):
        if sentence.startswith(f"{choice} of "):
            return ChoiceError(sentence.partition(": ")[2], choice, surface)
        if sentence.startswith(f"{choice} "):
            return ChoiceError(sentence, choice, surface)
    labels = _LABELS.search(sentence)
    if labels:
        model = MODELS[surface.model].title
        return ChoiceError(f"it has the values {labels[1]}; a {model} needs 0 and 1.", "label", surface)
    return ChoiceError(sentence, "", surface)


def _numbers_the_rows(data: Dataset, name: str) -> bool:
    values = data[name]
    return name.lower() in _NAMES_OF_ROWS or bool(values[0] in (0.0, 1.0) and np.all(np.diff(values) == 1.0))


def _has_many_values(values: Array) -> bool:
    return bool(np.any((values != np.min(values)) & (values != np.max(values))))


def _in_ravine(data: Dataset, feature: str) -> bool:
    """Tell whether the valley over weight and bias is much longer than wide with this feature as it is."""
    mean, variance = float(np.mean(data[feature])), float(np.var(data[feature]))
    hessian = 2.0 * np.array([[variance + mean * mean, mean], [mean, 1.0]])
    smallest, largest = curvature(hessian)[0].tolist()
    return bool(smallest > 0.0 and largest > RAVINE * smallest)


def _start(fit: Fit) -> tuple[float, float]:
    """Give a point up the slope and off the valley floor, so that both the fast and the slow way down are seen."""
    # the root has the valley of the square, and another height
    fit = fit.square if isinstance(fit, RootMeanSquare) else fit
    minimum = fit.known_minimum or (0.0, 0.0)
    hessian = fit.hessian(*minimum)
    (flat, sharp), steepest = curvature(hessian)
    domain = fit.domain
    if not (flat > 0.0 and math.isfinite(sharp)):
        return _rounded(domain.centre, (-0.36 * domain.width[0], 0.32 * domain.width[1]), domain.width)
    if sharp < 1.05 * flat:
        # round: no direction is the steepest
        steepest = np.array([0.0, 1.0])
    # the ellipse on which the loss is, to second order, the same part of `rise` above the minimum
    across = steepest * math.copysign(1.0, steepest[1]) * math.sqrt(2.0 * (1.0 - ALONG) * UP * fit.rise / sharp)
    floor = np.array([-steepest[1], steepest[0]])
    floor = floor * math.copysign(1.0, -floor[0]) * math.sqrt(2.0 * ALONG * UP * fit.rise / flat)
    finest = np.full(2, float(np.hypot(*across)))
    offsets = [floor + across, floor - across, across - floor, -floor - across]
    points = [_rounded(minimum, tuple(offset.tolist()), finest) for offset in offsets]
    inside = [point for point in points if domain.contains(*point)]
    if not inside:
        return _rounded(domain.centre, (-0.36 * domain.width[0], 0.32 * domain.width[1]), domain.width)
    # the highest of them; on a quadratic all are equally high, and it is the one with the smaller weight
    return max(inside, key=lambda point: float(f"{float(fit.loss(*point)):.2g}"))


def _rounded(base: tuple[float, float], offset: tuple[float, ...], width: object) -> tuple[float, float]:
    """Round a point as a hand would set it: to a fiftieth of a width."""
    digits = [1 - math.floor(math.log10(w)) for w in np.asarray(width, dtype=np.float64).tolist()]
    w, b = (round(at + by, max(-300, min(300, d))) for at, by, d in zip(base, offset, digits, strict=True))
    return w, b


def _limit(fit: Fit, start: tuple[float, float]) -> float:
    """Give 2/λmax at the minimum, or at the start where there is none; 1 where neither has a curvature."""
    for point in (fit.known_minimum or start, start):
        largest = float(curvature(fit.hessian(*point))[0][-1])
        if math.isfinite(largest) and largest > 0.0:
            return 2.0 / largest
    return 1.0
