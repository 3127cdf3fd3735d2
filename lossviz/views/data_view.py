"""The data and the models: every sample, and for each run the line or curve of its weight and bias at this step.

Of two features, their plane: see ``plane_painter``.
"""

from collections.abc import Hashable
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPen, QPolygonF

from lossviz.landscape.fitted import Fit
from lossviz.numerals import counted, short
from lossviz.scene.clipping import clip_segments
from lossviz.scene.frame import Ball, Frame
from lossviz.scene.given import batch_meant
from lossviz.scene.picked import Picked, dots_every, line_through, looked_at, picked, residuals_every
from lossviz.scene.plane import Plane, plane_of
from lossviz.scene.scene import Descent
from lossviz.scene.style import Style
from lossviz.views.batch_dots import FAINT, paint_batch
from lossviz.views.brushes import casing, color, draw_shape, marker, pen, polygon, stroke
from lossviz.views.chart import Chart
from lossviz.views.hint import fitting
from lossviz.views.pad import Pad
from lossviz.views.plane_painter import key_room, paint_key, paint_runs, paint_samples
from lossviz.views.point_mark import paint_mark
from lossviz.views.residuals import paint_fit, paint_residuals
from lossviz.views.tags import Tag

Array = NDArray[np.float64]

CURVE = 161
"""Points of a curve; a line needs two."""
LOW = 250.0
"""Pixels: a plane that is not higher has a smaller plate."""
UPRIGHT = 4.0
"""Pixels: a hand that moved less to the side draws an upright line, which no weight and bias have."""


