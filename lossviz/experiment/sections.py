"""An experiment: the runs on a surface and how they are looked at, and the optimizers made of them."""

from collections.abc import Generator
from functools import lru_cache
from typing import Any

import msgspec

from lossviz.experiment.descent_section import DescentSection
from lossviz.experiment.own_conditions import own_words
from lossviz.experiment.section import Pair, Section
from lossviz.experiment.surface_section import Reader, SurfaceSection, reading_table
from lossviz.landscape.base import BaseSurface
from lossviz.landscape.work import completed
from lossviz.numerals import listed, short
from lossviz.rules import CONVENTIONS, conventions, optimizer
from lossviz.rules.base import Rule

FORMAT = 1
LAYOUTS = ("race", "line_and_point", "one_parameter", "all", "minima")
CARDS = ("surface", "map", "loss", "data", "slice", "happening", "coefficients", "minima")
"""What a window is laid out from, in the order of the keys 1 to 8."""
COSTS = ("steps", "samples", "seconds", "epochs")
"""What a loss can be drawn against: the axes of cost."""
CONTROLS = (
    "loss surface",
    "experiment",
    "formula",
    "descents",
    "verdicts",
    "adding",
    "random starts",
    "selected",
    "optimizer",
    "rule",
    "rates",
    "limits",
    "start",
    "steps",
    "schedule",
    "batches",
    "clipping",
    "averaging",
    "parameters",
    "precision",
    "looks",
    "playback",
    "status",
)
"""What can be hidden for a class, beside the cards: panels, and single things in them."""


class ViewSection(Section, frozen=True, kw_only=True):
    """How it is looked at: the axes, the layout, the camera of the 3-D view (degrees) and the selected run.

    `point` is a weight and bias that was picked, `large` the one card that is seen alone ("": none), `hidden` the cards
    and controls that are not shown, `hide_future` keeps back what the steps that are not seen yet would tell.
    `cost_axis` is what the loss is drawn against, `step_vectors` shows on the map what the selected run's optimizer
    remembers. `pan_x` and `pan_y` shift the 3-D picture right and up, in half widths of its box.
    """

    height: str = "linear"
    loss_axis: str = "linear"
    step_axis: str = "linear"
    cost_axis: str = "steps"
    step_vectors: bool = False
    layout: str = "race"
    large: str = ""
    hidden: tuple[str, ...] = ()
    hide_future: bool = False
    point: Pair | None = None
    azimuth: float = -38.0
    elevation: float = 36.0
    zoom: float = 1.0
    pan_x: float = 0.0
    pan_y: float = 0.0
    selected: int = 0


@lru_cache(maxsize=256)
def _rule(name: str, convention: str, hyperparameters: tuple[tuple[str, type, Any], ...]) -> Rule:
    """Give an optimizer, the same one for the same hyperparameters: a drag asks for each dozens of times a frame."""
    return optimizer(name, convention=convention, **{key: value for key, _, value in hyperparameters})


class Run(Section, frozen=True, kw_only=True):
    """One descent: an optimizer, its hyperparameters, and what it does otherwise than [descent] says.

    `convention` says whose way of the optimizer it is: PyTorch's, Keras's or Optax's.
    """

    name: str = ""
    optimizer: str = "gradient_descent"
    convention: str = "pytorch"
    hyperparameters: dict[str, float | bool] = msgspec.field(default_factory=dict)
    shown: bool = True
    start: Pair | None = None
    steps: int | None = None
    free: tuple[str, ...] | None = None
    tolerance: float | None = None
    loss_below: float | None = None
    loss_change: float | None = None
    check_every: int | None = None
    random_starts: int | None = None
    random_seed: int | None = None
    schedule: str | dict[str, Any] | None = None
    batch_size: int | None = None
    seed: int | None = None
    shuffle: bool | None = None
    drop_last: bool | None = None
    accumulate: int | None = None
    epochs: float | None = None
    clip_value: float | None = None
    clip_norm: float | None = None
    clip_global_norm: float | None = None
    average: float | None = None
    rate_scale: Pair | None = None
    decay_mask: tuple[str, ...] | None = None
    precision: str | None = None
    check_seconds: float | None = None
    step_seconds: float | None = None
    sample_seconds: float | None = None

    def rule(self) -> Rule:
        """Give the optimizer of this run."""
        # with their types: 1.0 equals true, and is no switch
        given = tuple((name, type(v), v) for name, v in self.hyperparameters.items())
        return _rule(self.optimizer, self.convention, given)

    @property
    def way(self) -> str:
        """Whose way of the optimizer it is: the usual one where PyTorch's is meant, and PyTorch has none."""
        ways = conventions(self.optimizer)
        return self.convention if self.convention in ways else ways[0]

    @property
    def kind(self) -> str:
        """The optimizer's title, with the library where its way isn't the usual one: ``"Adam"``, ``"Adam (Keras)"``."""
        title = self.rule().title
        return title if self.way == conventions(self.optimizer)[0] else f"{title} ({CONVENTIONS[self.way]})"

    @property
    def label(self) -> str:
        """The run's name, or its optimizer, rate and own conditions: ``"rate 0.71"``, ``"Adam 0.1, batch 32"``."""
        if self.name:
            return self.name
        rule, kind = self.rule(), self.kind
        rate = short(float(rule.learning_rate))
        plain = rule.name == "gradient_descent" and kind == rule.title
        return listed((f"rate {rate}" if plain else f"{kind} {rate}", *own_words(self)))


class Experiment(Section, frozen=True, kw_only=True):
    """A surface, the runs that descend it, and how they are looked at."""

    format: int = FORMAT
    title: str = ""
    surface: SurfaceSection
    descent: DescentSection
    runs: tuple[Run, ...] = ()
    view: ViewSection = ViewSection()

    def build_surface(self) -> BaseSurface:
        """Make the surface.

        Raises
        ------
        ExperimentError
            If the data lack a column, can't be read, or don't go with model and loss.
        """
        return completed(self.building_surface())

    def building_surface(self, read: Reader = reading_table) -> Generator[float, None, BaseSurface]:
        """Make the surface as a generator that yields its progress; `read` reads the file of its path."""
        return self.surface.building(read)

    @property
    def start(self) -> Pair:
        """Where the selected run begins: it may have a start of its own."""
        selected = self.runs[min(self.view.selected, len(self.runs) - 1)] if self.runs else None
        return self.settings(selected).start if selected is not None else self.descent.start

    def settings(self, run: Run) -> DescentSection:
        """Give [descent] with the run's own overrides; its own steps count for more than the epochs of all."""
        own = {name: given for name in DescentSection.__struct_fields__ if (given := getattr(run, name)) is not None}
        if "steps" in own:
            own.setdefault("epochs", None)
        return msgspec.structs.replace(self.descent, **own)
