"""The playback bar: play, step, scrub, speed."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QSizePolicy, QSlider, QToolButton, QWidget

from lossviz.gui import theme
from lossviz.gui.panels.flow import Flow
from lossviz.gui.player import SPEEDS
from lossviz.gui.theme import icon
from lossviz.numerals import counted, short
from lossviz.scene.style import Style


class PlaybackBar(QWidget):
    """One timeline for all views."""

    toggled = Signal()
    jumped = Signal(int)
    scrubbed = Signal(int)
    to_start = Signal()
    to_end = Signal()
    speed_chosen = Signal(float)

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._playing = False
        row = Flow(parent=self)
        self.first = self._button("To the start", "Home", self.to_start)
        self.back = self._button("One step back", "←")
        self.back.clicked.connect(self._back)
        self.play = QPushButton("Play")
        self.play.setObjectName("play")
        self.play.setToolTip("Play or pause (Space)")
        self.play.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.set_sizes(self.play, icon=16)
        self.play.clicked.connect(self.toggled)
        self.forth = self._button("One step on", "→")
        self.forth.clicked.connect(self._forth)
        self.last = self._button("To the end", "End", self.to_end)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        theme.set_sizes(self.slider, least_width=100)
        self.slider.setAccessibleName("Step")
        self.slider.setToolTip("The step that is seen: drag both ways")
        self.slider.setPageStep(10)
        self.slider.valueChanged.connect(self.scrubbed)
        self.count = QLabel("0 / 0")
        self.count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.speed = QComboBox()
        self.speed.setAccessibleName("Speed")
        self.speed.setToolTip("How fast it plays")
        for speed in SPEEDS:
            self.speed.addItem(f"{short(speed)}×", speed)
        self.speed.setCurrentIndex(SPEEDS.index(1.0))
        self.speed.activated.connect(self._speed_chosen)
        row.add(self.first, self.back, self.play, self.forth, self.last)
        row.add(self.slider, self.count, self.speed)
        self.restyle(style)

    def show_step(self, step: float, steps: int) -> None:
        """Show the step; nothing is emitted."""
        self.slider.blockSignals(True)
        self.slider.setRange(0, steps)
        self.slider.setValue(int(step))
        self.slider.blockSignals(False)
        text = f"{counted(int(step))} / {counted(steps)}"
        if self.count.text() != text:
            self._give_room(steps)
            self.count.setText(text)

    def _give_room(self, steps: int) -> None:
        """Make the count as large as its widest text, so that nothing is laid out anew while it plays."""
        metrics, widest = self.count.fontMetrics(), f"{counted(steps)} / {counted(steps)}"
        self.count.setFixedSize(metrics.horizontalAdvance(widest) + 4, metrics.height())

    def show_playing(self, playing: bool) -> None:
        """Show whether it plays."""
        self._playing = playing
        self.play.setText("Pause" if playing else "Play")
        self.play.setAccessibleName(self.play.text())
        self.play.setIcon(icon("pause" if playing else "play", self._style.on_accent, 16))

    def restyle(self, style: Style) -> None:
        """Change colours."""
        self._style = style
        self._give_room(self.slider.maximum())
        names = ("skip-back", "step-back", "step-forward", "skip-forward")
        for button, name in zip((self.first, self.back, self.forth, self.last), names, strict=True):
            button.setIcon(icon(name, style.ink, 16))
        self.show_playing(self._playing)

    def _button(self, name: str, key: str, signal: object = None) -> QToolButton:
        button = QToolButton()
        button.setAccessibleName(name)
        button.setToolTip(f"{name} ({key})")
        theme.set_sizes(button, icon=16)
        if signal is not None:
            button.clicked.connect(signal)
        return button

    @Slot()
    def _back(self) -> None:
        self.jumped.emit(-1)

    @Slot()
    def _forth(self) -> None:
        self.jumped.emit(1)

    @Slot(int)
    def _speed_chosen(self, index: int) -> None:
        self.speed_chosen.emit(self.speed.itemData(index))
