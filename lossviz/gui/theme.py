"""Theme: the window in the colours of the pictures."""

from functools import cache

from PySide6.QtCore import QByteArray, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QWidget

from lossviz.gui.settings import THEMES, Settings
from lossviz.resources import resource
from lossviz.scene.style import CONTRAST, DARK, LIGHT, STYLES, Style, mixed
from lossviz.views.brushes import color, draw_shape, font, marker, pen


def system_style() -> Style:
    """Give the style that the desktop asks for; light where it says nothing."""
    hints = QGuiApplication.styleHints()
    if _wants_contrast():
        return CONTRAST
    scheme = hints.colorScheme()
    return DARK if scheme == Qt.ColorScheme.Dark else LIGHT


def _wants_contrast() -> bool:
    """Tell whether the desktop asks for high contrast: Qt says so since 6.10."""
    accessibility = getattr(QGuiApplication.styleHints(), "accessibility", None)
    hints = accessibility() if callable(accessibility) else None
    preference = getattr(hints, "contrastPreference", None)
    return callable(preference) and "High" in str(preference())


def set_type(widget: QWidget, pixels: float, weight: QFont.Weight = QFont.Weight.Normal, spacing: float = 0.0) -> None:
    """Give a widget type of its own, which grows with all the rest."""
    widget.setProperty("type", (pixels, int(weight), spacing))
    _set_type(widget)


def _set_type(widget: QWidget) -> None:
    pixels, weight, spacing = widget.property("type")
    zoom = QApplication.font().pixelSize() / LIGHT.text
    face = font(pixels * zoom, QFont.Weight(weight), spacing * zoom)
    face.setItalic(widget.font().italic())
    widget.setFont(face)


def mark(widget: QWidget, name: str, on: bool) -> None:
    """Set a property of a widget that the style sheet looks at: "wrong", "chosen"."""
    if bool(widget.property(name)) != on:
        widget.setProperty(name, on)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def chosen_style(settings: Settings) -> Style:
    """Give the style that a person has chosen; that of the desktop where none is."""
    name = settings.text("theme", THEMES, "system")
    return system_style() if name == "system" else STYLES[name]


def apply(application: QApplication, style: Style, zoom: float = 1.0) -> None:
    """Dress all widgets in a style."""
    if application.style().objectName().lower() != "fusion":
        application.setStyle("Fusion")
    application.setFont(font(style.text * zoom))
    application.setPalette(_palette(style))
    application.setStyleSheet(_sheet(style))
    for widget in application.allWidgets():
        if widget.property("type") is not None:
            _set_type(widget)


def _palette(style: Style) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette()
    pairs = {
        role.Window: style.ground,
        role.WindowText: style.ink,
        role.Base: style.card,
        role.AlternateBase: style.ground,
        role.Text: style.ink,
        role.Button: style.card,
        role.ButtonText: style.ink,
        role.BrightText: style.ink,
        role.Highlight: style.accent,
        role.HighlightedText: style.on_accent,
        role.Link: style.accent,
        role.ToolTipBase: style.card,
        role.ToolTipText: style.ink,
        role.PlaceholderText: style.quiet,
        role.Mid: style.hairline,
        role.Dark: style.hairline,
        role.Light: style.card,
    }
    for which, name in pairs.items():
        palette.setColor(which, QColor(name))
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(mixed(style.quiet, style.card, 0.4)))
    return palette


