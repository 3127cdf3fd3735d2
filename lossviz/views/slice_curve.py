"""The upper picture of the slice view: all steps so far as numbered balls and hops on the curve of the loss."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath

from lossviz.scene.frame import Ball
from lossviz.scene.scene import Descent
from lossviz.scene.slice import on_slice
from lossviz.scene.style import Style
from lossviz.views.brushes import color, draw_shape, halo_text, marker, pen, star, text_width
from lossviz.views.slice_exits import paint_notes
from lossviz.views.slice_labels import Labels, label_box, label_font
from lossviz.views.slice_plane import CurvePlane
from lossviz.views.slice_step import label_slope, label_step, paint_move, paint_tangent
from lossviz.views.slice_strokes import hop_is_far, hop_path

Array = NDArray[np.float64]

SPARSE = 7.0
"""Pixels between two balls of one run, at least."""


class CurveChart(CurvePlane):
    """The loss along one parameter, and on it all steps so far."""

    draws_ghosts = True

    def __init__(self, style: Style, scale: float = 1.0) -> None:
        self._dots: dict[int, NDArray[np.bool_]] = {}
        self._numbers: dict[int, QRectF] | None = None
        super().__init__(style, scale)

    def forget_lines(self) -> None:
        """Compute lines, balls and numbers anew."""
        super().forget_lines()
        self._dots, self._numbers = {}, None

    # step by step -------------------------------------------------------------------------------------------------

    def paint_step(self, painter: QPainter, step: int) -> None:
        """Draw a step of each run: its ball, its number, its hop; the selected run's over the others."""
        assert self.seen is not None
        chosen = self.seen.selected
        for ball in self.seen.balls:
            if ball is not chosen:
                self._paint_run_step(painter, ball.descent, step)
        if chosen is not None and step < chosen.descent.finite:
            self._paint_run_step(painter, chosen.descent, step)
            self._paint_number(painter, step)

    def _paint_run_step(self, painter: QPainter, descent: Descent, step: int) -> None:
        assert self.seen is not None
        points, scale, style = self.points(descent.number), self.scale_, self.style_
        if step >= len(points):
            return
        chosen = descent is self.seen.frame.scene.selected
        colour, strength = style.path(descent.number), 1.0 if chosen else 0.5
        hop = self._hop(points[step], points[step + 1]) if step + 1 < len(points) else None
        if hop is not None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            if chosen:
                painter.setPen(pen(style.casing, 3.6, scale, 0.8))
                painter.drawPath(hop)
            painter.setPen(pen(colour, 1.8 if chosen else 1.2, scale, 0.85 * strength))
            painter.drawPath(hop)
        if self._spaced(descent.number)[step]:
            self._paint_dot(painter, descent, points[step])

    def _paint_dot(self, painter: QPainter, descent: Descent, at: Array) -> None:
        """Draw a ball where a run was."""
        assert self.seen is not None
        if not self.in_picture(at):
            return
        chosen, scale = descent is self.seen.frame.scene.selected, self.scale_
        colour, edge = self.style_.path(descent.number), pen(self.style_.casing, 1.4, scale) if chosen else None
        size, fill = (4.4 if chosen else 2.8) * scale, color(colour, 1.0 if chosen else 0.5)
        draw_shape(painter, marker(descent.number), QPointF(*at.tolist()), size, fill, edge)

    def paint_ghost_step(self, painter: QPainter, step: int) -> None:
        """Draw the hop of each run before the last change that moved along this slice."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for ghost in self._ghosts_here():
            points = self.ghost_points(ghost)
            hop = self._hop(points[step], points[step + 1]) if step + 1 < len(points) else None
            if hop is not None:
                painter.setPen(pen(self.style_.path(ghost.number), 1.4, self.scale_))
                painter.drawPath(hop)

    def _ghosts_here(self) -> list[Descent]:
        selected = self.seen.frame.scene.selected if self.seen else None
        if self.seen is None or selected is None:
            return []
        return [ghost for ghost in self.ghosts if on_slice(ghost, self.seen.line, selected)]

    def _hop(self, begin: Array, end: Array, part: float = 1.0) -> QPainterPath | None:
        """Give the arc of a hop; a straight line cut to the picture where it leads far away; None where it is none."""
        if not hop_is_far(begin, end, self.box.rect()):
            return hop_path(begin, end, part, self.scale_)
        with np.errstate(over="ignore", invalid="ignore"):
            last = begin + part * (end - begin)
        line = self.hop(begin, last)
        if line is None:
            return None
        path = QPainterPath(line.p1())
        path.lineTo(line.p2())
        return path

    def _spaced(self, number: int) -> NDArray[np.bool_]:
        """Choose the rows whose ball is drawn: those far enough from the one before."""
        kept = self._dots.get(number)
        if kept is None:
            points = np.clip(self.points(number), -1e6, 1e6).tolist()
            kept = self._dots[number] = np.zeros(len(points), dtype=bool)
            last, near = (np.inf, np.inf), SPARSE * self.scale_
            for row, (x, y) in enumerate(points):
                if max(abs(x - last[0]), abs(y - last[1])) >= near:
                    kept[row], last = True, (x, y)
        return kept

    def numbers(self) -> dict[int, QRectF]:
        """Give the rows of the selected run that bear their number, and where: a row never depends on later ones."""
        if self._numbers is None:
            self._numbers = {}
            chosen = self.seen.selected if self.seen else None
            if chosen is not None:
                self._number(chosen.descent)
        return self._numbers

    def _number(self, descent: Descent) -> None:
        assert self._numbers is not None
        points, face, rect = self.points(descent.number), label_font(self.style_, self.scale_), self.box.rect()
        gap = 2.0 * self.scale_
        for row in np.flatnonzero(self._spaced(descent.number)).tolist():
            place = label_box(str(row), face, *self.beside(descent, row, points[row]))
            roomy = place.adjusted(-gap, -gap, gap, gap)
            near = self._numbers.values()
            if rect.contains(place) and not any(roomy.intersects(other) for other in near):
                self._numbers[row] = place

    def _paint_number(self, painter: QPainter, row: int) -> None:
        place = self.numbers().get(row)
        if place is None:
            return
        face, style = label_font(self.style_, self.scale_), self.style_
        base = QPointF(
            place.center().x() - text_width(str(row), face) / 2, place.center().y() + 0.36 * face.pixelSize()
        )
        halo_text(painter, base, str(row), face, color(style.ink), color(style.card, 0.85))

    # what moves ---------------------------------------------------------------------------------------------------

    def paint_moving(self, painter: QPainter) -> None:
        """Draw the star, tangent and step, the hops in the air, the balls, the labels, and who has left."""
        assert self.seen is not None
        seen = self.seen
        labels = Labels(painter, self.box.rect(), self.style_, self.scale_)
        self._keep_free(labels)
        paint_notes(self, painter, labels)
        self._paint_star(painter, labels)
        self._paint_ghosts(painter, labels)
        for ball in sorted(seen.balls, key=lambda ball: ball is seen.selected):
            self._paint_hop_made(painter, ball)
        paint_tangent(self, painter, labels)
        paint_move(self, painter, labels)
        self._paint_balls(painter, resting=True)
        self._label_number(labels)
        label_step(self, labels)
        label_slope(self, labels)
        # a ball in the air moves no label but its own out of its way
        self._paint_balls(painter, resting=False)
        self._keep_balls_free(labels, resting=False)
        self._label_balls(labels)

    def _keep_free(self, labels: Labels) -> None:
        """Keep free what no label may cover: balls, numbers; and the curve, where there is another place."""
        assert self.seen is not None
        seen = self.seen
        self._keep_balls_free(labels, resting=True)
        # of a ball at rest the number is yet to be written
        last = seen.selected.row - seen.selected.resting if seen.selected else -1
        labels.taken += [place for number, place in self.numbers().items() if number <= last]
        labels.keep_line_free(self.pixels(seen.line.values, seen.line.losses))

    def _paint_balls(self, painter: QPainter, resting: bool) -> None:
        assert self.seen is not None
        chosen = self.seen.selected
        for ball in sorted(self.seen.balls, key=lambda ball: ball is chosen):
            at = self.ball_place(ball)
            if ball.resting == resting and at is not None and self.in_picture(at):
                self.paint_ball(painter, ball, at)

    def _keep_balls_free(self, labels: Labels, resting: bool) -> None:
        assert self.seen is not None
        for ball in self.seen.balls:
            at = self.ball_place(ball)
            if ball.resting == resting and at is not None and self.in_picture(at):
                labels.keep_free(at, 8.0 * self.scale_)

    def _paint_star(self, painter: QPainter, labels: Labels) -> None:
        assert self.seen is not None
        if self.seen.star is None:
            return
        at = self.pixels(*(np.array(value) for value in self.seen.star))
        if self.in_picture(at):
            fill = color("#ffffff" if not self.style_.is_dark else "#0c1420")
            edge = pen(self.style_.ink, 1.2, self.scale_)
            draw_shape(painter, star(1.0), QPointF(*at.tolist()), 9.0 * self.scale_, fill, edge)
            labels.keep_free(at, 10.0 * self.scale_)

    def _paint_ghosts(self, painter: QPainter, labels: Labels) -> None:
        """Draw the balls of the runs as they were before the last change, and name one of them."""
        assert self.seen is not None
        scale, row = self.scale_, self.seen.frame.row
        named: QPointF | None = None
        for ghost in self._ghosts_here():
            points, last = self.ghost_points(ghost), min(row, ghost.trajectory.steps)
            if not row or last >= len(points) or not self.in_picture(points[last]):
                continue
            at, edge = QPointF(*points[last].tolist()), pen(self.style_.path(ghost.number), 1.6, scale, 0.5)
            draw_shape(painter, marker(ghost.number), at, 5.5 * scale, color(self.style_.card, 0.4), edge)
            labels.keep_free(points[last], 7.0 * scale)
            chosen = self.seen.selected is not None and ghost.number == self.seen.selected.descent.number
            named = at if named is None or chosen else named
        if named is not None:
            labels.put("before", [(named.x(), named.y() + up * scale) for up in (19.0, -19.0)], quiet=True)

    def _paint_hop_made(self, painter: QPainter, ball: Ball) -> None:
        """Draw the hop that is being made, or, where a phase is about it, the one just made."""
        assert self.seen is not None
        points, phase, row = self.points(ball.descent.number), self.seen.frame.phase, ball.row
        chosen, part = ball is self.seen.selected, ball.part
        if ball.resting and chosen and phase in ("move", "check") and 0 < row < len(points):
            row, part = row - 1, 1.0
        if part == 0.0 or row + 1 >= len(points):
            return
        hop = self._hop(points[row], points[row + 1], part)
        if hop is None:
            return
        width = 3.4 if chosen and phase == "move" else 2.2 if chosen else 1.4
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(pen(self.style_.casing, width + 2.0, self.scale_, 0.8))
        painter.drawPath(hop)
        painter.setPen(pen(self.style_.path(ball.descent.number), width, self.scale_, 1.0 if chosen else 0.6))
        painter.drawPath(hop)
        # where it began, over its beginning
        self._paint_dot(painter, ball.descent, points[row])
        if chosen:
            self._paint_number(painter, row)

    def _label_number(self, labels: Labels) -> None:
        """Write the number of the step at the selected ball."""
        ball = self.seen.selected if self.seen else None
        at = self.ball_place(ball) if ball else None
        if ball is not None and at is not None and ball.resting and self.in_picture(at):
            away = [self.beside(ball.descent, ball.row, at, far) for far in (15.0, 29.0, -18.0, -32.0, -46.0)]
            labels.put(str(ball.row), away, bold=True, must=True)

    def _label_balls(self, labels: Labels) -> None:
        """Write which runs the balls are of: one label for those that meet."""
        assert self.seen is not None
        scale, chosen = self.scale_, self.seen.selected
        met: list[tuple[Ball, Array, list[str]]] = []
        for ball in sorted(self.seen.balls, key=lambda ball: ball is not chosen):
            at = self.ball_place(ball)
            if at is None or not self.in_picture(at):
                continue
            near = (tags for _, other, tags in met if np.abs(other - at).max() < 14.0 * scale)
            tags = next(near, None)
            if tags is None:
                met.append((ball, at, [ball.descent.tag]))
            else:
                tags.append(ball.descent.tag)
        for ball, at, tags in met:
            text = " · ".join(tags if len(tags) <= 4 else [*tags[:3], f"{len(tags) - 3} more"])
            bold = ball is chosen
            half = text_width(text, label_font(self.style_, scale, bold)) / 2 + 13.0 * scale
            (x, y), height = at.tolist(), 1.2 * self.style_.text * scale
            # outside of the valley, where no hops are; inside where there is no room
            out = -1.0 if self.beside(ball.descent, ball.row, at)[0] < x else 1.0
            middles = [(x + out * half, y + up * height) for up in (0.4, 1.0, -0.4, -1.0)]
            middles += [(x + out * (half + 14.0 * scale), y + up * height) for up in (0.4, 1.0, 1.6)]
            middles += [(x, y + 1.5 * height)]
            middles += [(x + side * half, y + up * height) for up in (0, -1, 1, -2, 2, -3, 3) for side in (-out, out)]
            middles += [(x, y + up * height) for up in (-1.5, -2.5, 2.5, -3.5)]
            labels.put(text, middles, bold=bold)
