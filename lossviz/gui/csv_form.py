"""The form of a table: which columns or formulas of them, in which units, with which model and loss."""

from collections.abc import Callable
from functools import partial

import msgspec
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLabel, QLineEdit, QWidget

from lossviz.experiment import SurfaceSection
from lossviz.experiment.from_table import formula_typed
from lossviz.gui import theme
from lossviz.gui.chooser import Chooser
from lossviz.landscape.datasets import Dataset
from lossviz.landscape.formula import ColumnFormula, FormulaError
from lossviz.landscape.losses import LOSSES
from lossviz.landscape.models import MODELS
from lossviz.landscape.units import unit_in_name

UNIT = 74


class FormulaField:
    """A column or a formula, its unit, and below them what is wrong with it.

    Parameters
    ----------
    title : str
        "Feature" or "Label".
    letter : str
        What the model calls it.
    grid : QGridLayout
    row : int
        The first of the two rows it takes.
    """

    def __init__(self, title: str, letter: str, grid: QGridLayout, row: int) -> None:
        self.letter = letter
        self.box = Chooser()
        self.box.setEditable(True)
        self.box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        # a completion would stand in the way of a formula
        self.box.setCompleter(None)  # type: ignore[arg-type]
        self.box.setAccessibleName(f"{title} {letter}")
        self.box.setToolTip(
            f"A column, or a formula of columns such as (age − 18)/10: {letter} in the model.<br>"
            "Allowed are numbers, columns, + − * / ** and brackets; a name of several words stands in `backquotes`."
        )
        self.box.setMaxVisibleItems(16)
        self.unit = QLineEdit()
        theme.set_sizes(self.unit, width=UNIT)
        self.unit.setMaxLength(24)
        self.unit.setPlaceholderText("unit")
        self.unit.setAccessibleName(f"Unit of the {title.lower()}'s column")
        self.name = QLabel(f"&{title} {letter}")
        self.name.setProperty("quiet", True)
        self.name.setBuddy(self.box)
        self.error = QLabel()
        self.error.setWordWrap(True)
        self.error.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_type(self.error, 12)
        self.error.setProperty("wrong", True)
        self.error.setAccessibleName(f"What is wrong with the {title.lower()}")
        self.error.hide()
        grid.addWidget(self.name, row, 0)
        grid.addWidget(self.box, row, 1)
        grid.addWidget(self.unit, row, 2)
        grid.addWidget(self.error, row + 1, 1, 1, 2)

    @property
    def edit(self) -> QLineEdit:
        """The line that is typed into."""
        line = self.box.lineEdit()
        assert line is not None
        return line

    def say(self, sentence: str) -> None:
        """Show what is wrong, or with "" nothing."""
        self.error.setText(sentence)
        self.error.setVisible(bool(sentence))
        theme.mark(self.box, "wrong", bool(sentence))


