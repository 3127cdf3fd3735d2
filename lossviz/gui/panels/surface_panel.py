"""The surface panel: which data, model and loss make the surface, and the shipped experiments to choose from."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QFormLayout, QLabel, QWidget

from lossviz.experiment import Experiment, titles
from lossviz.gui import theme
from lossviz.gui.panels.card_frame import CardFrame
from lossviz.landscape.fitted import Fit
from lossviz.scene.scene import Scene


class SurfacePanel(CardFrame):
    """Shows what is descended; `chosen` asks for a shipped experiment by name."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Loss surface", parent)
        # rather a word cut off than a panel wider than its column
        self.setMinimumWidth(220)
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(10)
        form.setVerticalSpacing(6)
        self.chooser = QComboBox()
        self.chooser.setAccessibleName("Experiment")
        self.chooser.setToolTip("Experiments that come with lossviz")
        self.chooser.setMinimumContentsLength(8)
        self.chooser.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        for name, title in titles().items():
            self.chooser.addItem(title, name)
            self.chooser.setItemData(self.chooser.count() - 1, title, Qt.ItemDataRole.ToolTipRole)
        self.chooser.activated.connect(self._activated)
        form.addRow(self._name("Experiment"), self.chooser)
        self._form = form
        self.values: dict[str, QLabel] = {}
        for name in ("Data", "Feature x", "Label y", "Model"):
            value = QLabel()
            value.setWordWrap(True)
            self.values[name] = value
            form.addRow(self._name(name), value)
        self.body.addLayout(form)
        self.formula = QLabel()
        italic = self.formula.font()
        italic.setItalic(True)
        self.formula.setFont(italic)
        theme.set_type(self.formula, 14)
        self.formula.setWordWrap(True)
        self.formula.setAccessibleName("Formula of the loss")
        self.body.addWidget(self.formula)

    def show_experiment(self, experiment: Experiment) -> None:
        """Show which shipped experiment it is, if it is one; nothing is emitted."""
        hidden = experiment.view.hidden
        self._form.setRowVisible(self.chooser, "experiment" not in hidden)
        self.formula.setVisible("formula" not in hidden)
        index = self.chooser.findText(experiment.title)
        self.chooser.setCurrentIndex(index)
        if index < 0:
            self.chooser.setPlaceholderText(experiment.title or "not named")

    def show_scene(self, scene: Scene) -> None:
        """Show data, model and loss, or what else the surface is made of."""
        fit = scene.fit
        for value in self.values.values():
            self._form.setRowVisible(value, fit is not None)
        self.formula.setText(f"L(w, b) = {scene.surface.formula}")
        if fit is not None:
            self._show_fit(fit)

    def _show_fit(self, fit: Fit) -> None:
        data = fit.data
        made_up = ", made up" if data.dataset.made_up else ""
        # rows with an empty cell are not guessed
        dropped = f", {data.dataset.dropped:,} left out" if data.dataset.dropped else ""
        self.values["Data"].setText(f"{data.dataset.name} · {len(data.x):,} {data.dataset.many}{made_up}{dropped}")
        self.values["Data"].setToolTip("\n".join(filter(None, (data.dataset.title, data.dataset.source))))
        standard = ", standardised" if data.standardized else ""
        self.values["Feature x"].setText(f"{data.feature}{standard}".replace("-", "−"))
        self.values["Feature x"].setToolTip(data.feature_text)
        self.values["Label y"].setText(data.label)
        self.values["Label y"].setToolTip(data.label_text)
        self.values["Model"].setText(f"{fit.model.title} · {fit.measure.title}")
        self.values["Model"].setToolTip(f"prediction = {fit.model.formula}")

    @Slot(int)
    def _activated(self, index: int) -> None:
        self.chosen.emit(self.chooser.itemData(index))

    @staticmethod
    def _name(text: str) -> QLabel:
        label = QLabel(text)
        label.setProperty("quiet", True)
        return label
