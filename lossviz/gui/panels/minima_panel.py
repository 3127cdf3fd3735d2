"""The panel "Minima": every minimum, saddle and maximum of the surface, and how many runs have ended in each."""

from PySide6.QtCore import QEvent, QModelIndex, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QHeaderView, QLabel, QTableView, QToolButton, QWidget

from lossviz.gui import theme
from lossviz.gui.panels.card_frame import CardFrame
from lossviz.gui.panels.minima_model import SIDE, Points
from lossviz.gui.search import Search
from lossviz.scene.frame import Frame
from lossviz.scene.minima_table import HEADS, minima_table
from lossviz.scene.style import Style

ROW = 22
"""Pixels of a line."""
PLACE, NUMBER, RUNS, KIND, BRIEF = 57, 66, 38, 132, 75
"""Pixels of the columns of w and b, of other numbers, of runs, and of that of kinds: in full, and in one word."""
PLACES, EIGENVALUES = (1, 2), (4, 5)
"""Columns: a narrow card leaves out the eigenvalues, which the line about each point tells."""
ROOMY, LARGEST = (480, 300), 2.0
"""A card larger than this has larger type, up to so much larger."""
KEYS = (Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class PointsView(QTableView):
    """Keeps the keys by which one goes from row to row: elsewhere they are keys of the window."""

    def event(self, event: QEvent) -> bool:
        """Keep them while it has the focus."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in KEYS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Look at the point on Enter; go to the first or the last one on Home or End."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.currentIndex().isValid():
                self.activated.emit(self.currentIndex())
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.selectRow(0 if event.key() == Qt.Key.Key_Home else self.model().rowCount() - 1)
        else:
            super().keyPressEvent(event)


class MinimaPanel(CardFrame):
    """Shows a MinimaTable; a click on a row, or Enter, asks to look at that point."""

    point_chosen = Signal(float, float)
    copy_asked = Signal()

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__("Minima", parent)
        self.copy = QToolButton()
        self.copy.setObjectName("bare")
        self.copy.setText("Copy")
        self.copy.setToolTip("Copy the table with all digits, tab-separated; or Ctrl+Shift+C while it has the keys")
        self.copy.setAccessibleName("Copy the table of minima")
        self.copy.clicked.connect(self.copy_asked)
        self.count = QLabel()
        self.count.setWordWrap(True)
        self.count.setAccessibleName("Count of minima, saddles and maxima")
        line = QHBoxLayout()
        line.addWidget(self.count, 1)
        line.addWidget(self.copy)
        self.body.addLayout(line)
        self.points = Points(style, self)
        self.view = PointsView()
        self.view.setObjectName("minima")
        self.view.setAccessibleName("Minima, saddles and maxima")
        self.view.setModel(self.points)
        self.view.setShowGrid(False)
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setTabKeyNavigation(False)
        self.view.setWordWrap(False)
        self.view.verticalHeader().hide()
        self.view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.view.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.view.horizontalHeader().setMinimumSectionSize(1)
        self.view.horizontalHeader().setHighlightSections(False)
        self.view.horizontalHeader().setSectionsClickable(False)
        self.view.clicked.connect(self._chosen)
        self.view.activated.connect(self._chosen)
        self.view.viewport().installEventFilter(self)
        self.body.addWidget(self.view, 1)
        self._dressed = (0.0, 0.0)
        self._dress()

    def show_frame(self, frame: Frame, search: Search) -> None:
        """Show the points that are found by now, and who has ended there; nothing is emitted."""
        table = minima_table(frame)
        columns = self.points.columnCount()
        self.points.show_table(table)
        if self.points.columnCount() != columns:
            self._share_width()
        parts = [table.count] if table.count else []
        if search.busy:
            going = f"searching… {100.0 * search.part:.0f} %"
            parts = [f"{table.count} so far", going] if table.points else [going]
        elif search.trouble:
            parts = [f"The search has failed. {search.trouble}"]
        text = " · ".join(parts)
        if self.count.text() != text:
            self.count.setText(text)
        self.copy.setEnabled(bool(table.points))

    def copy_text(self) -> str:
        """Give the numbers as a table with tabs between its columns; "" before there is one."""
        return self.points.table.text if self.points.table is not None and self.points.table.points else ""

    def restyle(self, style: Style) -> None:
        """Change colours."""
        self.points.restyle(style)
        self._dress()

    @Slot(QModelIndex)
    def _chosen(self, index: QModelIndex) -> None:
        if self.points.table is not None and index.isValid():
            self.point_chosen.emit(*self.points.table.points[index.row()].position)

    # looks --------------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Share the table's width among its columns."""
        if watched is self.view.viewport() and event.type() == QEvent.Type.Resize:
            self._dress()
        return False

    def changeEvent(self, event: QEvent) -> None:
        """Follow the window's type."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ApplicationFontChange:
            self._dress()

    def _dress(self) -> None:
        dress = larger, _ = self.roominess(*ROOMY, LARGEST), theme.zoom()
        if dress != self._dressed:
            self._dressed = dress
            theme.set_type(self.count, 13 * larger)
            self.points.pixels = 12 * larger
            theme.set_type(self.view, self.points.pixels)
            self.view.verticalHeader().setDefaultSectionSize(theme.scaled(ROW * larger))
            side = theme.scaled(SIDE * larger)
            self.view.setIconSize(QSize(side, side))
        self._share_width()

    def _share_width(self) -> None:
        """Give the columns the room there is; where it doesn't suffice, leave out what matters least."""
        count = self.points.columnCount()
        if not count:
            return
        larger, _ = self._dressed
        room = self.view.viewport().width()
        sizes = (PLACE, NUMBER, RUNS, KIND, BRIEF)
        place, number, runs, kind, brief = (theme.scaled(pixels * larger) for pixels in sizes)
        runs *= count - len(HEADS)
        least = 2 * place + number + runs
        eigenvalues = room >= brief + least + 2 * number
        least += 2 * number if eigenvalues else 0
        self.points.words = None if room >= kind + least else 1 if room >= brief + least else 0
        # what is left over goes to all, twice as much to the kinds, which are words
        numbers = 5 if eigenvalues else 3
        more = max(0, room - least - (kind if self.points.words is None else brief)) // (numbers + 2)
        for column in EIGENVALUES:
            self.view.setColumnHidden(column, not eigenvalues)
        for column in range(1, count):
            wide = (place if column in PLACES else number) + more
            self.view.setColumnWidth(column, wide if column < len(HEADS) else runs)
        self.view.setColumnWidth(0, room - least - numbers * more)
