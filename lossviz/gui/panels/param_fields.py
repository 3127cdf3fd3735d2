"""The named numbers of a surface as sliders with exact entries, made from the Params that it declares."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from lossviz.gui.form import ParamField
from lossviz.landscape.param import Param


class ParamFields(QWidget):
    """One ParamField below the other."""

    edited = Signal(str, object)
    """A name and its new value, as a person asks for it."""
    grasped = Signal()
    released = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields: dict[str, ParamField] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)

    def show_params(self, params: Sequence[Param], values: Mapping[str, float], as_typed: bool) -> None:
        """Show values; nothing is emitted.

        Parameters
        ----------
        params : sequence of Param
        values : mapping of str to float
        as_typed : bool
            Whether the names are a person's own, and written as they are.
        """
        before, self.fields = self.fields, {}
        for place, param in enumerate(params):
            field = before.get(param.name)
            if field is not None and _serves(field.param, param, values[param.name]):
                del before[param.name]
            else:
                field = ParamField(param, title=param.name if as_typed else "")
                field.edited.connect(self.edited)
                field.grasped.connect(self.grasped)
                field.released.connect(self.released)
            if self._column.indexOf(field) != place:
                self._column.insertWidget(place, field)
            field.show_value(values[param.name])
            self.fields[param.name] = field
        for field in before.values():
            self._column.removeWidget(field)
            field.hide()
            field.deleteLater()
        self.setVisible(bool(self.fields))


def _serves(shown: Param, param: Param, value: float) -> bool:
    """Tell whether a field can stay: the slider of a typed number, which has no range, keeps the one it had."""
    low, high = shown.shown
    return shown == param or (shown == replace(param, shown=shown.shown) and low <= value <= high)
