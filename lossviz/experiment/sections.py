"""The sections of an experiment as frozen, strictly checked structures, and the surface and rules made of them."""

from pathlib import Path

import msgspec

from lossviz.diagnosis.wording import short
from lossviz.landscape.datasets import Dataset, dataset, read_csv
from lossviz.landscape.domain import Domain
from lossviz.landscape.fit import fit
from lossviz.landscape.fitted import Fit
from lossviz.rules import optimizer
from lossviz.rules.base import Rule

FORMAT = 1
LAYOUTS = ("race", "line_and_point", "one_parameter", "all")
CARDS = ("surface", "map", "loss", "data", "slice", "happening", "coefficients")
"""What a window is laid out from, in the order of the keys 1 to 7."""

Pair = tuple[float, float]


class ExperimentError(ValueError):
    """An experiment that can't be used: one sentence with file, key and what was expected."""

    def __init__(self, sentence: str) -> None:
        super().__init__(" ".join(sentence.split()))


class _Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    pass


class DomainSection(_Section, frozen=True, kw_only=True):
    """The rectangle that is looked at: w = [low, high], b = [low, high]."""

    w: Pair
    b: Pair


class SurfaceSection(_Section, frozen=True, kw_only=True):
    """What is descended: data (shipped), path (a CSV) or columns (embedded) with units; model, loss and domain."""

    data: str | None = None
    path: str | None = None
    sha256: str | None = None
    columns: dict[str, list[float]] | None = None
    units: dict[str, str] = {}
    feature: str
    label: str
    model: str = "linear"
    loss: str | None = None
    standardize: bool = False
    domain: DomainSection | None = None


class DescentSection(_Section, frozen=True, kw_only=True):
    """What the runs share: where they start, how many steps they make, what moves, when they stop."""

    start: Pair
    steps: int = 200
    free: tuple[str, ...] | None = None
    tolerance: float | None = None
    loss_below: float | None = None
    loss_change: float | None = None
    check_every: int = 1


class ViewSection(_Section, frozen=True, kw_only=True):
    """How it is looked at: the axes, the layout, the camera of the 3-D view (degrees) and the selected run.

    `point` is a weight and bias that was picked, `large` the one card that is seen alone ("": none), `hidden` the cards
    and controls that are not shown, `hide_future` keeps back what the steps that are not seen yet would tell.
    """

    height: str = "linear"
    loss_axis: str = "linear"
    step_axis: str = "linear"
    layout: str = "race"
    large: str = ""
    hidden: tuple[str, ...] = ()
    hide_future: bool = False
    point: Pair | None = None
    azimuth: float = -38.0
    elevation: float = 36.0
    zoom: float = 1.0
    selected: int = 0


class Run(_Section, frozen=True, kw_only=True):
    """One descent: an optimizer, its hyperparameters, and what it does otherwise than [descent] says."""

    name: str = ""
    optimizer: str = "gradient_descent"
    hyperparameters: dict[str, float | bool] = {}
    shown: bool = True
    start: Pair | None = None
    steps: int | None = None
    free: tuple[str, ...] | None = None
    tolerance: float | None = None
    loss_below: float | None = None
    loss_change: float | None = None
    check_every: int | None = None

    def rule(self) -> Rule:
        """Give the optimizer of this run."""
        return optimizer(self.optimizer, **self.hyperparameters)

    @property
    def label(self) -> str:
        """The run's name, or its optimizer and learning rate where it has none: ``"rate .71"``, ``"Adam .1"``."""
        if self.name:
            return self.name
        rule = self.rule()
        rate = short(float(rule.learning_rate))
        return f"rate {rate}" if rule.name == "gradient_descent" else f"{rule.title} {rate}"


class Experiment(_Section, frozen=True, kw_only=True):
    """A surface, the runs that descend it, and how they are looked at."""

    format: int = FORMAT
    title: str = ""
    surface: SurfaceSection
    descent: DescentSection
    runs: tuple[Run, ...] = ()
    view: ViewSection = ViewSection()

    def build_surface(self) -> Fit:
        """Make the surface.

        Raises
        ------
        ExperimentError
            If the data lack a column, can't be read, or don't go with model and loss.
        """
        s = self.surface
        domain = Domain(s.domain.w, s.domain.b) if s.domain else None
        try:
            return fit(
                self._dataset(),
                feature=s.feature,
                label=s.label,
                model=s.model,
                loss=s.loss,
                standardize=s.standardize,
                domain=domain,
            )
        except (ValueError, TypeError) as error:
            raise ExperimentError(f"surface: {error}") from None

    def settings(self, run: Run) -> DescentSection:
        """Give [descent] with the run's own overrides."""
        names = [name for name in DescentSection.__struct_fields__ if getattr(run, name) is not None]
        return msgspec.structs.replace(self.descent, **{name: getattr(run, name) for name in names})

    def _dataset(self) -> Dataset:
        s = self.surface
        if s.data is not None:
            return dataset(s.data)
        if s.columns is not None:
            return Dataset("the embedded columns", s.columns)  # type: ignore[arg-type]
        assert s.path is not None
        path = Path(s.path)
        try:
            import hashlib

            if s.sha256 and hashlib.sha256(path.read_bytes()).hexdigest() != s.sha256:
                raise ExperimentError(f"path: {path.name} is not the file it was: its sha256 differs.")
            return read_csv(path)
        except OSError as error:
            raise ExperimentError(f"path: {path} can't be read: {error.strerror or error}.") from None
