"""The table of the minima, saddles and maxima of a surface, and of how many runs have ended in each."""

import math
from dataclasses import dataclass

from lossviz.diagnosis.nature import StationaryPoint
from lossviz.numerals import short, tick
from lossviz.scene.ends import ends
from lossviz.scene.frame import Frame
from lossviz.scene.landmarks import count_text, kind_text, loss_text
from lossviz.scene.scene import Scene

HEADS = ("kind", "w", "b", "loss", "λ₁", "λ₂")
FINE = 5e-5
"""Places are told to about this part of the domain's width."""


@dataclass(frozen=True, eq=False)
class MinimaTable:
    """What a panel shows of the stationary points of a surface.

    Parameters
    ----------
    scene : Scene
    points : tuple of StationaryPoint
        Minima first, the lowest first.
    runs : tuple of int, or None
        How many of the selected run's crowd have ended in each; None where it has none.
    count : str
        ``"4 minima, 4 saddles, 1 maximum"``; why there are no points, where they are kept back; "" before any is found.
    """

    scene: Scene
    points: tuple[StationaryPoint, ...]
    runs: tuple[int, ...] | None
    count: str

    @property
    def heads(self) -> tuple[str, ...]:
        """What the columns are called."""
        heads = (HEADS[0], *self.scene.symbols, *HEADS[3:])
        return heads if self.runs is None else (*heads, "runs")

    def texts(self, row: int) -> tuple[str, ...]:
        """Give the texts of a row, by column."""
        point, width = self.points[row], self.scene.surface.domain.width
        spacings = (10.0 ** math.ceil(math.log10(FINE * side)) for side in width)
        places = (tick(value, spacing) for value, spacing in zip(point.position, spacings, strict=True))
        values = ("–" if math.isnan(value) else short(value) for value in point.eigenvalues)
        told = (kind_text(point, self.points), *places, loss_text(self.scene, point.loss), *values)
        return told if self.runs is None else (*told, self._ended(row))

    def _ended(self, row: int) -> str:
        """Write how many runs ended in a point; nothing where none can."""
        return str(self.runs[row]) if self.runs is not None and self.points[row].is_minimum else ""

    @property
    def text(self) -> str:
        """The numbers as a table with tabs between its columns, as spreadsheets take it."""
        lines = [list(self.heads)]
        for row, point in enumerate(self.points):
            numbers = (*point.position, point.loss, *point.eigenvalues)
            told = ("" if math.isnan(number) else repr(float(number)) for number in numbers)
            ended = [] if self.runs is None else [self._ended(row)]
            lines.append([kind_text(point, self.points), *told, *ended])
        return "".join("\t".join(line) + "\n" for line in lines)


def minima_table(frame: Frame) -> MinimaTable:
    """Tell of the points that are found, and of the crowd of the selected run."""
    scene = frame.scene
    if scene.stationary is not None and scene.experiment.view.hide_future:
        return MinimaTable(scene, (), None, "kept back while what comes is hidden")
    points = sorted(frame.stationary, key=_rank)
    crowd = scene.selected.crowd if scene.selected is not None else None
    runs = ends(crowd, points, frame.row).counts if crowd is not None else None
    return MinimaTable(scene, tuple(points), runs, "" if scene.stationary is None else count_text(points))


def _rank(point: StationaryPoint) -> tuple[bool, bool, float, tuple[float, float]]:
    """Order minima by their loss, equally low ones by their place; all others stay as they come."""
    loss = point.loss if point.is_minimum and not point.is_global else 0.0
    return not point.is_minimum, not point.is_global, loss, point.position if point.is_global else (0.0, 0.0)
