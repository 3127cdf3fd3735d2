"""Preferences: what a person likes, applied at once and remembered."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QPushButton, QWidget

from lossviz.gui.chooser import Chooser
from lossviz.gui.menus import THEME_TEXTS
from lossviz.gui.settings import DECIMALS, LEVELS, THEMES, ZOOMS

if TYPE_CHECKING:
    from lossviz.gui.main_window import MainWindow


class Preferences(QWidget):
    """Shows and changes the settings of a window."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__()
        self.window_ = window
        settings = window.settings
        form = QFormLayout(self)
        self.theme = self._choice([(THEME_TEXTS[name][0].replace("&", ""), name) for name in THEMES])
        self.theme.setCurrentIndex(THEMES.index(settings.text("theme", THEMES, "system")))
        self.theme.activated.connect(self._theme)
        self._row(form, "Theme", self.theme, "Light, dark, high contrast, or as the desktop is")
        self.zoom = self._choice([(f"{100 * zoom:.0f} %", zoom) for zoom in ZOOMS])
        near = min(range(len(ZOOMS)), key=lambda i: abs(ZOOMS[i] - window.zoom))
        self.zoom.setCurrentIndex(near)
        self.zoom.activated.connect(self._zoom)
        self._row(form, "Size of text", self.zoom, "For the last row of the room: 150 % and more")
        self.level = self._choice([(level.capitalize(), level) for level in LEVELS])
        self.level.setCurrentIndex(LEVELS.index(settings.text("level", LEVELS, "numbers")))
        self.level.activated.connect(self._level)
        self._row(form, "Explanations", self.level, "Plain words, numbers, or formulas with the numbers put in")
        self.decimal = self._choice([("As the desktop", "system"), ("Point: 0.71", "point"), ("Comma: 0,71", "comma")])
        self.decimal.setCurrentIndex(DECIMALS.index(settings.text("decimal", DECIMALS, "system")))
        self.decimal.activated.connect(self._decimal)
        self._row(form, "Decimal sign", self.decimal, "How numbers are written, from the next start of lossviz on")
        self.calm = QCheckBox("Computed steps alone, no movement between them")
        self.calm.setChecked(window.player.calm)
        self.calm.toggled.connect(self._calm)
        self._row(form, "Reduced motion", self.calm, "Nothing hops, and nothing plays by itself")
        self.greeting = QCheckBox("Play once when nobody does anything")
        self.greeting.setChecked(settings.switch("greeting", True))
        self.greeting.toggled.connect(self._greeting)
        self._row(form, "At the start", self.greeting, "Two seconds after the window has opened")
        self.forget = QPushButton("Forget recent files")
        self.forget.setAccessibleName("Forget recent files")
        self.forget.clicked.connect(self._forget)
        form.addRow("", self.forget)

    def showEvent(self, event: QShowEvent) -> None:
        """Show what was chosen elsewhere meanwhile."""
        super().showEvent(event)
        self.theme.setCurrentIndex(THEMES.index(self.window_.settings.text("theme", THEMES, "system")))
        self.zoom.setCurrentIndex(min(range(len(ZOOMS)), key=lambda i: abs(ZOOMS[i] - self.window_.zoom)))

    @staticmethod
    def _choice(items: list[tuple[str, object]]) -> QComboBox:
        box = Chooser()
        for text, value in items:
            box.addItem(text, value)
        return box

    @staticmethod
    def _row(form: QFormLayout, name: str, field: QWidget, tip: str) -> None:
        field.setAccessibleName(name)
        field.setToolTip(tip)
        form.addRow(name, field)

    @Slot(int)
    def _theme(self, index: int) -> None:
        self.window_.choose_theme(THEMES[index])

    @Slot(int)
    def _zoom(self, index: int) -> None:
        self.window_.choose_zoom(ZOOMS[index])

    @Slot(int)
    def _level(self, index: int) -> None:
        if self.window_.furniture is not None:
            self.window_.furniture.choose_level(LEVELS[index])

    @Slot(int)
    def _decimal(self, index: int) -> None:
        self.window_.settings.keep("decimal", DECIMALS[index])

    @Slot(bool)
    def _calm(self, on: bool) -> None:
        self.window_.settings.keep("calm", on)
        self.window_.player.calm = on

    @Slot(bool)
    def _greeting(self, on: bool) -> None:
        self.window_.settings.keep("greeting", on)

    @Slot()
    def _forget(self) -> None:
        self.window_.settings.forget_recent()
        self.window_.document.changed.emit()
