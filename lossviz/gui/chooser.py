"""A combo box that cuts a text too long for it at a word's end with …, and tells the whole when it is pointed at."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QHelpEvent, QKeyEvent, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter, QToolTip


class Chooser(QComboBox):
    """A combo box that may be narrower than its texts; the wheel is its own only while it has the keys."""

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumContentsLength(6)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)

    @property
    def whole(self) -> str:
        """What is chosen, uncut."""
        return self.currentText() or self.placeholderText()

    @property
    def cut(self) -> bool:
        """Whether not all of it can be seen."""
        return self._elided() != self.whole

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the box with as much of the text as fits."""
        if self.isEditable():
            super().paintEvent(event)
            return
        painter = QStylePainter(self)
        option = self._option()
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        option.currentText = self._elided()
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()

    def event(self, event: QEvent) -> bool:
        """Tell the whole text before what the box is for."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and self.cut:
            QToolTip.showText(event.globalPos(), "\n".join(filter(None, (self.whole, self.toolTip()))), self)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave letters to the window, some of whose keys they are: what is chosen by them is seen in the open list."""
        if event.text().isprintable() and event.text().strip() and not self.isEditable():
            event.ignore()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to what is scrolled: nothing is chosen by passing over it."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def _option(self) -> QStyleOptionComboBox:
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        return option

    def _elided(self) -> str:
        field = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, self._option(), QStyle.SubControl.SC_ComboBoxEditField, self
        )
        # the style keeps a pixel free at both ends
        return self.fontMetrics().elidedText(self.whole, Qt.TextElideMode.ElideRight, field.width() - 2)
