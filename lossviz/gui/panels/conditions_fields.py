"""The editors of conditions, made from their Params: numbers that may be left out, switches, words, rows of numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from lossviz.gui import theme
from lossviz.gui.chooser import Chooser
from lossviz.gui.form import NAME, NumberEntry, ParamField, parsed
from lossviz.gui.panels.flow import Flow
from lossviz.landscape.param import Param
from lossviz.numerals import decimal_sign, listed, short
from lossviz.rules.schedules.params import Choice, Numbers, Optional


class NumberField(ParamField):
    """A number or a switch."""

    def show_condition(self, value: Any, begin: Any) -> None:
        """Show a value; nothing is emitted."""
        self.show_value(value)


class OptionalField(QWidget):
    """A number that may be left out: a box to tick, and beside it the number, or what holds without."""

    edited = Signal(str, object)
    grasped = Signal()
    released = Signal()

    def __init__(self, param: Optional, begin: Any, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.param, self._begin, self._value = param, begin, None
        title = title or param.name.replace("_", " ").capitalize()
        self.tick = QCheckBox()
        self.tick.setAccessibleName(title)
        self.tick.clicked.connect(self._ticked)
        self.field = NumberField(_without_absence(param, begin), title=title)
        self.field.edited.connect(self.edited)
        self.field.grasped.connect(self.grasped)
        self.field.released.connect(self.released)
        self.absent = QLabel(f"{title}: {param.absent}")
        self.absent.setProperty("quiet", True)
        self.absent.setWordWrap(True)
        self.wrong = _sentence()
        self.setToolTip(self.field.toolTip())
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.tick, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.field, 1)
        row.addWidget(self.absent, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self.wrong)
        self.show_condition(None, begin)

    def show_condition(self, value: Any, begin: Any) -> None:
        """Show a value or None, and with which one it begins; nothing is emitted."""
        self._begin, self._value = begin, value
        self.tick.setChecked(value is not None)
        # beside the first line of the field
        self.tick.setMinimumHeight(self.field.entry.sizeHint().height() if value is not None else 0)
        self.field.setVisible(value is not None)
        self.absent.setVisible(value is None)
        if value is not None:
            self.field.show_value(value)
        _tell(self.wrong, "")

    def refuse(self, value: Any, sentence: str) -> None:
        """Say why a number can't be, at the number, or at the box where there is none yet."""
        if value is not None:
            self.field.refuse(value, sentence)
        else:
            self.show_condition(None, self._begin)
            _tell(self.wrong, sentence)

    @Slot(bool)
    def _ticked(self, on: bool) -> None:
        self.tick.setChecked(self._value is not None)
        self.edited.emit(self.param.name, self._begin if on else None)


