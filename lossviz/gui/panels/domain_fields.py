"""The domain by numbers: from where to where the weight and the bias are looked at."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QWidget

from lossviz.experiment import DomainSection
from lossviz.gui import theme
from lossviz.gui.form import NumberEntry, parsed
from lossviz.landscape.domain import Domain
from lossviz.numerals import exact, short

NAMES = ("Weight w", "Bias b")
OF_TWO_FEATURES = ("Weight w₁", "Weight w₂")


class DomainFields(QWidget):
    """Four numbers, and a way back to where the surface is looked at by itself."""

    edited = Signal(object)
    """A DomainSection, or None: the surface's own."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._domain = Domain((-1.0, 1.0), (-1.0, 1.0))
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(5)
        self.entries: dict[str, tuple[NumberEntry, NumberEntry]] = {}
        self._labels = {name: QLabel() for name in ("w", "b")}
        for row, (name, label) in enumerate(self._labels.items()):
            label.setProperty("quiet", True)
            low, high = NumberEntry(), NumberEntry()
            for entry in (low, high):
                entry.setAlignment(Qt.AlignmentFlag.AlignRight)
                theme.set_sizes(entry, least_width=46)
                entry.editingFinished.connect(self._typed)
                entry.textEdited.connect(self._typing)
            label.setBuddy(low)
            dash = QLabel("to")
            dash.setProperty("quiet", True)
            for column, widget in enumerate((label, low, dash, high)):
                grid.addWidget(widget, row, column)
            self.entries[name] = low, high
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        self.sentence = QLabel()
        self.sentence.setProperty("wrong", True)
        self.sentence.setWordWrap(True)
        theme.set_type(self.sentence, 12)
        self.sentence.hide()
        self.default = QPushButton("Default domain")
        self.default.setToolTip("Look at the surface where it is looked at by itself: for data, around the minimum")
        self.default.clicked.connect(self._reset)
        grid.addWidget(self.sentence, 2, 0, 1, 4)
        grid.addWidget(self.default, 3, 0, 1, 4)
        self.name_parameters(pair=False)

    def name_parameters(self, pair: bool) -> None:
        """Call them weight and bias, or the two weights of a surface over a pair of features."""
        for label, title, entries in zip(
            self._labels.values(), OF_TWO_FEATURES if pair else NAMES, self.entries.values(), strict=True
        ):
            label.setText(title)
            for entry, end in zip(entries, ("from", "to"), strict=True):
                entry.setAccessibleName(f"{title}, {end}")

    def show_domain(self, domain: Domain, own: bool) -> None:
        """Show a domain, and whether it is the surface's own; nothing is emitted."""
        # what is being typed into another domain is no longer meant
        another, self._domain = domain != self._domain, domain
        self.default.setEnabled(not own)
        for name, entries in self.entries.items():
            for entry, value in zip(entries, getattr(domain, name), strict=True):
                entry.setToolTip(f"{entry.accessibleName()}: {exact(value)}; any number, the left one below the right")
                if another or not (entry.hasFocus() and entry.isModified()):
                    entry.show_text(short(value, 4))
                    entry.setModified(False)
                    theme.mark(entry, "wrong", False)
        if not any(entry.isModified() for pair in self.entries.values() for entry in pair):
            self._tell("", ())

    @Slot()
    def _typing(self) -> None:
        self._tell("", ())

    @Slot()
    def _typed(self) -> None:
        """Take the numbers as soon as each axis goes from a smaller to a larger one."""
        if not any(entry.isModified() for pair in self.entries.values() for entry in pair):
            return
        sides: dict[str, tuple[float, float]] = {}
        for name, entries in self.entries.items():
            ends = []
            for entry, value in zip(entries, getattr(self._domain, name), strict=True):
                # what isn't typed stays as exact as it is
                found = parsed(entry.text()) if entry.isModified() else value
                if found is None:
                    self._tell(f"{entry.accessibleName()}: a number is expected, found “{entry.text()}”.", (entry,))
                    return
                ends.append(found)
            sides[name] = ends[0], ends[1]
            try:
                Domain(sides[name], self._domain.b)
            except ValueError as error:
                said = str(error).replace("domain w", self._labels[name].text())
                self._tell(said, tuple(entry for entry in entries if entry.isModified()))
                return
        for pair in self.entries.values():
            for entry in pair:
                entry.setModified(False)
        self._tell("", ())
        if (sides["w"], sides["b"]) != (self._domain.w, self._domain.b):
            self.edited.emit(DomainSection(w=sides["w"], b=sides["b"]))

    @Slot()
    def _reset(self) -> None:
        for pair in self.entries.values():
            for entry in pair:
                entry.setModified(False)
        self._tell("", ())
        self.edited.emit(None)

    def _tell(self, sentence: str, wrong: tuple[NumberEntry, ...]) -> None:
        self.sentence.setText(sentence)
        self.sentence.setVisible(bool(sentence))
        for pair in self.entries.values():
            for entry in pair:
                theme.mark(entry, "wrong", entry in wrong)
