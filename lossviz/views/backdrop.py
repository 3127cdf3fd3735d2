"""Backdrop: what of the 3-D picture stands still while runs move; what every brush that makes it must agree about."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lossviz.scene.camera import TOP, Camera
from lossviz.scene.mesh import Mesh
from lossviz.scene.style import Style, mixed, rgb

Array = NDArray[np.float64]
Bytes = NDArray[np.uint8]

FLOOR = np.array([[-1, -1, -TOP], [1, -1, -TOP], [1, 1, -TOP], [-1, 1, -TOP]], dtype=np.float64)

OUTLINE, SHADOW, CONTOUR, BELOW = 0.8, 0.45, 0.6, 0.4
"""Opacities of the lines: around the floor, on the floor, on the surface, and on its underside."""


@dataclass(frozen=True, eq=False)
class Shot:
    """What a backdrop is made from.

    Parameters
    ----------
    mesh : Mesh
    camera : Camera
    scale : float
    shift : array (2,)
        pixel = scale · plane + shift.
    size : (width, height)
        In pixels of the view.
    ratio : float
        Pixels of the device in one of the view.
    style : Style
    width : float
        Of lines, in pixels of the view.
    """

    mesh: Mesh
    camera: Camera
    scale: float
    shift: Array
    size: tuple[float, float]
    ratio: float
    style: Style
    width: float

    @property
    def device_size(self) -> tuple[int, int]:
        """Width and height in pixels of the device."""
        return max(1, round(self.size[0] * self.ratio)), max(1, round(self.size[1] * self.ratio))

    def pixels(self, points: Array) -> Array:
        """Give pixels (..., 2) of the view for points (..., 3) of the box."""
        return self.camera.plane(points) * self.scale + self.shift


def floor_colour(style: Style) -> str:
    """Give the colour of the floor."""
    return mixed(style.card, style.ground, 0.7)


@lru_cache(maxsize=4)
def cell_colours(mesh: Mesh, style: Style) -> tuple[Bytes, Bytes]:
    """Give the colours (c, 3) of cells seen from above and from below; no camera changes them.

    The underside is quiet, and opaque: it says nothing of the loss but that one looks at a wall from outside.
    """
    table = style.table.astype(np.float64)
    ramp = table[np.clip(mesh.shade * 255.0, 0, 255).astype(int)]
    above = ramp * mesh.light[:, None]
    outside = np.array(rgb(mixed(style.quiet, style.card, 0.7)), dtype=np.float64)
    below = (0.7 * outside + 0.3 * ramp) * mesh.light_below[:, None]
    if style.is_dark:
        above, below = above * 0.92 + 10.0, below * 0.92 + 10.0
    return _bytes(above), _bytes(below)


def _bytes(colours: Array) -> Bytes:
    return np.clip(colours, 0, 255).astype(np.uint8)
