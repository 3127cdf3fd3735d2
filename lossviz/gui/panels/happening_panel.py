"""The panel "What is happening": the selected run at the step that is seen, plainly, in numbers, or as formulas."""

from html import escape

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from lossviz.gui import theme
from lossviz.gui.panels.card_frame import CardFrame
from lossviz.gui.panels.choice import Choice, Option
from lossviz.gui.panels.scroll import Scroll
from lossviz.gui.panels.sheet import Line, Sheet
from lossviz.scene.frame import Frame
from lossviz.scene.happening import LEVELS, Happening, describe
from lossviz.scene.scene import Scene

PHASE_OPTIONS = (
    Option("slope", "Slope", "Slope", "The slope at the ball (S); the full-stop key goes on to the next part"),
    Option("rate", "× Rate", "× Rate", "Slope times rate: the step (R); the full-stop key goes on to the next part"),
    Option("move", "Move", "Move", "The ball makes the step (M); the full-stop key goes on to the next part"),
    Option("check", "Check", "Check", "Has the loss gone down? (C); the full-stop key goes on to the next part"),
)
LEVEL_OPTIONS = (
    Option("plain", "Plain", "Aa", "What is happening in plain words"),
    Option("numbers", "Numbers", "12", "What is happening in numbers"),
    Option("formula", "Formula", "f(x)", "What is happening as formulas, with the numbers put in"),
)
PLAIN_SIZE = 16.0 / 13.0
"""How much larger the plain words are than other text: they are read from the last row."""
ROOMY, LARGEST = (430, 430), 2.6
"""A card larger than this has larger type, up to so much larger: it is seen alone, in front of a hall."""
BUTTONS = 1.6
"""The buttons grow up to so much."""


