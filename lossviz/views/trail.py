"""Trail: the lines that steps have drawn, kept as a picture to which only new steps are added."""

from collections.abc import Callable, Hashable, Iterable

from PySide6.QtGui import QPainter, QPixmap

SPACING = 40
"""Steps between two copies that are kept to go back to; of a long run there are more between them."""
COPIES = 24
ROOM = 96_000_000
"""Bytes that the copies may take."""


class Trail:
    """A picture of steps 0..row; going on draws the new steps, going back begins at the nearest copy before.

    The order in which steps are drawn is always the same, so a picture doesn't depend on how one came to it.
    """

    def __init__(self) -> None:
        self._key: Hashable = None
        self._row = 0
        self._picture: QPixmap | None = None
        self._copies: dict[int, QPixmap] = {}
        self._spacing = SPACING

    def picture(
        self,
        key: Hashable,
        row: int,
        blank: Callable[[], QPixmap],
        paint: Callable[[QPainter, int], None],
        busy: Callable[[int, int], Iterable[int]] = range,
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
        busy : callable
            Gives those of the steps from one up to another that draw anything, ascending.
        """
        if self._picture is None or self._key != key:
            self._key, self._row, self._picture, self._copies = key, 0, blank(), {}
            self._spacing = SPACING
        before = max((kept for kept in self._copies if kept <= row), default=0)
        if not before <= self._row <= row:
            self._row, self._picture = before, self._copies[before].copy() if before else blank()
        while self._row < row:
            # up to the next copy at once
            until = min(row, self._row - self._row % self._spacing + self._spacing)
            painter = QPainter(self._picture)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for step in busy(self._row, until):
                paint(painter, step)
            painter.end()
            self._row = until
            if until % self._spacing == 0 and until not in self._copies:
                self._keep(until, self._picture)
        return self._picture

    def _keep(self, row: int, picture: QPixmap) -> None:
        """Keep a copy; where there are too many, every other one goes."""
        size = max(1, picture.width() * picture.height() * 4)
        if len(self._copies) >= max(4, min(COPIES, ROOM // size)):
            self._spacing *= 2
            self._copies = {kept: copy for kept, copy in self._copies.items() if kept % self._spacing == 0}
        if row % self._spacing == 0:
            self._copies[row] = picture.copy()
