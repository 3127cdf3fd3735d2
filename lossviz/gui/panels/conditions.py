"""The conditions of the selected descent: a line for each that is set, and the others when they are asked for."""

from collections.abc import Collection
from functools import partial

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from lossviz.gui.panels.conditions_averaging import AveragingSection
from lossviz.gui.panels.conditions_batches import BatchesSection
from lossviz.gui.panels.conditions_clipping import ClippingSection
from lossviz.gui.panels.conditions_looks import LooksSection
from lossviz.gui.panels.conditions_parameters import ParametersSection
from lossviz.gui.panels.conditions_precision import PrecisionSection
from lossviz.gui.panels.conditions_schedule import ScheduleSection
from lossviz.gui.panels.conditions_section import ConditionSection
from lossviz.gui.panels.conditions_situation import Situation
from lossviz.scene.frame import Frame
from lossviz.scene.style import Style

SECTIONS = (
    ScheduleSection,
    BatchesSection,
    ClippingSection,
    AveragingSection,
    ParametersSection,
    PrecisionSection,
    LooksSection,
)


class Conditions(QWidget):
    """One section below the other. What is as usual is not seen until the rest is asked for."""

    edited = Signal(object)
    """Keys of [descent] and their new values, for the selected descent."""
    shared = Signal(object, str)
    """Keys whose values are to hold for all descents, and what they are about."""
    grasped = Signal()
    released = Signal()

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.situation: Situation | None = None
        self._hidden: Collection[str] = ()
        self.sections: dict[str, ConditionSection] = {kind.name: kind() for kind in SECTIONS}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        for section in self.sections.values():
            section.edited.connect(self.edited)
            section.shared.connect(partial(self._share, section.title.lower()))
            section.folded.connect(self._show_opened)
            section.grasped.connect(self.grasped)
            section.released.connect(self.released)
            column.addWidget(section)
        self.opener = QToolButton()
        """Asks for all of them; whoever has room for it puts it there."""
        self.opener.setObjectName("menu")
        self.opener.setText("Conditions")
        self.opener.setAccessibleName("All conditions of the descent")
        self.opener.setCheckable(True)
        self.opener.toggled.connect(self._show_opened)
        self.restyle(style)

    def show_situation(self, situation: Situation | None, hidden: Collection[str]) -> None:
        """Show under which conditions the descent is made, but for what is hidden; nothing is emitted."""
        self.situation, self._hidden = situation, hidden
        if situation is not None:
            for name, section in self.sections.items():
                if name not in hidden:
                    section.show_situation(situation)
        self._show_opened()

    def show_frame(self, frame: Frame) -> None:
        """Show what depends on the step that is seen."""
        for section in self.sections.values():
            section.show_frame(frame)

    def restyle(self, style: Style) -> None:
        """Change colours."""
        for section in self.sections.values():
            section.restyle(style)

    @Slot()
    def _show_opened(self) -> None:
        """Show the lines of what is set or open, and all of them if that is asked for."""
        opened = self.opener.isChecked()
        offered = [] if self.situation is None else [s for name, s in self.sections.items() if name not in self._hidden]
        seen = [section for section in offered if opened or section.opened or not section.line.plain]
        for section in self.sections.values():
            section.setVisible(section in seen)
        self.setVisible(bool(seen))
        self.opener.setVisible(bool(offered) if opened else len(seen) < len(offered))
        names = ", ".join(section.title.lower() for section in offered if section not in seen)
        self.opener.setToolTip("Fold away what is as usual" if opened else f"Show {names}")

    def _share(self, about: str, keys: object) -> None:
        self.shared.emit(keys, about)
