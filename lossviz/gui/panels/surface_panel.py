"""The surface panel: what is descended, and everything about it that can be changed."""

from pathlib import Path

import msgspec
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from lossviz.experiment import DomainSection, Experiment, ExperimentError, SurfaceSection, titles
from lossviz.gui import theme
from lossviz.gui.chooser import Chooser
from lossviz.gui.panels.card_frame import CardFrame
from lossviz.gui.panels.data_controls import DataControls, ModelChooser
from lossviz.gui.panels.domain_fields import DomainFields
from lossviz.gui.panels.flow import Flow
from lossviz.gui.panels.formula_field import FormulaField
from lossviz.gui.panels.param_fields import ParamFields
from lossviz.landscape.calculus.program import program
from lossviz.landscape.domain import Domain
from lossviz.landscape.expression import Expression
from lossviz.landscape.fitted import Fit
from lossviz.landscape.function import Function
from lossviz.landscape.losses import LOSSES
from lossviz.landscape.pair import PairFit
from lossviz.landscape.work import completed
from lossviz.numerals import counted
from lossviz.scene import readout
from lossviz.scene.frame import Frame
from lossviz.scene.scene import Scene

ROWS = ("Surface", "File", "Grid", "Data", "Feature x", "Label y")


class SurfacePanel(CardFrame):
    """Shows what is descended. What a person wants leaves as signals."""

    chosen = Signal(str)
    """A shipped experiment, by name."""
    picker_asked = Signal()
    edited = Signal(object)
    """Another SurfaceSection."""
    grasped = Signal()
    released = Signal()
    formula_begun = Signal()
    formula_typed = Signal(object)
    """The SurfaceSection of a formula that is being typed."""
    formula_taken = Signal(str)
    formula_left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Loss surface", parent)
        # rather a word cut off than a panel wider than its column
        self.setMinimumWidth(220)
        self._section = SurfaceSection()
        self._typed_over: SurfaceSection | None = None
        """The surface, not a formula, over which a first formula is typed."""
        self._surface: Expression | None = None
        """The surface, where it has numbers of its own."""
        self._values: dict[str, float] = {}
        """The named numbers of the formula, with those of names that it had while it is typed."""
        self.choose = self._button("Choose…", "Choose a surface: test functions, formulas, data, grids")
        self.choose.setAccessibleName("Choose a surface")
        self.choose.clicked.connect(self.picker_asked)
        self.opener = self._button("More", "Domain, penalties and all else that can be changed of the surface")
        self.opener.setCheckable(True)
        self.opener.toggled.connect(self._open)
        # the buttons go below the title where the type is large
        self.title.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.head.removeWidget(self.title)
        head = Flow(spacing=6)
        head.add(self.title)
        head.add(self.choose, self.opener)
        self.head.addLayout(head)
        self.chooser = Chooser()
        self.chooser.setAccessibleName("Experiment")
        self.chooser.setToolTip("Experiments that come with lossviz")
        for name, title in titles().items():
            self.chooser.addItem(title, name)
            self.chooser.setItemData(self.chooser.count() - 1, title, Qt.ItemDataRole.ToolTipRole)
        self.chooser.activated.connect(self._activated)
        self.model = ModelChooser()
        self.model.chosen.connect(self._choose_model)
        self._form = QFormLayout()
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setHorizontalSpacing(10)
        self._form.setVerticalSpacing(4)
        self._form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self._form.addRow(self._name("Experiment"), self.chooser)
        self.values: dict[str, QLabel] = {}
        for name in ROWS:
            value = QLabel()
            value.setWordWrap(True)
            self.values[name] = value
            self._form.addRow(self._name(name), value)
        self._form.addRow(self._name("Model"), self.model)
        self.body.addLayout(self._form)
        self._add_formula()
        self.teaches = QLabel()
        self.teaches.setProperty("quiet", True)
        self.teaches.setWordWrap(True)
        theme.set_type(self.teaches, 12)
        self.body.addWidget(self.teaches)
        self.parts = QLabel()
        self.parts.setWordWrap(True)
        self.parts.setAccessibleName("Loss of the data and penalty of the selected descent")
        self.parts.setToolTip("What the loss of the selected descent is made of, at the step that is seen")
        self.body.addWidget(self.parts)
        self.params = ParamFields()
        self.params.edited.connect(self._param_edited)
        self.body.addWidget(self.params)
        self._add_more()

    def _add_formula(self) -> None:
        self.formula = QLabel()
        italic = self.formula.font()
        italic.setItalic(True)
        self.formula.setFont(italic)
        theme.set_type(self.formula, 14)
        self.formula.setWordWrap(True)
        self.formula.setAccessibleName("Formula of the loss")
        self.edit_formula = self._button("Edit", "Change the formula: it becomes your own")
        self.edit_formula.setAccessibleName("Edit the formula")
        self.edit_formula.clicked.connect(self.type_formula)
        row = QHBoxLayout()
        row.addWidget(self.formula, 1)
        row.addWidget(self.edit_formula, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(row)
        self.field = FormulaField()
        self.field.begun.connect(self._begin_formula)
        self.field.edited.connect(self._type_formula)
        self.field.taken.connect(self._take_formula)
        self.field.left.connect(self._leave_formula)
        self.body.addWidget(self.field)

    def _add_more(self) -> None:
        self.more = QWidget()
        column = QVBoxLayout(self.more)
        column.setContentsMargins(0, 2, 0, 0)
        column.setSpacing(7)
        self.data = DataControls()
        self.data.edited.connect(self.edited)
        self.domain = DomainFields()
        self.domain.edited.connect(self._domain_edited)
        for part in (self.data, self.params):
            part.grasped.connect(self.grasped)
            part.released.connect(self.released)
        column.addWidget(self.data)
        column.addWidget(self.domain)
        self.body.addWidget(self.more)
        self.more.hide()

    # showing --------------------------------------------------------------------------------------------------------

    def show_experiment(self, experiment: Experiment) -> None:
        """Show which shipped experiment it is, if it is one, and how its surface is made; nothing is emitted."""
        hidden, section = experiment.view.hidden, experiment.surface
        self._form.setRowVisible(self.chooser, "experiment" not in hidden)
        index = self.chooser.findText(experiment.title)
        self.chooser.setCurrentIndex(index)
        if index < 0:
            self.chooser.setPlaceholderText(experiment.title or "not named")
        if section != self._section:
            self._section = section
            self._surface = _with_numbers(section)
        if section != self._typed_over:
            self._typed_over = None
        typed = section.formula is not None or self._typed_over is not None
        if self._typed_over is None:
            # before it is hidden: losing the keys would take what stands there
            self.field.show_formula(section.formula or "")
        seen = "formula" not in hidden
        self.field.setVisible(typed and seen)
        self.formula.setVisible(not typed and seen and section.grid is None)
        self.edit_formula.setVisible(not typed and seen and section.function is not None)
        self._form.setRowVisible(self.model, section.fitted)
        for name, value in self.values.items():
            self._form.setRowVisible(value, _told(name, section))
        self.domain.name_parameters(pair=section.features is not None)
        if section.domain is not None:
            self.domain.show_domain(Domain(section.domain.w, section.domain.b), own=False)
        self.data.setVisible(section.fitted)
        if section.fitted:
            self.model.show_section(section)
            self.data.show_section(section)
        surface = self._surface
        self.params.show_params(
            surface.params if surface else (), surface.values if surface else {}, section.formula is not None
        )
        function = surface.definition if isinstance(surface, Function) else None
        self.teaches.setVisible(function is not None and bool(function.teaches))
        if function is not None:
            self.values["Surface"].setText(function.title)
            told = "\n".join(filter(None, (function.teaches, function.convention, function.source)))
            for label in (self.values["Surface"], self.formula, self.teaches):
                label.setToolTip(told)
            self.teaches.setText(function.teaches)

    def show_scene(self, scene: Scene) -> None:
        """Show what was computed of the surface: its data, formula and domain."""
        names = ", ".join(scene.symbols)
        self.formula.setText(f"L({names}) = {scene.surface.formula}" if scene.surface.formula else "")
        if self._section.domain is None:
            self.domain.show_domain(scene.surface.domain, own=True)
        fit = scene.fit or scene.pair
        if fit is not None:
            self._show_fit(fit)
        elif self._section.grid is not None:
            self._show_grid(scene)

    def show_frame(self, frame: Frame) -> None:
        """Show what the loss of the selected descent is made of, where there is a penalty."""
        text = readout.parts_text(frame)
        self.parts.setVisible(bool(text))
        if text != self.parts.text():
            self.parts.setText(text)

    def _show_fit(self, fit: Fit | PairFit) -> None:
        sides = (fit.data,) if isinstance(fit, Fit) else (fit.first, fit.second)
        data = sides[0]
        made_up = ", made up" if data.dataset.made_up else ""
        # rows with an empty cell are not guessed
        dropped = f", {counted(data.dataset.dropped)} left out" if data.dataset.dropped else ""
        self.values["Data"].setText(
            f"{data.dataset.name} · {counted(len(data.x))} {data.dataset.many}{made_up}{dropped}"
        )
        self.values["Data"].setToolTip("\n".join(filter(None, (data.dataset.title, data.dataset.source))))
        standard = ", standardised" if data.standardized else ""
        features = " and ".join(side.feature for side in sides)
        self.values["Feature x"].setText(f"{features}{standard}".replace("-", "−"))
        self.values["Feature x"].setToolTip("\n".join(side.feature_text for side in sides))
        self.values["Label y"].setText(data.label)
        self.values["Label y"].setToolTip(data.label_text)
        self.model.show_fit(fit)

    def _show_grid(self, scene: Scene) -> None:
        # its module comes with the first grid
        from lossviz.landscape.sampled import Sampled

        surface, path = scene.surface, self._section.grid
        if not isinstance(surface, Sampled):
            # of the surface before: the grid is still being read
            return
        self.values["File"].setText(Path(path or "").name)
        self.values["File"].setToolTip(path or "")
        rows, columns = surface.sampled.loss.shape
        missing = f", {counted(surface.missing)} missing" if surface.missing else ""
        self.values["Grid"].setText(f"{counted(rows)} × {counted(columns)} losses{missing}")
        self.values["Grid"].setToolTip("Weights × biases at which the file has losses; between them goes a spline")

    # wishes ---------------------------------------------------------------------------------------------------------

    @Slot()
    def type_formula(self) -> None:
        """Let a person type a formula, from that of the surface on if it has one."""
        section, surface = self._section, self._surface
        if section.formula is None:
            self._typed_over = section
        self.formula.hide()
        self.edit_formula.hide()
        self.field.show()
        text = section.formula or (surface.definition.formula if isinstance(surface, Function) else "")
        self.field.type_from(text)

    @Slot()
    def _begin_formula(self) -> None:
        self._values = self._surface.values if self._surface is not None else {}
        self.formula_begun.emit()

    @Slot(str)
    def _type_formula(self, text: str) -> None:
        before, surface = self._section, self._surface
        self._values |= before.params
        domain = before.domain if before.formula is not None else None
        if isinstance(surface, Function):
            domain = DomainSection(w=surface.domain.w, b=surface.domain.b)
        params = {name: self._values[name] for name in program(text).names if name in self._values}
        self.formula_typed.emit(SurfaceSection(formula=text, params=params, domain=domain))

    @Slot(str)
    def _take_formula(self, text: str) -> None:
        self._typed_over = None
        self.formula_taken.emit(text)

    @Slot()
    def _leave_formula(self) -> None:
        over, self._typed_over = self._typed_over, None
        self.formula_left.emit()
        if over is not None and self._section == over:
            self.field.hide()
            self.formula.show()
            self.edit_formula.setVisible(over.function is not None)

    @Slot(str, object)
    def _param_edited(self, name: str, value: float) -> None:
        params = {**self._section.params, name: float(value)}
        self.edited.emit(msgspec.structs.replace(self._section, params=params))

    @Slot(object)
    def _domain_edited(self, domain: DomainSection | None) -> None:
        self.edited.emit(msgspec.structs.replace(self._section, domain=domain))

    @Slot(str, str)
    def _choose_model(self, model: str, loss: str) -> None:
        """Take another model or loss; weight and bias of another model mean something else."""
        before = self._section
        domain = before.domain if model == before.model else None
        weights = before.class_weight if LOSSES[loss].binary else None
        self.edited.emit(msgspec.structs.replace(before, model=model, loss=loss, domain=domain, class_weight=weights))

    @Slot(int)
    def _activated(self, index: int) -> None:
        self.chosen.emit(self.chooser.itemData(index))

    @Slot(bool)
    def _open(self, open_: bool) -> None:
        self.more.setVisible(open_)

    @staticmethod
    def _name(text: str) -> QLabel:
        label = QLabel(text)
        label.setProperty("quiet", True)
        return label

    @staticmethod
    def _button(text: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName("menu")
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(text)
        return button


def _told(row: str, section: SurfaceSection) -> bool:
    """Tell whether a row says something of a surface."""
    if row == "Surface":
        return section.function is not None
    return section.grid is not None if row in ("File", "Grid") else section.fitted


def _with_numbers(section: SurfaceSection) -> Expression | None:
    """Give a function or formula; None for other surfaces, and where its file has gone."""
    if section.source not in ("function", "formula"):
        return None
    try:
        surface = completed(section.building())
    except ExperimentError:
        # the backend says so
        return None
    return surface if isinstance(surface, Expression) else None
