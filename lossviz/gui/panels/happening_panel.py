"""The panel "What is happening": the selected run at the step that is seen, in words and numbers."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from lossviz.gui.panels.card_frame import CardFrame
from lossviz.scene.frame import Frame
from lossviz.scene.happening import describe
from lossviz.views.brushes import font

ROWS = 10


class HappeningPanel(CardFrame):
    """Shows a Happening; it has nothing to ask for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("What is happening", parent)
        inner = QWidget()
        inner.setObjectName("inner")
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(8)
        self.headline = QLabel()
        self.headline.setFont(font(13, QFont.Weight.DemiBold))
        self.headline.setWordWrap(True)
        column.addWidget(self.headline)
        grid = QGridLayout()
        grid.setHorizontalSpacing(9)
        grid.setVerticalSpacing(4)
        # the numbers stand close together on a wide screen too
        grid.setColumnMinimumWidth(1, 62)
        grid.setColumnMinimumWidth(2, 62)
        grid.setColumnStretch(3, 1)
        self.rows: list[tuple[QLabel, QLabel, QLabel, QLabel]] = []
        for i in range(ROWS):
            name, wide, left, right = (QLabel() for _ in range(4))
            name.setProperty("quiet", True)
            name.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
            wide.setWordWrap(True)
            grid.addWidget(name, i, 0)
            grid.addWidget(wide, i, 1, 1, 3)
            if i == 0:
                left.setProperty("quiet", True)
                right.setProperty("quiet", True)
            for place, label in ((1, left), (2, right)):
                label.setAlignment(Qt.AlignmentFlag.AlignRight)
                grid.addWidget(label, i, place)
            self.rows.append((name, wide, left, right))
        column.addLayout(grid)
        self.sentence = QLabel()
        self.sentence.setWordWrap(True)
        self.sentence.setAccessibleName("Event")
        column.addWidget(self.sentence)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        scroll.viewport().setAutoFillBackground(False)
        self.body.addWidget(scroll, 1)
        self.setMinimumWidth(250)

    def show_frame(self, frame: Frame) -> None:
        """Describe the selected run."""
        happening = describe(frame)
        if happening is None:
            self._set(self.headline, "No descent is selected")
            self._set(self.sentence, "Add one, and it starts at ○.")
        else:
            self._set(self.headline, happening.title)
            advice = f" {happening.advice}" if happening.advice else ""
            event = f"<span style='font-weight:600'>{happening.event}</span>"
            self._set(self.sentence, f"{event} {happening.sentence}{advice}")
        told = happening.rows if happening is not None else ()
        for i, (name, wide, left, right) in enumerate(self.rows):
            text, values = told[i] if i < len(told) else ("", ())
            self._set(name, text)
            self._set(wide, values[0] if len(values) == 1 else "")
            self._set(left, values[0] if len(values) == 2 else "")
            self._set(right, values[1] if len(values) == 2 else "")
            name.setVisible(i < len(told))
            wide.setVisible(len(values) == 1)
            left.setVisible(len(values) == 2)
            right.setVisible(len(values) == 2)

    @staticmethod
    def _set(label: QLabel, text: str) -> None:
        """Change a text only where it differs: laying out again costs more than comparing."""
        if label.text() != text:
            label.setText(text)
