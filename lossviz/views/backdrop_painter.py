"""The backdrop of the 3-D picture by QPainter: the surface as cells from far to near, on a floor."""

import numpy as np
from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from lossviz.views.backdrop import BELOW, CONTOUR, FLOOR, OUTLINE, SHADOW, Shot, cell_colours, floor_colour
from lossviz.views.brushes import color, pen, polygon


def painted_backdrop(shot: Shot, sharp: int) -> QImage:
    """Give the backdrop.

    Parameters
    ----------
    shot : Shot
    sharp : int
        It is painted so many times as large and shrunk: smooth outlines without seams between cells.
    """
    width, height = shot.device_size
    image = QImage(width * sharp, height * sharp, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(shot.ratio * sharp)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    _paint_floor(painter, shot)
    _paint_cells(painter, shot)
    painter.end()
    if sharp > 1:
        image.setDevicePixelRatio(1.0)
        image = image.scaled(
            width, height, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        image.setDevicePixelRatio(shot.ratio)
    return image


def _paint_floor(painter: QPainter, shot: Shot) -> None:
    """Draw the floor's outline, and the contours as a shadow on it."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(pen(shot.style.quiet, shot.width, alpha=OUTLINE))
    painter.setBrush(color(floor_colour(shot.style)))
    painter.drawPolygon(polygon(shot.pixels(FLOOR)))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(pen(shot.style.quiet, shot.width, alpha=SHADOW))
    for line in shot.mesh.shadow:
        flat = np.column_stack([line, np.full(len(line), FLOOR[0, 2])])
        painter.drawPolyline(polygon(shot.pixels(flat)))


def _paint_cells(painter: QPainter, shot: Shot) -> None:
    """Draw the cells from far to near, each followed by its pieces of contour lines."""
    mesh = shot.mesh
    if len(mesh.cells) == 0:
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    order, below = mesh.order(shot.camera), mesh.from_below(shot.camera)
    lit, unlit = cell_colours(mesh, shot.style)
    rgb = np.where(below[:, None], unlit, lit).tolist()
    corners = shot.pixels(mesh.cells).tolist()
    ends = shot.pixels(mesh.contours).reshape(-1, 4).tolist() if len(mesh.contours) else []
    pieces: dict[int, list[int]] = {}
    for piece, cell in enumerate(mesh.owner.tolist()):
        pieces.setdefault(cell, []).append(piece)
    contour = pen(shot.style.contour, shot.width, alpha=CONTOUR)
    faint = pen(shot.style.quiet, shot.width, alpha=BELOW)
    painter.setPen(Qt.PenStyle.NoPen)
    undersides, sides = below.tolist(), mesh.sides.tolist()
    for cell in order.tolist():
        painter.setBrush(QColor(*rgb[cell]))
        painter.drawConvexPolygon([QPointF(x, y) for x, y in corners[cell][: sides[cell]]])
        if cell in pieces:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
            painter.setPen(faint if undersides[cell] else contour)
            painter.drawLines([QLineF(*ends[piece]) for piece in pieces[cell]])
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
