"""The ground of the map: shades and contours of the loss."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from lossviz.landscape.domain import Domain
from lossviz.scene.contours import contours
from lossviz.scene.scene import Scene
from lossviz.views.brushes import pen, polygon

if TYPE_CHECKING:
    from lossviz.views.map_view import MapView

Array = NDArray[np.float64]


class MapGround:
    """Draws the losses of the grid; where one looks nearer than that, its shades are stretched.

    Parameters
    ----------
    view : MapView
    """

    def __init__(self, view: "MapView") -> None:
        self.view = view
        self._contours: tuple[object, list[tuple[Array, Array]]] = (None, [])

    def paint(self, painter: QPainter, scene: Scene) -> None:
        """Draw shades and contours."""
        image, whole = self._shades(scene)
        seen, part = self._seen_part(scene.surface.domain, whole)
        if seen.isEmpty():
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(seen, image, part)
        painter.setPen(pen(self.view.style_.contour, 1.0, self.view.scale_, 0.55))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for across, up in self._contour_lines(scene):
            painter.drawPolyline(polygon(self.view.pixels(across, up)))

    def _contour_lines(self, scene: Scene) -> list[tuple[Array, Array]]:
        """Give the contours as weights and biases; they are the same from wherever one looks."""
        key = self.view.background_key()
        if self._contours[0] != key:
            grid = scene.grid
            found = contours(grid.w, grid.b, grid.loss, scene.heights.levels)
            self._contours = key, [(line[:, 0], line[:, 1]) for _, lines in found for line in lines]
        return self._contours[1]

    def _seen_part(self, domain: Domain, whole: QRectF) -> tuple[QRectF, QRectF]:
        """Give where in the view what is seen of the domain lies, and what part of a picture of all of it that is."""
        if not self.view.zoom.moved:
            return self.view.box.rect(), whole
        w, b = (
            np.clip(seen, *side) for seen, side in zip(self.view.box.viewRange(), (domain.w, domain.b), strict=True)
        )
        (left, bottom), (right, top) = self.view.pixels(w, b).tolist()
        (across, far), (low, high) = (
            ((ends - side[0]) / (side[1] - side[0])).tolist()
            for ends, side in zip((w, b), (domain.w, domain.b), strict=True)
        )
        part = QRectF(
            whole.left() + across * whole.width(),
            whole.top() + (1.0 - high) * whole.height(),
            (far - across) * whole.width(),
            (high - low) * whole.height(),
        )
        return QRectF(left, top, right - left, bottom - top), part

    def _shades(self, scene: Scene) -> tuple[QImage, QRectF]:
        """Give the losses as an image, and the part of it that the domain is: from grid point to grid point."""
        shade = scene.heights.shade(scene.grid.loss.T[::-1])
        table = np.concatenate([self.view.style_.table[:, ::-1], np.full((256, 1), 255, dtype=np.uint8)], axis=1)
        index = np.where(np.isnan(shade), 0.0, shade * 255.0).round().astype(np.uint8)
        pixels = np.ascontiguousarray(table[index])
        pixels[np.isnan(shade)] = 0
        rows, columns = shade.shape
        image = QImage(pixels.data, columns, rows, 4 * columns, QImage.Format.Format_ARGB32_Premultiplied).copy()
        # pixel centres are grid points, so half a pixel at each edge lies outside the domain
        return image, QRectF(0.5, 0.5, columns - 1, rows - 1)
