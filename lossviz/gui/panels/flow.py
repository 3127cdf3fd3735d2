"""A row that breaks: widgets beside one another, and where there is no room for all, in rows below one another."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QSizePolicy, QWidget


class Flow(QLayout):
    """Fills rows from the left; what may grow shares the room that is left in its row.

    Parameters
    ----------
    spacing : int
        Pixels between two widgets, and between two rows.
    """

    def __init__(self, spacing: int = 8, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._together: set[QWidget] = set()
        self._heights: dict[int, int] = {}
        """Those that were asked for since the content changed: Qt asks for one dozens of times."""
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(spacing)

    def add(self, *widgets: QWidget) -> None:
        """Add widgets that are not parted from one another."""
        for widget in widgets:
            self.addWidget(widget)
        self._together.update(widgets[1:])

    def addItem(self, item: QLayoutItem) -> None:
        """Take an item (Qt's)."""
        self._items.append(item)

    def count(self) -> int:
        """Give how many items there are (Qt's)."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """Give an item (Qt's)."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Give up an item (Qt's)."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """Tell that it takes no more height than it needs (Qt's)."""
        return Qt.Orientation.Horizontal

    def hasHeightForWidth(self) -> bool:
        """Tell that it is higher where it is narrower (Qt's)."""
        return True

    def invalidate(self) -> None:
        """Take in that the content has changed (Qt's)."""
        self._heights.clear()
        super().invalidate()

    def heightForWidth(self, width: int) -> int:
        """Give the height of all rows (Qt's)."""
        if width not in self._heights:
            heights = [max(item.sizeHint().height() for item in row) for row in self._rows(width)]
            self._heights[width] = sum(heights) + self.spacing() * max(0, len(heights) - 1)
        return self._heights[width]

    def sizeHint(self) -> QSize:
        """Give the size of one row (Qt's)."""
        row = self._shown()
        width = sum(item.sizeHint().width() for item in row) + self.spacing() * max(0, len(row) - 1)
        return QSize(width, max((item.sizeHint().height() for item in row), default=0))

    def minimumSize(self) -> QSize:
        """Give the size of the widest that can't be broken (Qt's)."""
        groups = self._groups()
        return QSize(
            max((self._width(group) for group in groups), default=0),
            max((item.minimumSize().height() for group in groups for item in group), default=0),
        )

    def setGeometry(self, rect: QRect) -> None:
        """Place all (Qt's)."""
        super().setGeometry(rect)
        y = rect.y()
        for row in self._rows(rect.width()):
            height = max(item.sizeHint().height() for item in row)
            self._place(row, QPoint(rect.x(), y), rect.width(), height)
            y += height + self.spacing()

    def _place(self, row: list[QLayoutItem], at: QPoint, width: int, height: int) -> None:
        growing = [item for item in row if _grows(item)]
        spare = max(0, width - self._width(row))
        x = at.x()
        for item in row:
            own = _least(item)
            if item in growing:
                share = spare // (len(growing) - growing.index(item))
                own, spare = own + share, spare - share
            tall = min(height, item.sizeHint().height())
            item.setGeometry(QRect(x, at.y() + (height - tall) // 2, own, tall))
            x += own + self.spacing()

    def _rows(self, width: int) -> list[list[QLayoutItem]]:
        rows: list[list[QLayoutItem]] = []
        for group in self._groups():
            if rows and self._width([*rows[-1], *group]) <= width:
                rows[-1] += group
            else:
                rows.append(group)
        return rows

    def _groups(self) -> list[list[QLayoutItem]]:
        groups: list[list[QLayoutItem]] = []
        for item in self._shown():
            if groups and item.widget() in self._together:
                groups[-1].append(item)
            else:
                groups.append([item])
        return groups

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _width(self, row: list[QLayoutItem]) -> int:
        return sum(_least(item) for item in row) + self.spacing() * max(0, len(row) - 1)


def _grows(item: QLayoutItem) -> bool:
    widget = item.widget()
    policy = widget.sizePolicy().horizontalPolicy() if widget is not None else QSizePolicy.Policy.Fixed
    return bool(policy.value & QSizePolicy.PolicyFlag.GrowFlag.value) and policy != QSizePolicy.Policy.Preferred


def _least(item: QLayoutItem) -> int:
    """Give the width that an item needs: what may grow, its least one."""
    return item.minimumSize().width() if _grows(item) else max(item.sizeHint().width(), item.minimumSize().width())
