"""What can be changed of a loss over data: model and loss, standardising, penalties and the weights of the classes."""

from collections.abc import Iterator

import msgspec
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QCheckBox, QFormLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from lossviz.experiment import SurfaceSection
from lossviz.gui import theme
from lossviz.gui.chooser import Chooser
from lossviz.gui.form import NAME
from lossviz.gui.panels.param_fields import ParamFields
from lossviz.landscape.fitted import Fit
from lossviz.landscape.losses import LOSSES
from lossviz.landscape.models import MODELS
from lossviz.landscape.pair import FAMILIES, PairFit
from lossviz.landscape.param import Param
from lossviz.landscape.samples import LARGEST
from lossviz.numerals import short

PENALTIES = (
    Param(
        "l1",
        "λ₁·|w|",
        0.0,
        low=0.0,
        high=LARGEST,
        text="Added to the loss: l1·|w|. A large weight costs; the bias is free.",
    ),
    Param(
        "l2", "λ₂·w²", 0.0, low=0.0, high=LARGEST, text="Added to the loss: l2·w², without a half. The bias is free."
    ),
)
ALIKE, BALANCED = "all alike", "balanced"


def pairs() -> Iterator[tuple[str, str]]:
    """Yield each model with each loss that goes with it, by their names."""
    for model in MODELS.values():
        for loss in model.losses:
            yield model.name, loss


class ModelChooser(Chooser):
    """Chooses a model together with a loss that goes with it."""

    chosen = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Model and loss")
        self.setToolTip("The model that is fitted, and the loss that is descended")
        self.setMaxVisibleItems(20)
        for model, loss in pairs():
            self.addItem(f"{MODELS[model].title} · {LOSSES[loss].title}", (model, loss))
            told = f"prediction = {MODELS[model].formula}\nloss = {LOSSES[loss].formula}"
            self.setItemData(self.count() - 1, told, Qt.ItemDataRole.ToolTipRole)
        self.activated.connect(self._activated)

    def show_section(self, section: SurfaceSection) -> None:
        """Show which are chosen; nothing is emitted."""
        model = MODELS.get(section.model)
        if model is not None:
            loss = section.loss or model.losses[0]
            self.setCurrentIndex(list(pairs()).index((model.name, loss)) if loss in model.losses else -1)

    def show_fit(self, fit: Fit | PairFit) -> None:
        """Offer what the labels allow: some losses need labels 0 and 1, and only some go with two features."""
        y, known = (fit.data.y, LOSSES) if isinstance(fit, Fit) else (fit.y, FAMILIES)
        binary = fit.measure.binary or bool(((y == 0.0) | (y == 1.0)).all())
        items = self.model()
        assert isinstance(items, QStandardItemModel)
        for index, (_, loss) in enumerate(pairs()):
            items.item(index).setEnabled(loss in known and (binary or not LOSSES[loss].binary))

    @Slot(int)
    def _activated(self, index: int) -> None:
        self.chosen.emit(*self.itemData(index))


class DataControls(QWidget):
    """Edits how a loss over data is made of them. What a person wants leaves as another section."""

    edited = Signal(object)
    grasped = Signal()
    released = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._section = SurfaceSection()
        self.standardize = QCheckBox("Standardise x")
        self.standardize.setToolTip(
            "Shift the feature to mean 0 and scale it to standard deviation 1 first: the valley becomes round.<br>"
            "Weight and bias mean something else then, so the map looks around the minimum anew."
        )
        self.standardize.clicked.connect(self._standardize)
        self.penalties = ParamFields()
        self.penalties.edited.connect(self._penalize)
        self.penalties.grasped.connect(self.grasped)
        self.penalties.released.connect(self.released)
        self.weights = Chooser()
        self.weights.setAccessibleName("Class weights")
        self.weights.setToolTip(
            "How much a sample counts by its label: “balanced” is n / (2 · samples with this label), "
            "by which both labels count the same together"
        )
        self.weights.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.weights.activated.connect(self._weigh)
        self._form = QFormLayout()
        self._form.setContentsMargins(0, 0, 0, 0)
        name = QLabel("Class weights")
        name.setProperty("quiet", True)
        theme.set_sizes(name, least_width=NAME)
        self._form.addRow(name, self.weights)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(5)
        column.addWidget(self.standardize)
        column.addWidget(self.penalties)
        column.addLayout(self._form)

    def show_section(self, section: SurfaceSection) -> None:
        """Show how the loss is made; nothing is emitted."""
        self._section, single = section, section.features is None
        self.standardize.setChecked(section.standardize)
        values = {param.name: getattr(section, param.name) for param in PENALTIES}
        self.penalties.show_params(PENALTIES, values, as_typed=True)
        self.penalties.setVisible(single)
        given = section.class_weight
        loss = section.loss or MODELS[section.model].losses[0]
        self._form.setRowVisible(self.weights, single and LOSSES[loss].binary)
        self.weights.clear()
        self.weights.addItem(ALIKE, None)
        self.weights.addItem(BALANCED, BALANCED)
        if given is not None and not isinstance(given, str):
            self.weights.addItem(f"0 counts {short(given[0])}, 1 counts {short(given[1])}", given)
        # by place: Qt does not find a pair
        self.weights.setCurrentIndex(0 if given is None else 1 if given == BALANCED else 2)

    @Slot(bool)
    def _standardize(self, on: bool) -> None:
        self.edited.emit(msgspec.structs.replace(self._section, standardize=on, domain=None))

    @Slot(str, object)
    def _penalize(self, name: str, value: object) -> None:
        self.edited.emit(msgspec.structs.replace(self._section, **{name: value}))

    @Slot(int)
    def _weigh(self, index: int) -> None:
        self.edited.emit(msgspec.structs.replace(self._section, class_weight=self.weights.itemData(index)))
