"""The rows of the surface picker with their pictures, in the colours of a style."""

import numpy as np
from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPixmap

from lossviz.gui import theme
from lossviz.gui.picker_model import PickerRows
from lossviz.scene.gallery import HOLE, Gallery, Thumbnail
from lossviz.scene.style import Style
from lossviz.views.brushes import color, draw_shape, pen, star
from lossviz.views.stationary_marks import light

STAR = 5.0
"""Pixels from the middle to the edge of a star."""
MOST_LARGE = 6
"""Minima up to which the stars have their full size."""


class SurfaceRows(PickerRows):
    """Rows of test functions, and their pictures in the colours of a style."""

    pictured = True

    def __init__(self, style: Style, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._gallery: Gallery | None = None
        self._pictures: dict[tuple[str, int, float], QPixmap] = {}

    def show_pictures(self, gallery: Gallery, style: Style) -> None:
        """Show the pictures that are drawn by now."""
        before = self._gallery.thumbnails if self._gallery is not None else {}
        changed = [name for name, made in gallery.thumbnails.items() if before.get(name) is not made]
        if style is not self._style or any(name in before for name in changed):
            self._pictures.clear()
        self._gallery, self._style = gallery, style
        if self.rows:
            self.dataChanged.emit(self.index(0), self.index(len(self.rows) - 1), [Qt.ItemDataRole.DecorationRole])

    def picture(self, name: str, side: int, ratio: float) -> QPixmap | None:
        """Give the picture of a test function; None while it is being drawn."""
        thumbnail = self._gallery.thumbnails.get(name) if self._gallery is not None else None
        if thumbnail is None:
            return None
        key = (name, side, ratio)
        if key not in self._pictures:
            self._pictures[key] = _picture(thumbnail, self._style, side, ratio)
        return self._pictures[key]


def _picture(thumbnail: Thumbnail, style: Style, side: int, ratio: float) -> QPixmap:
    """Draw a thumbnail in a style's colours, with a star at each known minimum."""
    shades = thumbnail.shades
    pixels = np.empty((*shades.shape, 4), dtype=np.uint8)
    pixels[..., :3] = style.table[np.maximum(shades, 0)][..., ::-1]
    pixels[..., 3] = 255
    pixels[shades == HOLE] = 0
    rows, columns = shades.shape
    image = QImage(pixels.data, columns, rows, 4 * columns, QImage.Format.Format_ARGB32_Premultiplied)
    picture = QPixmap(round(side * ratio), round(side * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    # pixel centres are grid points, so half a pixel at each edge lies outside the domain
    painter.drawImage(QRectF(0, 0, side, side), image, QRectF(0.5, 0.5, columns - 1, rows - 1))
    size = theme.zoom() * STAR * (1.0 if len(thumbnail.minima) <= MOST_LARGE else 0.7)
    for across, down in thumbnail.minima:
        at = QPointF(across * side, down * side)
        draw_shape(painter, star(1.0), at, size, color(light(style)), pen(style.ink, 0.8, theme.zoom()))
    painter.end()
    return picture
