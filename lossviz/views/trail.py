"""Trail: the lines that steps have drawn, kept as a picture to which only new steps are added."""

from collections.abc import Callable, Hashable

from PySide6.QtGui import QPainter, QPixmap

SPACING = 40
"""Steps between two copies that are kept to go back to."""
COPIES = 12


class Trail:
    """A picture of steps 0..row; going on draws the new steps, going back begins at the nearest copy before.

    The order in which steps are drawn is always the same, so a picture doesn't depend on how one came to it.
    """

    def __init__(self) -> None:
        self._key: Hashable = None
        self._row = 0
        self._picture: QPixmap | None = None
        self._copies: dict[int, QPixmap] = {}

    def picture(
        self, key: Hashable, row: int, blank: Callable[[], QPixmap], paint: Callable[[QPainter, int], None]
    ) -> QPixmap:
        """Give the picture of all steps before `row`.

        Parameters
        ----------
        key : hashable
            What the lines depend on; another one begins anew.
        row : int
        blank : callable
            Makes an empty picture.
        paint : callable
            Draws one step.
        """
        if self._picture is None or self._key != key:
            self._key, self._row, self._picture, self._copies = key, 0, blank(), {}
        elif row < self._row:
            before = max((kept for kept in self._copies if kept <= row), default=0)
            self._row, self._picture = before, self._copies[before].copy() if before else blank()
        if self._row < row:
            painter = QPainter(self._picture)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for step in range(self._row, row):
                paint(painter, step)
                if (step + 1) % SPACING == 0 and step + 1 not in self._copies and len(self._copies) < COPIES:
                    painter.end()
                    self._copies[step + 1] = self._picture.copy()
                    painter.begin(self._picture)
                    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.end()
            self._row = row
        return self._picture