class DataView(Chart):
    """Samples as dots, models as lines; for labels 0 and 1 the probability and where it is one half.

    The line that is looked at has its residuals, and how well it fits; a hand can draw one.
    """

    kind: ClassVar[str] = "data"
    title: ClassVar[str] = "Data and lines"
    line_drawn = Signal(float, float)
    """Weight and bias of the line that a hand draws, again and again between `grasped` and `released`."""
    grasped = Signal()
    released = Signal()

    def __init__(self, style: Style, scale: float = 1.0) -> None:
        self._pulled: tuple[QPointF, QPointF] | None = None
        super().__init__(style, scale)
        self.pad = Pad(self)
        self.pad.grasped.connect(self.grasped)
        self.pad.pulled.connect(self._pull)
        self.pad.released.connect(self._let_go)

    @property
    def hint(self) -> str:
        """Say how many samples there are, how many of them are drawn, and what a drag does."""
        if self.frame is None or self.frame.scene.data is None:
            return ""
        data = self.frame.scene.data
        rows = len(data.x)
        dots, residuals = -(-rows // dots_every(rows)), -(-rows // residuals_every(rows))
        shown = f", {counted(dots)} drawn" if dots < rows else ""
        if self._plane is None and residuals < dots and looked_at(self.frame) is not None:
            shown += f", {residuals} residuals"
        count = f"{counted(rows)} {data.dataset.many}{' (made up)' if data.dataset.made_up else ''}{shown}"
        if (batch := batch_meant(self.frame)) is not None:
            bold = f"bold: this batch of {counted(len(batch))}"
            return fitting(self, f"{count} · {bold}", bold, "")
        if self._plane is not None:
            chosen = self.frame.scene.selected
            if chosen is None:
                return count
            if self._plane.binary:
                return fitting(
                    self, f"{count} · shade: probability of {chosen.label}", f"{count} · shade: {chosen.tag}", count
                )
            mean = f"{short(self._plane.middle)} {self._plane.pair.label_unit}".rstrip()
            thin = f"thin lines: prediction of {chosen.label}"
            return fitting(self, f"{count} · thick: the mean, {mean} · {thin}", f"{count} · {thin}", count)
        if self._fit is None or not self.hands:
            return count
        logistic = self._fit.model.name == "logistic"
        what = "drag: the curve through two points" if logistic else "drag to draw a line"
        return fitting(self, f"{count} · {what}", f"{count} · drag to draw", count)

    def draw(self, frame: Frame) -> None:
        """Show a frame; without data there is none to show."""
        pair, fit = frame.scene.pair, frame.scene.fit
        self.pad.setVisible(fit is not None)
        if pair is not None:
            plane = plane_of(pair)
            self.label(*(side.feature_text for side in plane.sides))
            self.show_range(*plane.ranges)
            super().draw(frame)
        if fit is None:
            return
        data, binary = fit.data, fit.measure.binary
        self.label(data.feature_text, f"probability of {data.label}" if binary else data.label_text)
        x, y = data.horizontal, data.y
        across, up = float(np.ptp(x)) or 1.0, float(np.ptp(y)) or 1.0
        low, high = (-0.16, 1.16) if binary else (float(y.min()) - 0.14 * up, float(y.max()) + 0.14 * up)
        self.show_range((float(x.min()) - 0.05 * across, float(x.max()) + 0.05 * across), (low, high))
        super().draw(frame)

    @Slot(QPointF, QPointF)
    def _pull(self, begin: QPointF, end: QPointF) -> None:
        """Tell which line goes through the two ends of a drag."""
        if self._fit is None or abs(end.x() - begin.x()) < UPRIGHT * self.scale_:
            return
        line = line_through(self._fit, self.values_at(begin), self.values_at(end))
        if line is not None:
            self._pulled = begin, end
            self.line_drawn.emit(*line)
            self.layer.update()

    @Slot()
    def _let_go(self) -> None:
        self._pulled = None
        self.layer.update()
        self.released.emit()

    def background_key(self) -> Hashable:
        """Give the data, and whether a batch stands out: a changed descent leaves the dots as they are."""
        return (self.frame.scene.data, batch_meant(self.frame) is not None) if self.frame is not None else None

    def paint_background(self, painter: QPainter) -> None:
        """Draw the samples, faintly where a batch of them stands out."""
        assert self.frame is not None
        painter.setOpacity(1.0 if batch_meant(self.frame) is None else FAINT)
        if self._plane is not None:
            paint_samples(painter, self, self._plane)
            return
        assert self._fit is not None
        points = self._dots(self._fit, np.arange(0, len(self._fit.data.x), dots_every(len(self._fit.data.x))))
        # the more there are, the smaller and fainter, so that crowds show as shade
        crowd = min(1.0, 250.0 / len(points))
        radius = (1.5 + 1.6 * crowd**0.5) * self.scale_
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color(self.style_.data, 0.25 + 0.35 * crowd))
        for x, y in self.pixels(points[:, 0], points[:, 1]).tolist():
            painter.drawEllipse(QPointF(x, y), radius, radius)
        painter.setOpacity(1.0)
        if self._fit.measure.binary:
            rect = self.box.rect()
            painter.setPen(pen(self.style_.hairline, 1.0, self.scale_))
            for level in (0.0, 0.5, 1.0):
                y = float(self.pixels(np.array(0.0), np.array(level))[1])
                painter.drawLine(QLineF(0.0, y, rect.width(), y))

    def _dots(self, fit: Fit, rows: NDArray[np.intp]) -> Array:
        """Give where samples stand."""
        data = fit.data
        x, y = data.horizontal[rows], data.y[rows]
        if fit.measure.binary:
            # 0 and 1 would lie on two lines: spread outward by the golden ratio, which repeats nowhere
            spread = (rows // dots_every(len(data.x)) * 0.6180339887498949) % 1.0 * 0.1 + 0.03
            y = np.where(y > 0.5, 1.0 + spread, -spread)
        return np.stack([x, y], axis=1)

    def _paint_batch(self, painter: QPainter, frame: Frame) -> None:
        """Draw the samples that the selected run's step sees, where it doesn't see all."""
        rows = batch_meant(frame)
        if rows is None:
            return
        if self._fit is not None:
            paint_batch(painter, self, self._dots(self._fit, rows), len(self._fit.data.x))
        elif self._plane is not None:
            sides = [side.horizontal for side in self._plane.sides]
            paint_batch(painter, self, np.stack([side[rows] for side in sides], axis=1), len(sides[0]))

    def paint_moving(self, painter: QPainter) -> None:
        """Draw the residuals, each run's line or curve, the picked one, then the markers."""
        assert self.frame is not None
        chosen = picked(self.frame)
        self._paint_batch(painter, self.frame)
        if self._plane is not None:
            self._paint_plane(painter, self._plane, self.frame, chosen)
            return
        if chosen is not None:
            colour = self.style_.accent if chosen.descent is None else self.style_.path(chosen.descent.number)
            paint_residuals(painter, self, chosen, colour)
        for ghost in self.frame.scene.ghosts:
            self._paint_ghost(painter, ghost)
        ends: list[tuple[Ball, QPointF]] = []
        tags: list[Tag] = []
        for ball in self.frame.balls:
            place = None if ball.gone else self._paint_model(painter, ball)
            if place is not None:
                tags.append(Tag(ball.descent.tag, place, self._rest_place(ball)))
                ends.append((ball, QPointF(*place.tolist())))
        if chosen is not None and chosen.descent is None:
            tags += self._paint_picked(painter, chosen)
        # after all lines: one line may lie on another's marker
        for ball, at in ends:
            shape, edge = marker(ball.descent.number), pen(self.style_.card, 3.5, self.scale_)
            draw_shape(painter, shape, at, 5.0 * self.scale_, None, edge)
            draw_shape(painter, shape, at, 5.0 * self.scale_, color(self.style_.path(ball.descent.number)), None)
        if chosen is not None:
            # below the samples with label 1
            top = float(self.pixels(np.array(0.0), np.array(1.0))[1]) + 2.0 * self.scale_ if chosen.binary else 0.0
            tags += paint_fit(painter, self, chosen, top + 4.0 * self.scale_)
        self.paint_tags(painter, tags, above=True)

    def _paint_plane(self, painter: QPainter, plane: Plane, frame: Frame, chosen: Picked | None) -> None:
        """Draw what runs and the picked point mean in the plane of two features."""
        tags = paint_runs(painter, self, plane, frame, chosen)
        if chosen is not None:
            # the lines cross where it stands
            brief = self.box.rect().height() < LOW * self.scale_
            tags += paint_fit(painter, self, chosen, 4.0 * self.scale_, brief)
        paint_key(painter, self, plane)
        self.paint_tags(painter, tags, above=True, obstacles=(key_room(self, plane),))

    @property
    def _plane(self) -> Plane | None:
        """The plane of two features, where there are two."""
        pair = self.frame.scene.pair if self.frame is not None else None
        return plane_of(pair) if pair is not None else None

    @property
    def _fit(self) -> Fit | None:
        """The surface as the loss of a model over data."""
        return self.frame.scene.fit if self.frame is not None else None

    @property
    def _straight(self) -> bool:
        """Whether models are straight lines along the horizontal axis."""
        return self._fit is not None and self._fit.model.name == "linear"

    def _course(self, w: float, b: float) -> tuple[Array, Array]:
        """Give the pieces of a model's line or curve that are seen, from their starts to their ends, in pixels."""
        surface, rect = self._fit, self.box.rect()
        assert surface is not None
        (x0, x1), _ = self.box.viewRange()
        x = np.linspace(x0, x1, 2 if self._straight else CURVE)
        with np.errstate(all="ignore"):
            y = surface.predict(surface.data.x_of(x), w, b)
        points = self.pixels(x, y)
        size = np.array([rect.width(), rect.height()])
        starts, ends, seen = clip_segments(points[:-1], points[1:], np.zeros(2), size)
        return starts[seen], ends[seen]

    def _along(self, starts: Array, ends: Array, part: float) -> Array:
        """Give the place on a course that is a part of its way from the left."""
        if self._straight:
            return np.asarray(starts[0] + (ends[-1] - starts[0]) * part)
        return np.asarray(starts[int(part * (len(starts) - 1))])

    def _paint_model(self, painter: QPainter, ball: Ball) -> Array | None:
        """Draw the model of one run; give where its marker stands."""
        assert self._fit is not None
        starts, ends = self._course(ball.w, ball.b)
        if not len(starts):
            return None
        colour = self.style_.path(ball.descent.number)
        self._draw(painter, starts, ends, casing(self.style_.card, 4.2, self.scale_))
        self._draw(painter, starts, ends, stroke(colour, 2.2, self.scale_))
        if self._fit.measure.binary and ball.w != 0.0:
            self._paint_boundary(painter, ball.w, ball.b, colour)
        return self._marker_place(ball, starts, ends)

    def _marker_place(self, ball: Ball, starts: Array, ends: Array) -> Array:
        """Give where on its line a marker stands: each run's elsewhere, so that equal lines are told apart."""
        return self._along(starts, ends, 0.86 - 0.11 * (ball.descent.number % 5))

    def _rest_place(self, ball: Ball) -> Array | None:
        """Give where the marker of a line that moves last lay still; None where it lies still now, or wasn't seen."""
        if ball.resting:
            return None
        w, b = (float(value) for value in ball.descent.trajectory.path[ball.row])
        starts, ends = self._course(w, b)
        return self._marker_place(ball, starts, ends) if len(starts) else None

    def _paint_ghost(self, painter: QPainter, ghost: Descent) -> None:
        """Draw faintly where a run would be at this step, had the last change not been made."""
        assert self.frame is not None
        row = min(self.frame.row, ghost.finite - 1)
        if row < 0:
            return
        w, b = (float(value) for value in ghost.trajectory.path[row])
        starts, ends = self._course(w, b)
        if len(starts):
            self._draw(painter, starts, ends, casing(self.style_.path(ghost.number), 1.6, self.scale_, 0.35))

    def _draw(self, painter: QPainter, starts: Array, ends: Array, with_pen: QPen) -> None:
        """Draw a course: one line is drawn many times as fast as a polyline."""
        painter.setPen(with_pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._straight:
            painter.drawLine(QLineF(*starts[0].tolist(), *ends[-1].tolist()))
        else:
            painter.drawPolyline(_chain(starts, ends))

    def _paint_picked(self, painter: QPainter, chosen: Picked) -> list[Tag]:
        """Draw the picked line with its mark; give what labels must keep free of."""
        starts, ends = self._course(chosen.w, chosen.b)
        kept: list[Tag] = []
        if len(starts):
            chain = _chain(starts, ends)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(pen(self.style_.card, 5.0, self.scale_, 0.85))
            painter.drawPolyline(chain)
            # of dashes: where a run's line has nearly this colour, it is still another one
            dashed = QPen(pen(self.style_.accent, 2.8, self.scale_))
            dashed.setDashPattern([5.0, 2.2])
            dashed.setCapStyle(Qt.PenCapStyle.FlatCap)
            painter.setPen(dashed)
            painter.drawPolyline(chain)
            if self._fit is not None and self._fit.measure.binary and chosen.w != 0.0:
                self._paint_boundary(painter, chosen.w, chosen.b, self.style_.accent)
            at = self._along(starts, ends, 0.2)
            paint_mark(painter, QPointF(*at.tolist()), self.style_, self.scale_, 6.0)
            kept.append(Tag("", at))
        for end in self._pulled or ():
            painter.setPen(pen(self.style_.card, 2.0, self.scale_))
            painter.setBrush(color(self.style_.accent))
            painter.drawEllipse(end, 4.5 * self.scale_, 4.5 * self.scale_)
        return kept

    def _paint_boundary(self, painter: QPainter, w: float, b: float, colour: str) -> None:
        """Draw where the probability is one half: x = −b/w."""
        assert self._fit is not None
        line = self._fit.data.feature_line
        x = -b / w
        if line is not None:
            x = (x - line.shift) / line.scale
        (x0, x1), _ = self.box.viewRange()
        if x0 <= x <= x1:
            px = float(self.pixels(np.array(x), np.array(0.5))[0])
            painter.setPen(pen(colour, 1.4, self.scale_, style=Qt.PenStyle.DashLine))
            painter.drawLine(QLineF(px, 0.0, px, self.box.rect().height()))

    def _range_changed(self, *arguments: object) -> None:
        super()._range_changed(*arguments)
        if hasattr(self, "pad"):
            self.pad.prepareGeometryChange()


def _chain(starts: Array, ends: Array) -> QPolygonF:
    """Give pieces as one polyline: separate ones would show their round ends in the casing."""
    return polygon(np.concatenate([starts[:1], ends]))
