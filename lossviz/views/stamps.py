"""Stamps: small pictures that are drawn again and again: painted once, then put down where they are needed."""

import math
from collections.abc import Callable, Hashable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPaintEngine, QPainter

MOST = 4000
"""Stamps kept; one of a label is about 5 kB."""

_kept: dict[Hashable, QImage] = {}


def pixel_ratio(painter: QPainter) -> float:
    """Give how many pixels of the device lie along one of the painter's; also where a widget is painted into a file."""
    return float(painter.deviceTransform().m11()) or 1.0


def press(
    painter: QPainter,
    at: QPointF,
    key: Hashable,
    room: QRectF,
    paint: Callable[[QPainter], None],
    paint_pixels: Callable[[QPainter], None] | None = None,
) -> None:
    """Put a small picture down at a point, to half a pixel.

    Parameters
    ----------
    painter : QPainter
    at : QPointF
        Where the picture's origin comes to lie.
    key : hashable
        What the picture depends on.
    room : QRectF
        What it covers, around its origin.
    paint : callable
        Paints it around 0. Called for the first one, and on a device that has no pixels.
    paint_pixels : callable
        Paints the first one in its place, onto an empty picture: quicker, by means that other devices don't have.
    """
    engine = painter.paintEngine()
    pixels = engine is not None and engine.type() == QPaintEngine.Type.Raster
    if not pixels or painter.worldTransform().isScaling():
        painter.save()
        painter.translate(at)
        paint(painter)
        painter.restore()
        return
    ratio = pixel_ratio(painter)
    # halves of a pixel: whole ones would make what follows a ball jerk
    across, up = round(2.0 * at.x() * ratio), round(2.0 * at.y() * ratio)
    found = (key, ratio, across % 2, up % 2)
    left, top = math.floor(room.left() * ratio) - 1, math.floor(room.top() * ratio) - 1
    picture = _kept.get(found)
    if picture is None:
        if len(_kept) >= MOST:
            _kept.clear()
        width, height = math.ceil(room.right() * ratio) - left + 2, math.ceil(room.bottom() * ratio) - top + 2
        picture = _kept[found] = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        onto = QPainter(picture)
        onto.setRenderHint(QPainter.RenderHint.Antialiasing)
        onto.translate((0.5 * (across % 2) - left) / ratio, (0.5 * (up % 2) - top) / ratio)
        (paint_pixels or paint)(onto)
        onto.end()
    painter.drawImage(QPointF((across // 2 + left) / ratio, (up // 2 + top) / ratio), picture)