def _sheet(style: Style) -> str:
    s = style
    hover = mixed(s.card, s.accent, 0.10)
    chosen = mixed(s.card, s.accent, 0.13)
    edge = mixed(s.hairline, s.quiet, 0.35)
    arrow = resource("icons", f"chevron-down-{'dark' if s.is_dark else 'light'}.svg").as_posix()
    bad = "#c62828" if not s.is_dark else "#ff7b72"
    return f"""
    QMainWindow, QDialog, QWidget#column {{ background: {s.ground}; border: none; }}
    QScrollArea, QWidget#inner {{ background: transparent; border: none; }}
    QMenuBar {{ background: {s.ground}; padding: 2px 6px; }}
    QMenuBar::item {{ padding: 4px 9px; border-radius: 5px; background: transparent; }}
    QMenuBar::item:selected {{ background: {hover}; }}
    QMenu {{ background: {s.card}; border: 1px solid {s.hairline}; padding: 4px; }}
    QMenu::item {{ padding: 5px 26px 5px 22px; border-radius: 5px; }}
    QMenu::item:selected {{ background: {chosen}; }}
    QMenu::separator {{ height: 1px; background: {s.hairline}; margin: 4px 8px; }}
    QToolTip {{ background: {s.card}; color: {s.ink}; border: 1px solid {s.hairline}; padding: 5px 7px; }}
    QFrame#card {{ background: {s.card}; border: 1px solid {s.hairline}; border-radius: 8px; }}
    QLabel#title {{ color: {s.quiet}; }}
    QLabel[quiet="true"] {{ color: {s.quiet}; }}
    QFrame#trouble {{ background: {mixed(s.card, bad, 0.12)}; color: {s.ink};
                      border: 1px solid {mixed(s.card, bad, 0.5)}; border-radius: 6px; }}
    QFrame#question {{ background: {mixed(s.card, s.accent, 0.12)}; border: 1px solid {mixed(s.card, s.accent, 0.5)};
                       border-radius: 6px; }}
    QFrame#trouble QLabel, QFrame#question QLabel {{ background: transparent; border: none; }}
    QPushButton, QToolButton, QComboBox, QLineEdit, QSpinBox {{
        background: {s.card}; color: {s.ink}; border: 1px solid {edge}; border-radius: 6px; padding: 4px 8px;
        min-height: 18px; selection-background-color: {s.accent}; selection-color: {s.on_accent}; }}
    QPushButton:hover, QToolButton:hover, QComboBox:hover {{ background: {hover}; }}
    QPushButton:focus, QToolButton:focus, QComboBox:focus, QLineEdit:focus, QSpinBox:focus {{
        border: 2px solid {s.accent}; padding: 3px 7px; }}
    QPushButton#play, QPushButton#first {{ background: {s.accent}; color: {s.on_accent}; border: 1px solid {s.accent};
                        padding: 4px 16px; font-weight: 600; min-width: 58px; }}
    QPushButton#play:hover, QPushButton#first:hover {{ background: {mixed(s.accent, s.ink, 0.15)}; }}
    QPushButton#play:disabled {{ background: {mixed(s.ground, s.quiet, 0.25)}; color: {s.quiet}; border: none; }}
    QPushButton#play:focus, QPushButton#first:focus {{ border: 2px solid {s.ink}; padding: 3px 15px; }}
    QToolButton#bare, QToolButton#lock {{ border: 1px solid transparent; background: transparent; padding: 2px;
                                         min-height: 0; }}
    QToolButton#bare:hover, QToolButton#lock:hover {{ background: {hover}; }}
    QToolButton#lock:checked {{ background: {chosen}; }}
    QPushButton:disabled {{ color: {mixed(s.quiet, s.card, 0.45)}; border-color: {s.hairline}; }}
    QToolButton#bare:focus, QToolButton#lock:focus {{ border: 2px solid {s.accent}; padding: 1px; }}
    QLineEdit[wrong="true"], QComboBox[wrong="true"] {{ border: 2px solid {bad}; padding: 3px 7px; }}
    QLabel[wrong="true"] {{ color: {bad}; }}
    QComboBox QLineEdit {{ border: none; padding: 0; background: transparent; min-height: 0; }}
    QTableView {{ background: {s.card}; border: 1px solid {s.hairline}; border-radius: 6px;
                  gridline-color: {s.hairline}; }}
    QHeaderView {{ background: transparent; }}
    QHeaderView::section {{ background: {s.ground}; color: {s.ink}; border: none; padding: 4px 6px;
                            border-bottom: 1px solid {s.hairline}; border-right: 1px solid {s.hairline}; }}
    QProgressBar {{ background: {s.hairline}; border: none; border-radius: 3px; }}
    QProgressBar::chunk {{ background: {s.accent}; border-radius: 3px; }}
    QComboBox::drop-down {{ border: none; width: 20px; }}
    QComboBox::down-arrow {{ image: url("{arrow}"); width: 14px; height: 14px; }}
    QComboBox QAbstractItemView {{ background: {s.card}; border: 1px solid {s.hairline}; outline: none;
                                   selection-background-color: {chosen}; selection-color: {s.ink}; }}
    QSlider {{ min-height: 22px; }}
    QSlider::groove:horizontal {{ height: 4px; border-radius: 2px; background: {s.hairline}; }}
    QSlider::sub-page:horizontal {{ height: 4px; border-radius: 2px; background: {s.accent}; }}
    QSlider::handle:horizontal {{ width: 14px; height: 14px; margin: -5px 0; border-radius: 7px;
                                  background: {s.accent}; border: 1px solid {s.accent}; }}
    QSlider::handle:horizontal:hover {{ background: {mixed(s.accent, s.ink, 0.2)}; }}
    QSlider:focus {{ border: 1px solid {s.accent}; border-radius: 6px; }}
    QFrame#run {{ border: 1px solid transparent; border-radius: 6px; }}
    QFrame#run:hover {{ background: {hover}; }}
    QFrame#run[chosen="true"] {{ background: {chosen}; border: 1px solid {mixed(s.card, s.accent, 0.45)}; }}
    QFrame#run:focus {{ border: 2px solid {s.accent}; }}
    QScrollBar:vertical {{ background: transparent; width: 9px; margin: 0; }}
    QScrollBar::handle:vertical {{ background: {edge}; border-radius: 4px; min-height: 24px; }}
    QScrollBar:horizontal {{ background: transparent; height: 9px; margin: 0; }}
    QScrollBar::handle:horizontal {{ background: {edge}; border-radius: 4px; min-width: 24px; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; background: none; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ height: 0; background: none; }}
    """


@cache
def icon(name: str, colour: str, size: int = 18) -> QIcon:
    """Give a bundled icon in a colour."""
    text = resource("icons", f"{name}.svg").read_text(encoding="utf-8").replace("currentColor", colour)
    renderer = QSvgRenderer(QByteArray(text.encode()))
    made = QIcon()
    for ratio in (1, 2, 3):
        pixmap = QPixmap(QSize(size * ratio, size * ratio))
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        renderer.render(painter, QRectF(0, 0, size * ratio, size * ratio))
        painter.end()
        pixmap.setDevicePixelRatio(ratio)
        made.addPixmap(pixmap)
    return made


@cache
def marker_pixmap(number: int, style: Style, ratio: float, faint: bool = False) -> QPixmap:
    """Give a run's marker in its colour."""
    side = 16
    pixmap = QPixmap(round(side * ratio), round(side * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    colour = style.path(number)
    fill = None if faint else color(colour)
    draw_shape(painter, marker(number), QPointF(side / 2, side / 2), 5.2, fill, pen(colour, 1.4))
    painter.end()
    return pixmap
