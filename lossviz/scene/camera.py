"""Camera: from the box of the 3-D picture to the plane of the screen."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

DISTANCE = 7.0
"""From the middle of the box to the eye, in half widths of the box: near enough for depth, far enough for truth."""

TOP = 0.5
"""Half the height of the box, whose half width is 1."""

PRESETS = {
    "as it was": (-38.0, 36.0, 1.0),
    "from above": (-90.0, 90.0, 1.35),
    "along w": (0.0, 12.0, 1.0),
    "along b": (-90.0, 12.0, 1.0),
    "low": (-38.0, 14.0, 1.0),
}
"""Azimuth, elevation and zoom of the views that are offered by name; from above it lies as the map does."""

CORNERS = np.array([(x, y, z) for x in (-1.0, 1.0) for y in (-1.0, 1.0) for z in (-TOP, TOP)])


@dataclass(frozen=True)
class Camera:
    """Where the box is looked at from.

    Parameters
    ----------
    azimuth, elevation : float
        In degrees: around the vertical from the w axis, and above the floor.
    zoom : float
        1 fits the box into the picture.
    pan : (right, up)
        How far the picture is shifted across the screen, in half widths of the box.
    """

    azimuth: float
    elevation: float
    zoom: float = 1.0
    pan: tuple[float, float] = (0.0, 0.0)

    @property
    def toward_eye(self) -> Array:
        """The unit vector from the middle of the box to the eye."""
        a, e = np.radians(self.azimuth), np.radians(self.elevation)
        return np.array([np.cos(e) * np.cos(a), np.cos(e) * np.sin(a), np.sin(e)])

    @property
    def eye(self) -> Array:
        """Where the eye is."""
        return DISTANCE * self.toward_eye

    @property
    def right(self) -> Array:
        """The unit vector to the right on the screen."""
        a = np.radians(self.azimuth)
        return np.array([-np.sin(a), np.cos(a), 0.0])

    @property
    def up(self) -> Array:
        """The unit vector up on the screen."""
        a, e = np.radians(self.azimuth), np.radians(self.elevation)
        return np.array([-np.sin(e) * np.cos(a), -np.sin(e) * np.sin(a), np.cos(e)])

    def plane(self, points: Array) -> Array:
        """Give positions on the screen, (..., 2), right and down, of points (..., 3); the middle of the box is 0."""
        scale = DISTANCE / (DISTANCE - points @ self.toward_eye)
        return np.stack([points @ self.right * scale, -(points @ self.up) * scale], axis=-1)

    def fit(self, width: float, height: float) -> tuple[float, Array]:
        """Give scale and shift (2,) that put the box into a picture: pixel = scale · plane + shift.

        The same for every azimuth, so that the box doesn't pulse while it is turned.
        """
        low, high = _extent(self.elevation)
        scale = self.zoom * float(min(width / (high[0] - low[0]), height / (high[1] - low[1])))
        shift = np.array([self.pan[0], -self.pan[1]])
        return scale, np.array([width / 2.0, height / 2.0]) + scale * (shift - (low + high) / 2.0)


@lru_cache(maxsize=64)
def _extent(elevation: float) -> tuple[Array, Array]:
    """Give the smallest rectangle (low, high) that holds the circles on which the corners turn."""
    turn = np.radians(np.arange(0.0, 360.0, 0.5))
    circle = np.stack([np.cos(turn), np.sin(turn)], axis=-1) * np.hypot(*CORNERS[0, :2])
    rings = [np.column_stack([circle, np.full(len(circle), z)]) for z in (-TOP, TOP)]
    view = Camera(0.0, elevation).plane(np.concatenate(rings))
    return np.min(view, axis=0), np.max(view, axis=0)