class ChoiceField(QWidget):
    """One of a few words."""

    edited = Signal(str, object)
    grasped = Signal()
    released = Signal()

    def __init__(self, param: Choice, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.param = param
        title = title or param.name.replace("_", " ").capitalize()
        self.box = Chooser()
        self.box.setAccessibleName(title)
        self.box.setToolTip(param.text)
        self.box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        for option in param.options:
            self.box.addItem(option.replace("_", " "), option)
        self.box.activated.connect(self._activated)
        self.wrong = _sentence()
        _in_rows(self, _named(title, self.box), self.box, self.wrong)

    def show_condition(self, value: Any, begin: Any) -> None:
        """Show a word; nothing is emitted."""
        self.box.setCurrentIndex(self.box.findData(value))
        _tell(self.wrong, "")

    def refuse(self, value: Any, sentence: str) -> None:
        """Say why a word can't be."""
        self.show_condition(value, None)
        _tell(self.wrong, sentence)

    @Slot(int)
    def _activated(self, index: int) -> None:
        self.edited.emit(self.param.name, self.box.itemData(index))


class NumbersField(QWidget):
    """A row of numbers on one line; an empty one where they may be left out."""

    edited = Signal(str, object)
    grasped = Signal()
    released = Signal()

    def __init__(self, param: Numbers, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.param, self._value = param, None
        title = title or param.name.replace("_", " ").capitalize()
        self.entry = NumberEntry()
        self.entry.setAccessibleName(title)
        self.entry.setPlaceholderText(param.absent)
        example = listed(("60", "120") if param.whole else (short(0.5), short(0.1)))
        empty = f"; empty: {param.absent}" if param.absent else ""
        self.entry.setToolTip(f"{param.text}<br>Several numbers such as {example}{empty}")
        theme.set_sizes(self.entry, least_width=80)
        self.entry.editingFinished.connect(self._typed)
        self.entry.textEdited.connect(self._typing)
        self.wrong = _sentence()
        _in_rows(self, _named(title, self.entry), self.entry, self.wrong)

    def show_condition(self, value: Any, begin: Any) -> None:
        """Show the numbers; nothing is emitted."""
        self._value = value
        if not (self.entry.hasFocus() and self.entry.isModified()):
            self.entry.show_text("" if value is None else listed(short(number, 6) for number in value))
            self.entry.setModified(False)
        self._mark("")

    def refuse(self, value: Any, sentence: str) -> None:
        """Say why the numbers can't be."""
        self._value = value
        self._mark(sentence)

    @Slot()
    def _typing(self) -> None:
        self._mark("")

    @Slot()
    def _typed(self) -> None:
        if not self.entry.isModified():
            return
        try:
            value = self.param.check(_numbers(self.entry.text()) or None)
        except (TypeError, ValueError) as error:
            self._mark(for_people(str(error)))
            return
        self.entry.setModified(False)
        self._mark("")
        if value != self._value:
            self.edited.emit(self.param.name, value)

    def _mark(self, sentence: str) -> None:
        theme.mark(self.entry, "wrong", bool(sentence))
        _tell(self.wrong, sentence)


AnyField = NumberField | OptionalField | ChoiceField | NumbersField


class ConditionFields(QWidget):
    """One editor below the other."""

    edited = Signal(str, object)
    """A name and its new value, as a person asks for it."""
    grasped = Signal()
    released = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields: dict[str, AnyField] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)

    def show_conditions(
        self,
        params: Sequence[Param],
        values: Mapping[str, Any],
        begins: Mapping[str, Any] | None = None,
        titles: Mapping[str, str] | None = None,
    ) -> None:
        """Show conditions; nothing is emitted.

        Parameters
        ----------
        params : sequence of Param
        values : mapping of str to value
        begins : mapping of str to value, optional
            With which value what is left out begins; default: the middle of its slider.
        titles : mapping of str to str, optional
            What a condition is called, where its name in words does not do.
        """
        before, self.fields = self.fields, {}
        for place, param in enumerate(params):
            begin = (begins or {}).get(param.name)
            begin = _middle(param) if begin is None else begin
            field = before.get(param.name)
            if field is not None and field.param == param:
                del before[param.name]
            else:
                field = _made(param, begin, (titles or {}).get(param.name, ""))
                field.edited.connect(self.edited)
                field.grasped.connect(self.grasped)
                field.released.connect(self.released)
            if self._column.indexOf(field) != place:
                self._column.insertWidget(place, field)
            field.show_condition(values[param.name], begin)
            self.fields[param.name] = field
        for field in before.values():
            # what is typed in it was meant for what was there before
            field.blockSignals(True)
            self._column.removeWidget(field)
            field.hide()
            field.deleteLater()


def _made(param: Param, begin: Any, title: str) -> AnyField:
    if isinstance(param, Optional):
        return OptionalField(param, begin, title)
    if isinstance(param, Numbers):
        return NumbersField(param, title)
    return ChoiceField(param, title) if isinstance(param, Choice) else NumberField(param, title=title)


def _without_absence(param: Optional, begin: Any) -> Param:
    """Give the Param of the number alone, which has a default."""
    told = {field.name: getattr(param, field.name) for field in fields(Param)}
    return Param(**told | {"default": begin})


def _middle(param: Param) -> Any:
    """Give a round number in the middle of the slider."""
    low, high = param.shown
    middle = (low * high) ** 0.5 if param.log and low > 0.0 else (low + high) / 2.0
    return round(middle) if param.whole else float(f"{middle:.1g}")


def _numbers(text: str) -> list[float]:
    """Read numbers as people type them: ``60, 120``, ``0.5 0.1``; ``0,5; 0,1`` where a comma is the decimal sign.

    Raises
    ------
    ValueError
        If one is none.
    """
    if ";" in text:
        parts = text.split(";")
    else:
        # a comma parts them, unless a digit follows it where it may be a decimal sign
        between = ", " if decimal_sign() == "," else ","
        parts = text.replace(between, " ").split()
    found = []
    for part in filter(None, map(str.strip, parts)):
        number = parsed(part)
        if number is None:
            raise ValueError(f"Numbers are expected, such as {listed(('60', '120'))}; found “{part}”.")
        found.append(number)
    return found


def for_people(sentence: str) -> str:
    """Give a sentence that begins with a name of the API as a person reads it."""
    sentence = sentence.replace("_", " ")
    return sentence[:1].upper() + sentence[1:]


def _named(title: str, widget: QWidget) -> QLabel:
    name = QLabel(title)
    name.setProperty("quiet", True)
    name.setBuddy(widget)
    theme.set_sizes(name, least_width=NAME)
    return name


def _in_rows(field: QWidget, name: QWidget, editor: QWidget, wrong: QWidget) -> None:
    """Put an editor beside its name, or below where there is little room, and below both what is wrong."""
    row = Flow(spacing=6)
    row.add(name)
    row.add(editor)
    column = QVBoxLayout(field)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(2)
    column.addLayout(row)
    column.addWidget(wrong)


def _sentence() -> QLabel:
    label = QLabel()
    label.setProperty("wrong", True)
    label.setWordWrap(True)
    theme.set_type(label, 12)
    label.hide()
    return label


def _tell(label: QLabel, sentence: str) -> None:
    label.setText(sentence)
    label.setVisible(bool(sentence))