class HappeningPanel(CardFrame):
    """Shows a Happening at the level that it is told; asks for another level, or for a part of the step."""

    level_asked = Signal(str)
    phase_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("What is happening", parent)
        self._level = "numbers"
        self._frame: Frame | None = None
        self._shown: tuple[object, ...] = ()
        self.levels = Choice(LEVEL_OPTIONS, "Level of explanation")
        self.levels.asked.connect(self.level_asked)
        self.head.addWidget(self.levels)
        self.headline = QLabel()
        self.headline.setTextFormat(Qt.TextFormat.PlainText)
        self.headline.setWordWrap(True)
        self.headline.setAccessibleName("Step")
        self.body.addWidget(self.headline)
        self.sheet = Sheet()
        self.sheet.setAccessibleName("Numbers")
        self.area = Scroll(self.sheet, "Numbers, scrolled")
        self.area.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.sheet.height_changed.connect(self.area.setMaximumHeight)
        # words that need more room take it from the table
        self.area.verticalScrollBar().rangeChanged.connect(self._show_marked)
        self.body.addWidget(self.area, 1000)
        self.sentence = QLabel()
        self.sentence.setTextFormat(Qt.TextFormat.RichText)
        self.sentence.setWordWrap(True)
        self.sentence.setAccessibleName("Event")
        self.body.addWidget(self.sentence)
        self.body.addStretch(1)
        self.phases = Choice(PHASE_OPTIONS, "Parts of a step")
        self.phases.asked.connect(self.phase_asked)
        self.body.addWidget(self.phases)
        # narrower than its long names: it finds shorter ones
        self.setMinimumWidth(200)
        self._dress()
        self.show_level(self._level)

    @property
    def rows(self) -> list[tuple[QLabel, QLabel, QLabel, QLabel]]:
        """The labels of the table: name, text across, number of the weight, number of the bias."""
        return self.sheet.rows

    def show_level(self, level: str) -> None:
        """Explain at one of the LEVELS."""
        if level not in LEVELS:
            raise ValueError(f"a level is one of {', '.join(LEVELS)}, not {level!r}.")
        self._level = level
        self.levels.show_choice(level)
        self._dress()
        self.area.setVisible(level != "plain")
        if self._frame is not None:
            self.show_frame(self._frame)

    def show_frame(self, frame: Frame) -> None:
        """Describe the selected run."""
        self._frame = frame
        # between two rows nothing is told but what is told at the first, unless the move itself is looked at
        under_way = frame.phase == "move" and frame.step != frame.row
        key = (frame.scene, frame.row, under_way, frame.phase, self._level)
        if key == self._shown:
            return
        self._release_rooms(key)
        self._shown = key
        happening = describe(frame, self._level)
        self.phases.show_choice(frame.phase)
        self.phases.setEnabled(happening is not None)
        if happening is None:
            self._set(self.headline, "No descent is selected")
            self._set(self.sentence, "Add one, and it starts at ○.")
            self.sheet.show_lines(())
            return
        self._set(self.headline, happening.title)
        words = escape(" ".join(part for part in (happening.sentence, happening.advice) if part))
        self._set(self.sentence, f"<span style='font-weight:600'>{escape(happening.event)}</span> {words}")
        self.sheet.show_lines(_lines(happening))
        self._show_marked()

    @Slot()
    def _show_marked(self) -> None:
        """Bring the marked lines into sight."""
        place = self.sheet.marked_place
        if not place.isEmpty():
            # the beginning last: it is worth more where both ends don't fit
            self.area.ensureVisible(0, place.bottom(), 0, 2)
            self.area.ensureVisible(0, place.top(), 0, 2)

    def _release_rooms(self, key: tuple[object, ...]) -> None:
        """Let texts take less room again where something else is explained; while steps go by they only grow."""
        if not self._shown or _subject(key) != _subject(self._shown):
            for label in (self.headline, self.sentence):
                label.setMinimumHeight(0)

    @staticmethod
    def _set(label: QLabel, text: str) -> None:
        """Change a text only where it differs, and keep the room that the one before it had."""
        if label.text() == text:
            return
        label.setText(text)
        width = label.width()
        if width > 0 and (needed := label.heightForWidth(width)) > label.minimumHeight():
            label.setMinimumHeight(needed)

    # looks --------------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Write short names where there is little room."""
        super().resizeEvent(event)
        self._dress()
        if event.size().width() != event.oldSize().width():
            for label in (self.headline, self.sentence):
                label.setMinimumHeight(0)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the window's type."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ApplicationFontChange:
            self._dress()

    def _dress(self) -> None:
        larger = self.roominess(*ROOMY, LARGEST)
        small = 12.0 * min(larger, BUTTONS)
        margins = self.body.contentsMargins()
        room = self.width() - margins.left() - margins.right() - self.title.sizeHint().width() - self.head.spacing()
        self.levels.dress(small, self.levels.width_of(small, False) > room)
        self.phases.dress(small, False)
        size = 13.0 * larger
        theme.set_type(self.headline, size, QFont.Weight.DemiBold)
        self.sheet.set_type(size)
        theme.set_type(self.sentence, size * PLAIN_SIZE if self._level == "plain" else size)


def _subject(key: tuple[object, ...]) -> tuple[object, ...]:
    """Give what is explained and how, whatever the step."""
    scene, _, _, phase, level = key
    runs = (scene.descents, scene.experiment.view.selected) if isinstance(scene, Scene) else ()
    return runs, phase, level


def _lines(happening: Happening) -> list[Line]:
    """Give the lines of a table or of equations."""
    marked = happening.phase
    if happening.equations:
        lines = []
        for equation in happening.equations:
            here = bool(marked) and marked in equation.parts
            lines.append(Line(equation.name, (equation.symbols,), here))
            # a result is not parted from its sign
            lines += [Line("", (text.replace("= ", "=\u00a0"),), here, indented=True) for text in equation.lines]
        return lines
    return [
        Line(row.name, row.values, bool(marked) and row.part == marked, quiet=not row.name) for row in happening.rows
    ]
