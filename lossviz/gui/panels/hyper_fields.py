"""The editors of a rule's hyperparameters; where they are many, the later ones are folded away."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from lossviz.gui.form import ParamField
from lossviz.landscape.param import Param

MOST, FIRST = 5, 4
"""So many are shown all; of more, the first ones."""


class HyperFields(QWidget):
    """One ParamField below the other, the learning rate's as wide as there is room."""

    edited = Signal(str, object)
    """A name and its new value, as a person asks for it."""
    rates_asked = Signal()
    """A learning rate is to be looked for."""
    grasped = Signal()
    released = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields: tuple[ParamField, ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self._first, self._rest = QVBoxLayout(), QVBoxLayout()
        self.rest = QWidget()
        """Those that are folded away, unless `opener` is checked."""
        self.rest.setLayout(self._rest)
        for layout in (self._first, self._rest):
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(4)
        self.opener = QToolButton()
        self.opener.setObjectName("menu")
        self.opener.setCheckable(True)
        # checked it stays so for the next rule too: who wants to see all wants that
        self.opener.toggled.connect(self._show_opened)
        column.addLayout(self._first)
        column.addWidget(self.opener)
        column.addWidget(self.rest)
        self.opener.hide()
        self.rest.hide()

    @property
    def rate(self) -> ParamField | None:
        """The editor of the learning rate."""
        return next((field for field in self.fields if field.param.name == "learning_rate"), None)

    @property
    def _folded(self) -> tuple[ParamField, ...]:
        return self.fields[FIRST:] if len(self.fields) > MOST else ()

    def show_values(self, params: Sequence[Param], values: Mapping[str, float | bool]) -> None:
        """Show hyperparameters; nothing is emitted."""
        if tuple(field.param for field in self.fields) != tuple(params):
            self._make(params)
        for field in self.fields:
            field.show_value(values[field.param.name])
        self._show_opened()

    def _make(self, params: Sequence[Param]) -> None:
        for field in self.fields:
            # what is typed in it was meant for another rule
            field.blockSignals(True)
            field.hide()
            field.deleteLater()
        self.fields = tuple(ParamField(param, wide=param.name == "learning_rate") for param in params)
        for field in self.fields:
            if field.param.name == "learning_rate":
                field.add_button(self._finder())
            field.edited.connect(self.edited)
            field.grasped.connect(self.grasped)
            field.released.connect(self.released)
            (self._rest if field in self._folded else self._first).addWidget(field)

    def _finder(self) -> QToolButton:
        """Make the button beside the learning rate."""
        button = QToolButton()
        button.setObjectName("menu")
        button.setText("Find…")
        button.setAccessibleName("Find a learning rate")
        button.setToolTip("See which learning rates are of use here (Ctrl+Shift+K)")
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.clicked.connect(self.rates_asked)
        return button

    @Slot()
    def _show_opened(self) -> None:
        folded, opened = self._folded, self.opener.isChecked()
        self.opener.setVisible(bool(folded))
        self.rest.setVisible(bool(folded) and opened)
        changed = sum(field.value != field.param.default for field in folded)
        text = "Fewer" if opened else f"{len(folded)} more" + (f", {changed} changed" if changed else "")
        self.opener.setText(text)
        names = ", ".join(field.param.name.replace("_", " ") for field in folded)
        self.opener.setToolTip(f"{'Fold away' if opened else 'Show'}: {names}")
        self.opener.setAccessibleName(f"{text} hyperparameters")
