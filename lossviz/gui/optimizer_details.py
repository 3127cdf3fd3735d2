"""What the optimizer picker tells of an optimizer: its rule in symbols, what it is good and bad at, its source."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from lossviz.gui import theme
from lossviz.gui.optimizer_rows import library_classes, ways
from lossviz.landscape.param import Param
from lossviz.numerals import short
from lossviz.rules import CONVENTIONS, rule_class

LINES = {
    "Good": "What it is good at",
    "Bad": "What it is bad at",
    "Source": "Where it was published",
    "Libraries": "What libraries call it",
    "Defaults": "What its hyperparameters usually are",
}
"""Short names of what is told below the rule, and whole ones for who can't see it."""


class OptimizerDetails(QWidget):
    """Shows an optimizer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inner")
        self.title, self.formula = QLabel(), QLabel()
        theme.set_type(self.title, 14, QFont.Weight.DemiBold)
        theme.set_type(self.formula, 14)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(6)
        for label, name in ((self.title, "Name"), (self.formula, "Rule in symbols")):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setAccessibleName(name)
            column.addWidget(label)
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(1, 1)
        self.lines: dict[str, tuple[QLabel, QLabel]] = {}
        for row, (name, told) in enumerate(LINES.items()):
            label, text = QLabel(name), QLabel()
            label.setProperty("quiet", True)
            text.setTextFormat(Qt.TextFormat.PlainText)
            text.setWordWrap(True)
            text.setAccessibleName(told)
            grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(text, row, 1)
            self.lines[name] = label, text
        column.addLayout(grid)
        column.addStretch(1)

    def show_optimizer(self, name: str, convention: str) -> None:
        """Show an optimizer, its rule as that library has it."""
        rule = rule_class(name, convention)
        self.title.setText(rule.title)
        self.formula.setText(rule.formula)
        classes, defaults = "\n".join(library_classes(name)), "\n".join(_defaults(name, rule.params()))
        told = (rule.good, rule.bad, rule.source, classes, defaults)
        for (label, line), text in zip(self.lines.values(), told, strict=True):
            line.setText(text)
            label.setVisible(bool(text))
            line.setVisible(bool(text))


def _defaults(name: str, params: tuple[Param, ...]) -> list[str]:
    """Give a line for each hyperparameter: its default, or those of the libraries where they differ."""
    lines = []
    for param in params:
        usual: dict[str, list[str]] = {}
        for convention, rule in ways(name):
            found = next((other for other in rule.params() if other.name == param.name), None)
            if found is not None:
                usual.setdefault(_written(found), []).append(CONVENTIONS[convention])
        if len(usual) == 1:
            text = next(iter(usual))
        else:
            text = ", ".join(f"{value} ({', '.join(whose)})" for value, whose in usual.items())
        words = param.name.replace("_", " ")
        # the symbol of a switch is a word of its name
        lines.append(f"{words}: {text}" if param.switch else f"{words} {param.symbol}: {text}")
    return lines


def _written(param: Param) -> str:
    return ("on" if param.default else "off") if param.switch else short(float(param.default), 6)
