"""The list of a picker: what a person comes to in it, by hand or by keys, is chosen."""

from PySide6.QtCore import QEvent, QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QListView, QWidget

from lossviz.gui.picker_model import PickerRows, Row
from lossviz.gui.picker_painter import RowPainter, row_height


class PickerList(QListView):
    """Lists what can be chosen; what a person comes to by hand or by keys is.

    Parameters
    ----------
    rows : PickerRows
    title, told : str
        For who can't see it, and for who points at it.
    """

    chosen = Signal(str)
    """What the marked row offers, by name."""
    taken = Signal()
    """A double click: that one it shall be."""

    def __init__(self, rows: PickerRows, title: str, told: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("picker")
        self.setAccessibleName(title)
        self.setToolTip(told)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMouseTracking(True)
        self.shown = rows
        self.setModel(self.shown)
        self.setItemDelegate(RowPainter(self, self.shown))
        self.clicked.connect(self._clicked)
        self.doubleClicked.connect(self._double_clicked)

    @property
    def name(self) -> str:
        """The name of what is marked; "" where nothing is."""
        index = self.currentIndex()
        return self.shown.rows[index.row()].name if index.isValid() else ""

    def show_rows(self, rows: tuple[Row, ...], name: str) -> None:
        """Show rows, and mark the one of that name if it is among them; nothing is emitted."""
        self.shown.show_rows(rows)
        if self.name != name:
            place = next((i for i, row in enumerate(rows) if name and row.name == name), None)
            self.setCurrentIndex(self.shown.index(place) if place is not None else QModelIndex())
        self._see_marked()

    def go(self, change: int) -> None:
        """Choose what is that many places on, the first or last one where there are fewer."""
        places = [i for i, row in enumerate(self.shown.rows) if row.name]
        if not places:
            return
        now = self.currentIndex().row() if self.name else -1
        at = places.index(now) if now >= 0 else (-1 if change > 0 else len(places))
        place = places[min(max(at + change, 0), len(places) - 1)]
        self.setCurrentIndex(self.shown.index(place))
        self._see_marked()
        if place != now:
            self.chosen.emit(self.name)

    def follow(self, event: QKeyEvent) -> bool:
        """Go where a key leads that goes through lists; tell whether it is one."""
        page = max(1, self.viewport().height() // row_height(self.shown.pictured) - 1)
        changes = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -page, Qt.Key.Key_PageDown: page}
        change = changes.get(Qt.Key(event.key()))
        if change is not None:
            self.go(change)
        return change is not None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go through the list; leave other keys to the dialog."""
        if event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.go(-len(self.shown.rows) if event.key() == Qt.Key.Key_Home else len(self.shown.rows))
        elif not self.follow(event):
            event.ignore()

    def changeEvent(self, event: QEvent) -> None:
        """Make room for larger type."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.scheduleDelayedItemsLayout()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep what is marked in sight."""
        super().resizeEvent(event)
        self._see_marked()

    def _see_marked(self) -> None:
        index = self.currentIndex()
        if index.isValid():
            # with the title of the first group
            self.scrollTo(self.shown.index(0) if index.row() == 1 else index)

    @Slot(QModelIndex)
    def _clicked(self, index: QModelIndex) -> None:
        if index.isValid() and self.name:
            self.chosen.emit(self.name)

    @Slot(QModelIndex)
    def _double_clicked(self, index: QModelIndex) -> None:
        if index.isValid() and self.name:
            self.taken.emit()