class CsvForm(QWidget):
    """Shows and edits what of a table is fitted."""

    chosen = Signal(object)
    """A SurfaceSection whose formulas can be read, as a person asks for it."""

    judged = Signal(bool)
    """What stands there was looked at; whether it can be read."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns: tuple[str, ...] = ()
        self._left_out: tuple[str, ...] = ()
        self._section: SurfaceSection | None = None
        self._units: dict[str, str] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(1, 1)
        self.feature = FormulaField("Feature", "x", grid, 0)
        self.label = FormulaField("Label", "y", grid, 2)
        self.model = self._chooser("&Model", "What predicts the label from weight, bias and feature", grid, 4)
        for name, model in MODELS.items():
            self.model.addItem(model.title[:1].upper() + model.title[1:], name)
            tip = f"prediction = {model.formula}"
            self.model.setItemData(self.model.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self.loss = self._chooser("L&oss", "What a wrong prediction costs", grid, 5)
        self.standardize = QCheckBox("&Standardise the feature")
        self.standardize.setToolTip(
            "Shift x to mean 0 and scale it to standard deviation 1:<br>a round valley in place of a long ravine"
        )
        grid.addWidget(self.standardize, 6, 1, 1, 2)
        for field in self.fields:
            field.edit.textEdited.connect(partial(self._typing, field))
            field.edit.editingFinished.connect(self._typed)
            field.box.activated.connect(self._picked)
            field.unit.editingFinished.connect(self._typed)
        self.model.activated.connect(self._model_chosen)
        self.loss.activated.connect(self._picked)
        self.standardize.clicked.connect(self._picked)

    @property
    def fields(self) -> tuple[FormulaField, FormulaField]:
        """The two formulas."""
        return self.feature, self.label

    @property
    def wrong(self) -> FormulaField | None:
        """The first formula that something is wrong with."""
        return next((field for field in self.fields if field.error.text()), None)

    @property
    def used(self) -> dict[str, str]:
        """The columns that the formulas use, each with its letter in the model."""
        letters: dict[str, str] = {}
        for field in self.fields:
            formula = self._formula(field)
            for name in formula.names if formula is not None else ():
                letters[name] = f"{letters[name]}, {field.letter}" if name in letters else field.letter
        return letters

    def show_section(self, section: SurfaceSection, data: Dataset) -> None:
        """Show what was chosen; nothing is emitted."""
        self._columns, self._left_out = data.columns, data.left_out
        self._section = section
        self._units = {name: unit_in_name(name)[1] for name in data.columns} | section.units
        for field, text in ((self.feature, section.feature), (self.label, section.label)):
            field.box.clear()
            field.box.addItems(list(data.columns))
            field.box.setCurrentIndex(field.box.findText(text, Qt.MatchFlag.MatchExactly))
            field.box.setEditText(text)
            # of a long one the beginning says most
            field.edit.setCursorPosition(0)
            field.say("")
        self.model.setCurrentIndex(self.model.findData(section.model))
        self._show_losses(section.loss)
        self.standardize.setChecked(section.standardize)
        self._show_units()

    def say(self, choice: str, sentence: str) -> bool:
        """Show what is wrong with a choice, in its place; tell whether it has one."""
        places = {"feature": self.feature, "label": self.label}
        if choice in places:
            places[choice].say(sentence)
        return choice in places

    def take(self) -> None:
        """Take what is being typed, as Enter does."""
        self._typed()

    def _chooser(self, title: str, tip: str, grid: QGridLayout, row: int) -> QComboBox:
        box = Chooser()
        box.setAccessibleName(title.replace("&", ""))
        box.setToolTip(tip)
        name = QLabel(title)
        name.setProperty("quiet", True)
        name.setBuddy(box)
        grid.addWidget(name, row, 0)
        grid.addWidget(box, row, 1, 1, 2)
        return box

    def _show_losses(self, loss: str | None) -> None:
        names = MODELS[self.model.currentData()].losses
        self.loss.clear()
        for name in names:
            title = LOSSES[name].title
            self.loss.addItem(title[:1].upper() + title[1:], name)
            self.loss.setItemData(self.loss.count() - 1, LOSSES[name].formula, Qt.ItemDataRole.ToolTipRole)
        self.loss.setCurrentIndex(max(0, self.loss.findData(loss)))
        # one alone is no choice
        self.loss.setEnabled(len(names) > 1)

    def _show_units(self) -> None:
        """Show the units of the columns that the formulas are of."""
        for field in self.fields:
            column = self._column(field)
            field.unit.setEnabled(column is not None)
            field.unit.setToolTip(
                f"The unit of {column}, such as kg or years; empty: none" if column else "One column alone has a unit"
            )
            if not field.unit.isModified() or column is None:
                field.unit.setText(self._units.get(column or "", ""))

    def _formula(self, field: FormulaField) -> ColumnFormula | None:
        try:
            return ColumnFormula(formula_typed(field.box.currentText(), self._columns), self._columns)
        except FormulaError:
            return None

    def _column(self, field: FormulaField) -> str | None:
        """Give the one column that a formula is affine in."""
        formula = self._formula(field)
        line = formula.affine() if formula is not None else None
        return line.column if line is not None else None

    def _typing(self, field: FormulaField, text: str) -> None:
        """Take a formula as soon as it can be read; before, it may be on its way to one."""
        field.say("")
        self._choose(silent=True)

    @Slot()
    def _typed(self) -> None:
        self._choose(silent=False)

    @Slot()
    def _picked(self) -> None:
        self._choose(silent=False)

    @Slot()
    def _model_chosen(self) -> None:
        self._show_losses(None)
        self._choose(silent=False)

    def _choose(self, silent: bool) -> None:
        if self._section is not None:
            self.judged.emit(self._ask(self._section, silent))

    def _ask(self, before: SurfaceSection, silent: bool) -> bool:
        """Ask for what stands there now, if it can be read and is something else than before; tell whether it can."""
        say: Callable[[FormulaField, str], None] = (lambda field, sentence: None) if silent else FormulaField.say
        formulas: list[str] = []
        for field in self.fields:
            text = formula_typed(field.box.currentText(), self._columns)
            try:
                formula = ColumnFormula(text, self._columns, self._left_out)
            except FormulaError as error:
                sentence = str(error)
                say(field, sentence[:1].upper() + sentence[1:])
                continue
            if not formula.names:
                say(field, "It uses no column.")
                continue
            formulas.append(text)
        if len(formulas) < 2:
            return False
        for field in self.fields:
            column = self._column(field)
            if column is not None and field.unit.isModified():
                self._units[column] = field.unit.text().strip()
            field.unit.setModified(False)
        self._show_units()
        columns = [column for field in self.fields if (column := self._column(field)) is not None]
        section = msgspec.structs.replace(
            before,
            feature=formulas[0],
            label=formulas[1],
            units={column: unit for column in columns if (unit := self._units.get(column, ""))},
            model=self.model.currentData(),
            loss=self.loss.currentData(),
            standardize=self.standardize.isChecked(),
        )
        for field in self.fields:
            field.say("")
        if section != before:
            self._section = section
            self.chosen.emit(section)
        return True
