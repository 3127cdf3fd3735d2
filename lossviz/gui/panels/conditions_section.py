"""A section of the run panel: one line that says under which condition the descent is made, and its editors below."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from PySide6.QtCore import QEvent, Signal, Slot
from PySide6.QtWidgets import QPushButton, QSizePolicy, QVBoxLayout, QWidget

from lossviz.experiment import DescentSection
from lossviz.gui import theme
from lossviz.gui.condition_edits import for_all
from lossviz.gui.panels.conditions_fields import ConditionFields, for_people
from lossviz.gui.panels.conditions_situation import Situation
from lossviz.gui.panels.fold_line import INDENT, FoldLine
from lossviz.scene.frame import Frame
from lossviz.scene.style import Style

PLAIN = DescentSection(start=(0.0, 0.0))
"""What holds where nothing is said."""


class ConditionSection(QWidget):
    """A folded section. What a person wants leaves as the keys of [descent] with their values."""

    name: ClassVar[str]
    """As in what can be hidden."""
    title: ClassVar[str]
    told: ClassVar[str]
    """What it is about, in one sentence."""
    keys: ClassVar[tuple[str, ...]]

    edited = Signal(object)
    """Keys and their new values, for the selected descent."""
    shared = Signal(object)
    """Keys whose values are to hold for all descents."""
    folded = Signal()
    """It was opened or closed."""
    grasped = Signal()
    released = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.situation: Situation | None = None
        self.line = FoldLine(self.title)
        self.line.setToolTip(self.told)
        self.line.setAccessibleDescription(self.told)
        self.line.toggled.connect(self._toggled)
        self.body = QWidget()
        self.content = QVBoxLayout(self.body)
        self.content.setSpacing(5)
        self._indent()
        self.fields = ConditionFields()
        self.fields.edited.connect(self._edited)
        self.fields.grasped.connect(self.grasped)
        self.fields.released.connect(self.released)
        self.content.addWidget(self.fields)
        self.everywhere = QPushButton("For all descents")
        self.everywhere.setToolTip(f"Let {self.title.lower()} be the same for all descents")
        self.everywhere.setAccessibleName(f"{self.title}: for all descents")
        self.everywhere.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.everywhere.clicked.connect(self._share)
        self.content.addWidget(self.everywhere)
        self.body.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.line)
        column.addWidget(self.body)

    @property
    def opened(self) -> bool:
        """Whether its editors are seen."""
        return self.line.isChecked()

    def words(self, situation: Situation) -> str:
        """Say what holds."""
        raise NotImplementedError

    def plain(self, situation: Situation) -> bool:
        """Tell whether all is as it is where nothing is said."""
        return all(getattr(situation.settings, key) == getattr(PLAIN, key) for key in self.keys)

    def show_fields(self, situation: Situation) -> None:
        """Show what holds in the editors; nothing is emitted."""
        raise NotImplementedError

    def show_situation(self, situation: Situation) -> None:
        """Show what holds; nothing is emitted."""
        self.situation = situation
        self.line.show_words(self.words(situation), self.plain(situation))
        if self.opened:
            self._fill()

    def show_frame(self, frame: Frame) -> None:
        """Show what depends on the step that is seen."""

    def restyle(self, style: Style) -> None:
        """Change colours."""

    def shared_keys(self, situation: Situation) -> Sequence[str]:
        """Give the keys that hold for all descents when a person asks for that."""
        return self.keys

    def fault(self, situation: Situation, values: Mapping[str, Any]) -> str:
        """Say in one sentence why values can't be, or nothing."""
        return ""

    def ask(self, name: str, values: Mapping[str, Any], value: Any = None) -> None:
        """Ask for values, unless they can't be: that is said at the field `name`, where `value` still holds."""
        if self.situation is None:
            return
        fault = self.fault(self.situation, values)
        if not fault:
            self.edited.emit(dict(values))
        elif name in self.fields.fields:
            self.fields.fields[name].refuse(value, for_people(fault))

    def _fill(self) -> None:
        if self.situation is None:
            return
        s = self.situation
        self.show_fields(s)
        # only where that would change anything
        differs = for_all(s.experiment, s.number, self.shared_keys(s)) != s.experiment
        self.everywhere.setVisible(differs and len(s.experiment.runs) > 1)

    def _edited(self, name: str, value: object) -> None:
        if self.situation is not None:
            # a count is typed and slid as any number
            checked = self.fields.fields[name].param.check(value)
            self.ask(name, {name: checked}, getattr(self.situation.settings, name))

    @Slot()
    def _share(self) -> None:
        if self.situation is not None:
            self.shared.emit(tuple(self.shared_keys(self.situation)))

    @Slot(bool)
    def _toggled(self, on: bool) -> None:
        if on:
            self._fill()
        self.body.setVisible(on)
        self.folded.emit()

    def changeEvent(self, event: QEvent) -> None:
        """Keep its indent where the type has another size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._indent()

    def _indent(self) -> None:
        self.content.setContentsMargins(theme.scaled(INDENT), 3, 0, theme.scaled(6))
