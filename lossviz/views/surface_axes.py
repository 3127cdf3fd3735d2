"""The axes of the 3-D picture: ticks and names along the box."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QFont, QPainter

from lossviz.numerals import short, tick
from lossviz.scene.camera import TOP, Camera
from lossviz.scene.heights import nice_ticks
from lossviz.scene.scene import Scene
from lossviz.scene.style import Style
from lossviz.views.brushes import color, font, pen, text_width

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SurfaceAxes:
    """Draws the axes of w and b along the lower edges nearest the eye, and of the loss up the edge at the left.

    Parameters
    ----------
    scene : Scene
    camera : Camera
    pixels : callable
        From points (..., 3) of the box to pixels (..., 2).
    style : Style
    scale : float
    size : (width, height)
        Of the picture: names stay inside.
    """

    scene: Scene
    camera: Camera
    pixels: Callable[[Array], Array]
    style: Style
    scale: float
    size: tuple[float, float]

    def paint(self, painter: QPainter) -> None:
        """Draw all three; names before numbers, as a number that would cover another text, or be cut, is left out."""
        domain, eye = self.scene.surface.domain, self.camera.eye
        near = (1.0 if eye[0] >= 0 else -1.0, 1.0 if eye[1] >= 0 else -1.0)
        words: list[_Word] = []
        for axis, (low, high) in enumerate((domain.w, domain.b)):
            ticks = nice_ticks(low, high, 5)
            places = np.empty((len(ticks), 3))
            places[:, axis] = 2.0 * (np.array(ticks) - low) / (high - low) - 1.0
            places[:, 1 - axis] = near[1 - axis]
            places[:, 2] = -TOP
            middle = np.array([0.0, 0.0, -TOP])
            middle[1 - axis] = near[1 - axis]
            name = (self.scene.w_text, self.scene.b_text)[axis].split(" (")[0]
            words += self._along_floor(painter, places, number_texts(ticks), middle, name)
        words += self._upright(painter)
        taken: list[QRectF] = []
        for word in sorted(words, key=lambda word: not word.named):
            whole = word.room.left() >= 0.0 and word.room.right() <= self.size[0]
            if word.named or (whole and not any(word.room.intersects(other) for other in taken)):
                taken.append(word.room)
                painter.setFont(word.face)
                painter.setPen(color(self.style.ink if word.named else self.style.quiet))
                painter.drawText(word.base, word.text)

    def _along_floor(
        self, painter: QPainter, places: Array, texts: list[str], middle: Array, name: str
    ) -> "list[_Word]":
        scale, face = self.scale, font(self.style.small * self.scale)
        outward = self.pixels(middle) - self.pixels(np.array([0.0, 0.0, -TOP]))
        outward = outward / max(1e-9, float(np.hypot(*outward)))
        painter.setPen(pen(self.style.quiet, 1.0, scale, 0.8))
        words = []
        for at, text in zip(self.pixels(places), texts, strict=True):
            painter.drawLine(QLineF(*at, *(at + 4.0 * scale * outward)))
            spot = at + 14.0 * scale * outward
            words.append(_Word(text, QPointF(spot[0] - text_width(text, face) / 2, spot[1] + 4.5 * scale), face))
        named = font(self.style.text * scale)
        width = text_width(name, named)
        spot = self.pixels(middle) + 32.0 * scale * outward
        left = spot[0] - (width if outward[0] < -0.25 else 0.0 if outward[0] > 0.25 else width / 2)
        left = min(max(left, 2.0), self.size[0] - width - 2.0)
        words.append(_Word(name, QPointF(left, min(spot[1] + 5.0 * scale, self.size[1] - 4.0 * scale)), named, True))
        return words

    def _upright(self, painter: QPainter) -> "list[_Word]":
        """Draw the axis of the loss along the upright edge that stands farthest to the left."""
        heights, scale = self.scene.heights, self.scale
        corners = [(x, y) for x in (-1.0, 1.0) for y in (-1.0, 1.0)]
        x, y = min(corners, key=lambda corner: self.pixels(np.array([*corner, 0.0]))[0])
        foot, top = self.pixels(np.array([x, y, -TOP])), self.pixels(np.array([x, y, TOP]))
        if foot[1] - top[1] < 30.0 * scale:
            # from above nothing can be read off it
            return []
        painter.setPen(pen(self.style.quiet, 1.0, scale, 0.8))
        painter.drawLine(QLineF(*foot, *top))
        ticks = [loss for loss in heights.ticks() if heights.floor - 1e-12 <= loss <= heights.ceiling * (1 + 1e-12)]
        linear = heights.kind == "linear"
        texts = number_texts(ticks) if linear else [short(loss) for loss in ticks]
        face = font(self.style.small * scale)
        words = []
        for loss, text in zip(ticks, texts, strict=True):
            place = np.array([x, y, TOP * (2.0 * float(heights.height(loss)) - 1.0)])
            px, py = self.pixels(place).tolist()
            painter.drawLine(QLineF(px, py, px - 4.0 * scale, py))
            # a little nearer to the axis rather than cut off
            left = min(max(px - 8.0 * scale, 2.0 + text_width(text, face)), px - 5.0 * scale) - text_width(text, face)
            words.append(_Word(text, QPointF(left, py + 4.5 * scale), face))
        name = self.scene.loss_text if linear else f"{self.scene.loss_text}, {heights.kind}"
        named = font(self.style.text * scale)
        left = max(2.0, float(top[0]) - text_width(name, named) / 2)
        return [*words, _Word(name, QPointF(left, max(14.0 * scale, float(top[1]) - 14.0 * scale)), named, True)]


@dataclass(frozen=True, eq=False)
class _Word:
    """A text to be written from the left end of its baseline: the name of an axis, or a number at it."""

    text: str
    base: QPointF
    face: QFont
    named: bool = False

    @property
    def room(self) -> QRectF:
        """What it covers."""
        height = 0.75 * self.face.pixelSize()
        return QRectF(self.base.x(), self.base.y() - height, text_width(self.text, self.face), height)


def number_texts(ticks: list[float]) -> list[str]:
    """Write ticks with equal decimals."""
    spacing = ticks[1] - ticks[0] if len(ticks) > 1 else 1.0
    return [tick(value, spacing) for value in ticks]
