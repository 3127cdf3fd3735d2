"""Random starts: the selected descent from many places at once, and where its runs have ended."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from lossviz.experiment import Experiment
from lossviz.gui.panels.flow import Flow
from lossviz.gui.wishes import STARTS
from lossviz.scene.ends import crowd_text
from lossviz.scene.frame import Frame


class CrowdRow(QWidget):
    """Two buttons and a sentence."""

    toggled = Signal()
    """The runs from random starts are to come, or to go."""
    others_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inner")
        self.many = QPushButton(f"{STARTS} random starts")
        self.many.setCheckable(True)
        self.many.setToolTip(
            f"Let the selected descent begin at {STARTS} random places too, as a model does that is trained again (N)"
        )
        self.many.setAccessibleName("Random starts of the selected descent")
        # the session decides
        self.many.clicked.connect(self.toggled)
        self.others = QPushButton("Other starts")
        self.others.setToolTip("Draw other random places (Shift+N)")
        self.others.setAccessibleName("Draw other random starts")
        self.others.clicked.connect(self.others_asked)
        row = Flow(spacing=6)
        row.add(self.many)
        row.add(self.others)
        self.told = QLabel()
        self.told.setWordWrap(True)
        self.told.setAccessibleName("Where the runs from random starts have ended")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(5)
        column.addLayout(row)
        column.addWidget(self.told)

    def show_experiment(self, experiment: Experiment) -> None:
        """Show whether there are such runs; nothing is emitted."""
        number = experiment.view.selected
        run = experiment.runs[number] if number < len(experiment.runs) else None
        starts = experiment.settings(run).random_starts if run is not None else 0
        self.many.setText(f"{starts or STARTS} random starts")
        self.many.setEnabled(run is not None)
        self.many.setChecked(starts > 0)
        self.others.setEnabled(starts > 0)
        self.told.setVisible(starts > 0)

    def show_frame(self, frame: Frame) -> None:
        """Show where they have ended by the step that is seen."""
        descent = frame.scene.selected
        text = crowd_text(frame, descent) if descent is not None else ""
        if text != self.told.text():
            self.told.setText(text)
