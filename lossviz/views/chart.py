"""Chart: a plot of runs: their lines in pixels, and what several charts draw alike."""

from collections.abc import Hashable, Iterable, Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, QTimer, Slot
from PySide6.QtGui import QPainter, QPen

from lossviz.scene import readout
from lossviz.scene.clipping import clip_segments
from lossviz.scene.frame import Ball, Frame
from lossviz.scene.scene import Descent, Scene
from lossviz.scene.style import Style
from lossviz.views.brushes import casing, color, draw_shape, marker, pen, stroke
from lossviz.views.layer import Layer
from lossviz.views.pieces import pieces
from lossviz.views.plot import Plot
from lossviz.views.sketch import sketch
from lossviz.views.tags import Tag, paint_tags

Array = NDArray[np.float64]

APART = 10.0
"""Pixels between the end of a run as it is and as it was, from which the one that was gets a label."""
BEYOND = 12.0
"""Pixels outside the view to which lines go on."""
REST = 120
"""Milliseconds after the last change of the runs when they are drawn finely again."""


class Chart(Plot):
    """A plot of the runs of a frame.

    Subclasses say what lies in the background, what a step adds, and what moves.
    """

    kind: ClassVar[str] = ""
    """What ``readout.at`` knows it by."""
    draws_ghosts: ClassVar[bool] = False
    """Whether the runs before the last change are drawn as lines."""
    hurries: ClassVar[bool] = False
    """Whether there is a quicker way to draw the runs while they change."""

    def __init__(self, style: Style, scale: float = 1.0) -> None:
        super().__init__(style, scale)
        self.shown: tuple[Descent, ...] = ()
        """The runs that are drawn."""
        self.ghosts: tuple[Descent, ...] = ()
        """The runs before the last change, where they were others."""
        self.layer = Layer(self)
        self._points: dict[Descent | int, Array] = {}
        self._pieces: dict[Descent | int, list[QLineF | None]] = {}
        self._changing = False
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST)
        self._rest.timeout.connect(self._settle)
        self.restyle(style, scale)

    # what subclasses say ------------------------------------------------------------------------------------------

    def background_key(self) -> Hashable:
        """Give what the background depends on, beside range and style."""
        return self.frame.scene.descents if self.frame else ()

    def lines_key(self) -> Hashable:
        """Give what the lines depend on, beside range and style.

        Objects that equal only themselves, never their ids: those are given to others when an object dies.
        """
        return tuple((descent.number, descent.trajectory) for descent in self.shown)

    def paint_background(self, painter: QPainter) -> None:
        """Draw what lies behind."""

    def paint_step(self, painter: QPainter, step: int) -> None:
        """Draw what the step from row `step` to the next one adds."""

    def busy_steps(self, first: int, last: int) -> Iterable[int]:
        """Give those of the steps from `first` up to `last` that draw anything, ascending: of a long run few do."""
        return range(first, last)

    def paint_quickly(self, painter: QPainter, row: int) -> None:
        """Draw all steps before a row, as quickly as can be: a hand is changing the runs."""

    def paint_moving(self, painter: QPainter) -> None:
        """Draw what is different in every frame."""

    def curve(self, descent: Descent) -> Array:
        """Give the points (n, 2) of a run's line in pixels, one a row; none where the chart has no such lines."""
        return np.empty((0, 2))

    def readout_at(self, position: QPointF) -> str:
        """Say in one line what lies at a pixel of the view box; "" where nothing is to be said."""
        if self.frame is None:
            return ""
        return readout.at(self.kind, self.frame, *self.values_at(position))

    # the runs' lines ------------------------------------------------------------------------------------------------

    def polyline(self, number: int) -> Array:
        """Give the points (n, 2) of run `number` in pixels; computed anew only when range or runs change."""
        return self.curve(self.frame.scene.descents[number]) if self.frame else np.empty((0, 2))

    def points(self, number: int) -> Array:
        """Give the kept polyline of a run."""
        kept = self._points.get(number)
        if kept is None:
            kept = self._points[number] = self.polyline(number)
        return kept

    def segment(self, number: int, step: int) -> QLineF | None:
        """Give one piece of a run's line, cut to the view; None where nothing of it is seen; see ``pieces``."""
        kept = self._pieces.get(number) or self.segments(number)
        return kept[step] if step < len(kept) else None

    def segments(self, number: int) -> list[QLineF | None]:
        """Give the kept pieces of a run's line, one a step."""
        kept = self._pieces.get(number)
        if kept is None:
            kept = self._pieces[number] = self._cut(self.points(number))
        return kept

    def ghost_segments(self, ghost: Descent) -> list[QLineF | None]:
        """Give the kept pieces of the line of a run before the last change, one a step."""
        kept = self._pieces.get(ghost)
        if kept is None:
            kept = self._pieces[ghost] = self._cut(self.ghost_points(ghost))
        return kept

    def ghost_points(self, ghost: Descent) -> Array:
        """Give the kept line of a run before the last change."""
        kept = self._points.get(ghost)
        if kept is None:
            kept = self._points[ghost] = self.curve(ghost)
        return kept

    def _cut(self, points: Array) -> list[QLineF | None]:
        rect = self.box.rect()
        return pieces(points, rect.width(), rect.height(), BEYOND * self.scale_)

    def hop(self, begin: Array, end: Array) -> QLineF | None:
        """Give the line from a computed point to a ball in the air, both pixels (2,), cut to the view; None outside."""
        size = np.array([self.box.rect().width(), self.box.rect().height()])
        starts, ends, seen = clip_segments(begin[None], end[None], np.full(2, -12.0), size + 12.0)
        return QLineF(*starts[0].tolist(), *ends[0].tolist()) if seen[0] else None

    def forget_lines(self) -> None:
        """Compute the runs' lines anew when they are drawn next."""
        for known in (self._points, self._pieces):
            known.clear()

    def forget_line(self, line: Descent | int) -> None:
        """Compute the line of one run, by its number, or of a ghost anew when it is drawn next."""
        for known in (self._points, self._pieces):
            known.pop(line, None)

    def restyle(self, style: Style, scale: float = 1.0) -> None:
        """Change colours and sizes."""
        super().restyle(style, scale)
        self.forget_lines()

    def _range_changed(self, *_: object) -> None:
        self.forget_lines()
        super()._range_changed()
        self.layer.prepareGeometryChange()
        self.layer.update()

    def draw(self, frame: Frame) -> None:
        """Show a frame; the axes are painted again only when they change."""
        before = self.frame.scene if self.frame is not None else None
        self.frame = frame
        if before is not frame.scene:
            self._take(before, frame.scene)
        self.layer.update()
        if before is None:
            self.update()
        self.point_again()

    def _take(self, before: Scene | None, scene: Scene) -> None:
        """Note which runs are drawn, and forget the lines of those that are others now."""
        self.shown = scene.shown
        drawn = {descent.trajectory for descent in scene.shown}
        known = scene.ghosts if self.draws_ghosts else ()
        ghosts = tuple(ghost for ghost in known if ghost.shown and ghost.trajectory not in drawn)
        if ghosts != self.ghosts:
            for ghost in self.ghosts:
                self.forget_line(ghost)
            self.ghosts = ghosts
        if before is None or len(before.descents) != len(scene.descents):
            self.forget_lines()
        elif before.descents is not scene.descents:
            for old, new in zip(before.descents, scene.descents, strict=True):
                if old.trajectory is not new.trajectory:
                    self.forget_line(new.number)
                    self._changing = self.hands
            if self._changing:
                self._rest.start()

    @property
    def quick(self) -> bool:
        """Whether the runs are drawn in the quicker way: they change under a hand. A file is always fine."""
        return self.hurries and self.hands and self._changing

    @Slot()
    def _settle(self) -> None:
        self._changing = False
        self.layer.update()

    # pieces that several charts draw ------------------------------------------------------------------------------

    def paint_line(self, painter: QPainter, line: QLineF, colour: str, width: float = 2.0) -> None:
        """Draw one cased piece of a path."""
        painter.setPen(casing(self.style_.casing, width + 1.8, self.scale_))
        painter.drawLine(line)
        painter.setPen(stroke(colour, width, self.scale_))
        painter.drawLine(line)

    def paint_run_quickly(self, painter: QPainter, number: int, row: int, cased: bool) -> None:
        """Draw the line of a run up to a row: its pieces at once, not one after the other with those of other runs."""
        edge = casing(self.style_.casing, 3.8, self.scale_) if cased else None
        self._sketch(painter, self.points(number)[: row + 1], stroke(self.style_.path(number), 2.0, self.scale_), edge)

    def paint_ghosts_quickly(self, painter: QPainter, row: int) -> None:
        """Draw the runs before the last change up to a row, one after the other."""
        for ghost in self.ghosts:
            line = stroke(self.style_.path(ghost.number), 1.4, self.scale_)
            self._sketch(painter, self.ghost_points(ghost)[: row + 1], line)

    def _sketch(self, painter: QPainter, points: Array, line: QPen, edge: QPen | None = None) -> None:
        sketch(painter, points, self.box.rect(), BEYOND * self.scale_, line, edge)

    def paint_ghost_step(self, painter: QPainter, step: int) -> None:
        """Draw a step of each run before the last change: a thin line, no markers."""
        for ghost in self.ghosts:
            lines = self.ghost_segments(ghost)
            line = lines[step] if step < len(lines) else None
            if line is not None:
                painter.setPen(stroke(self.style_.path(ghost.number), 1.4, self.scale_))
                painter.drawLine(line)

    def paint_ball(self, painter: QPainter, ball: Ball, at: Array) -> None:
        """Draw a run's marker: solid on a computed point, hollow and larger while it hops."""
        colour = self.style_.path(ball.descent.number)
        shape = marker(ball.descent.number)
        size = (6.0 + 2.5 * ball.lift) * self.scale_
        point = QPointF(*at.tolist())
        draw_shape(painter, shape, point, size, None, pen(self.style_.casing, 5.0, self.scale_))
        if ball.resting:
            draw_shape(painter, shape, point, size, color(colour), None)
        else:
            draw_shape(painter, shape, point, size, color(self.style_.card, 0.75), pen(colour, 2.2, self.scale_))

    def paint_tags(
        self,
        painter: QPainter,
        tags: list[Tag],
        above: bool = False,
        asides: list[Tag] | None = None,
        obstacles: Sequence[QRectF] = (),
    ) -> None:
        """Write labels beside points of the view box; see ``paint_tags``."""
        chosen = self.frame.scene.selected if self.frame else None
        first = chosen.tag if chosen else ""
        paint_tags(painter, tags, self.box.rect(), self.style_, self.scale_, above, first, asides, obstacles)

    def ghost_tag(self) -> list[Tag]:
        """Give the label of the runs before the last change, beside the end of one of them that lies apart."""
        if self.frame is None or self.frame.row == 0:
            return []
        row, chosen = self.frame.row, self.frame.scene.selected
        lines = [points for descent in self.shown if len(points := self.points(descent.number))]
        ends = [points[min(row, len(points) - 1)] for points in lines]
        for ghost in sorted(self.ghosts, key=lambda ghost: chosen is None or ghost.number != chosen.number):
            points = self.ghost_points(ghost)
            if not len(points):
                continue
            end = points[min(row, len(points) - 1)]
            inside = self.box.rect().contains(QPointF(*np.clip(end, -1e6, 1e6).tolist()))
            if inside and all(np.abs(end - other).max() > APART * self.scale_ for other in ends):
                return [Tag("before", end)]
        return []
