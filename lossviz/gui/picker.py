"""A picker: a list to search, and what is known of the marked one; what is chosen is seen in the window at once."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from lossviz.gui.backend import Backend
from lossviz.gui.panels.scroll import Scroll
from lossviz.gui.picker_list import PickerList
from lossviz.gui.picker_model import PickerRows
from lossviz.gui.session import Session
from lossviz.gui.side_dialog import SideDialog
from lossviz.numerals import counted

HEIGHT = 1300
PAUSE = 200
"""Milliseconds without another letter after which the first one that a search finds is shown."""


class Picker(SideDialog):
    """Asks for one of many, beside the window's pictures.

    It makes and connects `search`, `count`, `list` and `about`, and puts them into `body` with the sentence that says
    what is wrong; a picker adds what it has beside.

    Parameters
    ----------
    title : str
        Also what is chosen, in the plural: "Surfaces".
    edit : str
        What all the choices are called in the history.
    session : Session
    backend : Backend
    rows : PickerRows
    details : QWidget
        What tells about the marked one.
    parent : QWidget, optional
        The window.
    """

    def __init__(
        self,
        title: str,
        edit: str,
        session: Session,
        backend: Backend,
        rows: PickerRows,
        details: QWidget,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, edit, session, backend, parent, HEIGHT)
        self._name = ""
        """What is chosen, or was there before."""
        self._plural = plural = title.lower()
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(12, 12, 12, 12)
        self.body.setSpacing(8)
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName(f"Search for {plural}")
        self.count = QLabel("Reading …")
        self.count.setProperty("quiet", True)
        self.count.setWordWrap(True)
        self.count.setAccessibleName(f"Number of {plural}")
        one = plural.removesuffix("s")
        self.list = PickerList(
            rows, title, f"Up and Down go from {one} to {one}; the one that is chosen is seen at once"
        )
        self.about = Scroll(details, f"About the {one}")
        self.about.hide()
        self.body.addWidget(self.search)
        self.body.addWidget(self.count)
        self.body.addWidget(self.list, 3)
        self.body.addWidget(self.about, 2)
        self.body.addWidget(self.sentence)
        # who types is not done with each letter
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE)
        self._pause.timeout.connect(self._try)
        self.search.textEdited.connect(self._search)
        self.search.installEventFilter(self)
        self.list.chosen.connect(self._choose)
        self.list.taken.connect(self.accept)

    # what a person wants ------------------------------------------------------------------------------------------

    @Slot()
    def accept(self) -> None:
        """Keep what is shown; where something is being computed, when it has come."""
        if self._over:
            return
        if self._pause.isActive():
            self._try()
        if self._awaited:
            self._leaving = True
        elif not self.sentence.text():
            self._end(True)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Go through the list with the keys of the search field."""
        if watched is self.search and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self.list.follow(event)
        return super().eventFilter(watched, event)

    @Slot(str)
    def _search(self, _text: str) -> None:
        self._show_rows()
        names = self.list.shown.names
        if names and self._name not in names:
            self._mark(names[0])
            self._pause.start()

    @Slot(str)
    def _choose(self, name: str) -> None:
        self._mark(name)
        self._try()

    def _mark(self, name: str) -> None:
        self._name = name
        self._show_rows()
        self._show_details()

    @Slot()
    def _try(self) -> None:
        """Show what is marked in the window."""
        raise NotImplementedError

    def _forget(self) -> None:
        self._pause.stop()

    # showing ------------------------------------------------------------------------------------------------------

    def _show_rows(self) -> None:
        """Show what the search finds."""
        raise NotImplementedError

    def _show_details(self) -> None:
        """Tell about what is marked."""
        raise NotImplementedError

    def _counted(self, every: Sequence[object]) -> str:
        """Say how many of all are found."""
        found = len(self.list.shown.names)
        if found == len(every):
            return f"{counted(found)} {self._plural}"
        return f"{counted(found)} of {counted(len(every))} {self._plural}"
