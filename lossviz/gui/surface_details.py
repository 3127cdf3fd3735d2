"""What the surface picker tells of a test function: formula, what it teaches, domain, params, source."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from lossviz.gui import theme
from lossviz.gui.panels.sheet import Line, Sheet
from lossviz.landscape.function import formula_of
from lossviz.landscape.function_file import Definition
from lossviz.landscape.param import Param
from lossviz.numerals import short


class SurfaceDetails(QWidget):
    """Shows a test function."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inner")
        self.title, self.formula, self.teaches, self.convention = (QLabel() for _ in range(4))
        theme.set_type(self.title, 14, QFont.Weight.DemiBold)
        italic = self.formula.font()
        italic.setItalic(True)
        self.formula.setFont(italic)
        theme.set_type(self.formula, 14)
        self.convention.setProperty("quiet", True)
        self.sheet = Sheet()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        names = ("Name", "Formula of the loss", "What it teaches", "What else to know")
        for label, name in zip((self.title, self.formula, self.teaches, self.convention), names, strict=True):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setAccessibleName(name)
            column.addWidget(label)
        column.addWidget(self.sheet)
        column.addStretch(1)

    def show_definition(self, definition: Definition) -> None:
        """Show a test function."""
        self.title.setText(definition.title)
        self.formula.setText(f"L(w, b) = {formula_of(definition)}")
        self.teaches.setText(definition.teaches)
        self.teaches.setVisible(bool(definition.teaches))
        self.convention.setText(definition.convention)
        self.convention.setVisible(bool(definition.convention))
        domain, known = definition.domain, len(definition.minima)
        lines = [Line("Domain", (f"w {_span(domain.w)}, b {_span(domain.b)}",))]
        lines += [Line(param.symbol, (_told(param),)) for param in definition.params]
        if known:
            lines.append(Line("Minima", (f"{known} known",)))
        if definition.source:
            lines.append(Line("Source", (definition.source,), quiet=True))
        self.sheet.show_lines(lines)


def _span(ends: tuple[float, float]) -> str:
    return f"{short(ends[0], 4)} to {short(ends[1], 4)}"


def _told(param: Param) -> str:
    name = param.name.replace("_", " ")
    value = f"{name} {short(float(param.default))}" if name != param.symbol else short(float(param.default))
    return f"{value}. {param.text}" if param.text else value
