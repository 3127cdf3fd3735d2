"""Theme: the window in the colours of the pictures."""

from functools import cache

from PySide6.QtCore import QByteArray, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

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


def zoom() -> float:
    """Give how much larger than usual everything is written and drawn."""
    return QApplication.font().pixelSize() / LIGHT.text


def scaled(pixels: float) -> int:
    """Give pixels that grow with the type."""
    return round(pixels * zoom())


def within_screen(width: int, height: int) -> QSize:
    """Give a size that grows with the type, but not beyond the screen."""
    room = QGuiApplication.primaryScreen().availableGeometry()
    return QSize(min(scaled(width), room.width() - 40), min(scaled(height), room.height() - 80))


def set_sizes(
    widget: QWidget,
    *,
    width: int | None = None,
    least_width: int | None = None,
    least_height: int | None = None,
    icon: int | None = None,
) -> None:
    """Give a widget sizes of its own, in pixels which grow with all the rest."""
    sizes = {"width": width, "least_width": least_width, "least_height": least_height, "icon": icon}
    widget.setProperty("sizes", {name: size for name, size in sizes.items() if size is not None})
    _set_sizes(widget)


def _set_sizes(widget: QWidget) -> None:
    sizes = {name: scaled(size) for name, size in widget.property("sizes").items()}
    if "width" in sizes:
        widget.setFixedWidth(sizes["width"])
    if "least_width" in sizes:
        widget.setMinimumWidth(sizes["least_width"])
    if "least_height" in sizes:
        widget.setMinimumHeight(sizes["least_height"])
    if "icon" in sizes and isinstance(widget, QAbstractButton):
        widget.setIconSize(QSize(sizes["icon"], sizes["icon"]))


def set_type(widget: QWidget, pixels: float, weight: QFont.Weight = QFont.Weight.Normal, spacing: float = 0.0) -> None:
    """Give a widget type of its own, which grows with all the rest."""
    widget.setProperty("type", (pixels, int(weight), spacing))
    _set_type(widget)


def _set_type(widget: QWidget) -> None:
    pixels, weight, spacing = widget.property("type")
    face = font(pixels * zoom(), QFont.Weight(weight), spacing * zoom())
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


def apply(application: QApplication, style: Style, size: float = 1.0) -> None:
    """Dress all widgets in a style, `size` times as large as usual."""
    if application.style().objectName().lower() != "fusion":
        application.setStyle("Fusion")
    application.setFont(font(style.text * size))
    application.setPalette(_palette(style))
    application.setStyleSheet(_sheet(style))
    for widget in application.allWidgets():
        if widget.property("type") is not None:
            _set_type(widget)
        if widget.property("sizes") is not None:
            _set_sizes(widget)


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


def wrong_colour(dark: bool) -> str:
    """Give the colour of what is wrong, on light or dark."""
    return "#ff7b72" if dark else "#c62828"


def _sheet(style: Style) -> str:
    s, px = style, scaled
    hover = mixed(s.card, s.accent, 0.10)
    chosen = mixed(s.card, s.accent, 0.13)
    edge = mixed(s.hairline, s.quiet, 0.35)
    arrow = resource("icons", f"chevron-down-{'dark' if s.is_dark else 'light'}.svg").as_posix()
    check = resource("icons", f"check-{'dark' if s.is_dark else 'light'}.svg").as_posix()
    bad = wrong_colour(s.is_dark)
    return f"""
    QMainWindow, QDialog, QWidget#column {{ background: {s.ground}; border: none; }}
    QScrollArea, QWidget#inner {{ background: transparent; border: none; }}
    QMenuBar {{ background: {s.ground}; padding: 2px {px(6)}px; }}
    QMenuBar::item {{ padding: {px(4)}px {px(9)}px; border-radius: {px(5)}px; background: transparent; }}
    QMenuBar::item:selected {{ background: {hover}; }}
    QMenu {{ background: {s.card}; border: 1px solid {s.hairline}; padding: {px(4)}px; }}
    QMenu::item {{ padding: {px(5)}px {px(26)}px {px(5)}px {px(22)}px; border-radius: {px(5)}px; }}
    QMenu::item:selected {{ background: {chosen}; }}
    QMenu::separator {{ height: 1px; background: {s.hairline}; margin: {px(4)}px {px(8)}px; }}
    QToolTip {{ background: {s.card}; color: {s.ink}; border: 1px solid {s.hairline}; padding: {px(5)}px {px(7)}px; }}
    QFrame#card {{ background: {s.card}; border: 1px solid {s.hairline}; border-radius: {px(8)}px; }}
    QLabel#title {{ color: {s.quiet}; }}
    QLabel[quiet="true"] {{ color: {s.quiet}; }}
    QFrame#trouble {{ background: {mixed(s.card, bad, 0.12)}; color: {s.ink};
                      border: 1px solid {mixed(s.card, bad, 0.5)}; border-radius: {px(6)}px; }}
    QFrame#question {{ background: {mixed(s.card, s.accent, 0.12)}; border: 1px solid {mixed(s.card, s.accent, 0.5)};
                       border-radius: {px(6)}px; }}
    QFrame#trouble QLabel, QFrame#question QLabel {{ background: transparent; border: none; }}
    QPushButton, QToolButton, QComboBox, QLineEdit, QSpinBox {{
        background: {s.card}; color: {s.ink}; border: 1px solid {edge}; border-radius: {px(6)}px;
        padding: {px(4)}px {px(8)}px; min-height: {px(18)}px;
        selection-background-color: {s.accent}; selection-color: {s.on_accent}; }}
    QPushButton:hover, QToolButton:hover, QComboBox:hover {{ background: {hover}; }}
    QPushButton:focus, QToolButton:focus, QComboBox:focus, QLineEdit:focus, QSpinBox:focus {{
        border: 2px solid {s.accent}; padding: {px(4) - 1}px {px(8) - 1}px; }}
    QPushButton:checked {{ background: {chosen}; border-color: {mixed(s.card, s.accent, 0.6)}; }}
    QPushButton#play, QPushButton#first {{ background: {s.accent}; color: {s.on_accent}; border: 1px solid {s.accent};
                        padding: {px(4)}px {px(16)}px; font-weight: 600; min-width: {px(58)}px; }}
    QPushButton#play:hover, QPushButton#first:hover {{ background: {mixed(s.accent, s.ink, 0.15)}; }}
    QPushButton#play:disabled {{ background: {mixed(s.ground, s.quiet, 0.25)}; color: {s.quiet}; border: none; }}
    QPushButton#play:focus, QPushButton#first:focus {{ border: 2px solid {s.ink};
                                                       padding: {px(4) - 1}px {px(16) - 1}px; }}
    QToolButton#bare, QToolButton#lock {{ border: 1px solid transparent; background: transparent; padding: 2px;
                                         min-height: 0; }}
    QToolButton#bare:hover, QToolButton#lock:hover {{ background: {hover}; }}
    QToolButton#lock:checked {{ background: {chosen}; }}
    QPushButton:disabled {{ color: {mixed(s.quiet, s.card, 0.45)}; border-color: {s.hairline}; }}
    QToolButton#bare:focus, QToolButton#lock:focus {{ border: 2px solid {s.accent}; padding: 1px; }}
    QLineEdit[wrong="true"], QComboBox[wrong="true"] {{ border: 2px solid {bad};
                                                        padding: {px(4) - 1}px {px(8) - 1}px; }}
    QLabel[wrong="true"] {{ color: {bad}; }}
    QPlainTextEdit#formula {{ background: {s.card}; color: {s.ink}; border: 1px solid {edge};
                              border-radius: {px(6)}px; padding: 1px {px(4)}px;
                              selection-background-color: {s.accent}; selection-color: {s.on_accent}; }}
    QPlainTextEdit#formula:focus {{ border: 2px solid {s.accent}; padding: 0 {px(4) - 1}px; }}
    QPlainTextEdit#formula[wrong="true"] {{ border: 2px solid {bad}; padding: 0 {px(4) - 1}px; }}
    QToolButton#menu {{ padding: 0 {px(7)}px; min-height: {px(16)}px; margin: 0; }}
    QToolButton#menu:focus {{ padding: 0 {px(7) - 1}px; min-height: {px(16) - 2}px; }}
    QToolButton#menu:checked {{ background: {chosen}; border-color: {mixed(s.card, s.accent, 0.6)}; }}
    QToolButton#menu:disabled {{ color: {mixed(s.quiet, s.card, 0.45)}; border-color: {s.hairline}; }}
    QToolButton#menu::menu-indicator {{ image: none; width: 0; }}
    QComboBox QLineEdit {{ border: none; padding: 0; background: transparent; min-height: 0; }}
    QTableView {{ background: {s.card}; border: 1px solid {s.hairline}; border-radius: {px(6)}px;
                  gridline-color: {s.hairline}; }}
    QTableView#minima {{ border: none; background: transparent; selection-background-color: {chosen};
                         selection-color: {s.ink}; outline: none; }}
    QTableView#minima::item {{ padding: 0 {px(4)}px; }}
    QTableView#minima:focus {{ border: 2px solid {s.accent}; }}
    QTableView#minima QHeaderView::section {{ background: {s.card}; color: {s.quiet}; border-right: none;
                                               padding: {px(3)}px {px(4)}px; }}
    QListView#picker {{ background: {s.card}; border: 1px solid {s.hairline}; border-radius: {px(6)}px;
                          outline: none; }}
    QListView#picker:focus {{ border: 1px solid {s.accent}; }}
    QHeaderView {{ background: transparent; }}
    QHeaderView::section {{ background: {s.ground}; color: {s.ink}; border: none; padding: {px(4)}px {px(6)}px;
                            border-bottom: 1px solid {s.hairline}; border-right: 1px solid {s.hairline}; }}
    QProgressBar {{ background: {s.hairline}; border: none; border-radius: {px(3)}px; }}
    QProgressBar::chunk {{ background: {s.accent}; border-radius: {px(3)}px; }}
    QComboBox::drop-down {{ border: none; width: {px(20)}px; }}
    QComboBox::down-arrow {{ image: url("{arrow}"); width: {px(14)}px; height: {px(14)}px; }}
    QComboBox QAbstractItemView {{ background: {s.card}; border: 1px solid {s.hairline}; outline: none;
                                   selection-background-color: {chosen}; selection-color: {s.ink}; }}
    QCheckBox {{ spacing: {px(6)}px; }}
    QCheckBox::indicator {{ width: {px(14)}px; height: {px(14)}px; background: {s.card};
                            border: 1px solid {mixed(s.hairline, s.quiet, 0.7)}; border-radius: {px(4)}px; }}
    QCheckBox::indicator:checked {{ background: {s.accent}; border-color: {s.accent}; image: url("{check}"); }}
    QCheckBox::indicator:focus {{ border: 2px solid {s.accent}; width: {px(14) - 2}px; height: {px(14) - 2}px; }}
    QCheckBox::indicator:checked:focus {{ border-color: {s.ink}; }}
    QSlider {{ min-height: {px(22)}px; }}
    QSlider::groove:horizontal {{ height: {px(4)}px; border-radius: 2px; background: {s.hairline}; }}
    QSlider::sub-page:horizontal {{ height: {px(4)}px; border-radius: 2px; background: {s.accent}; }}
    QSlider::handle:horizontal {{ width: {px(14)}px; height: {px(14)}px; margin: -{px(5)}px 0; border-radius: {px(7)}px;
                                  background: {s.accent}; border: 1px solid {s.accent}; }}
    QSlider::handle:horizontal:hover {{ background: {mixed(s.accent, s.ink, 0.2)}; }}
    QSlider:focus {{ border: 1px solid {s.accent}; border-radius: {px(6)}px; }}
    QFrame#run {{ border: 1px solid transparent; border-radius: {px(6)}px; }}
    QFrame#run:hover {{ background: {hover}; }}
    QFrame#run[chosen="true"] {{ background: {chosen}; border: 1px solid {mixed(s.card, s.accent, 0.45)}; }}
    QFrame#run:focus {{ border: 2px solid {s.accent}; }}
    QScrollBar:vertical {{ background: transparent; width: {px(9)}px; margin: 0; }}
    QScrollBar::handle:vertical {{ background: {edge}; border-radius: {px(4)}px; min-height: {px(24)}px; }}
    QScrollBar[reached="true"]::handle:vertical {{ background: {s.accent}; }}
    QScrollBar:horizontal {{ background: transparent; height: {px(9)}px; margin: 0; }}
    QScrollBar::handle:horizontal {{ background: {edge}; border-radius: {px(4)}px; min-width: {px(24)}px; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; background: none; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ height: 0; background: none; }}
    """


def icon(name: str, colour: str, size: int = 18) -> QIcon:
    """Give a bundled icon in a colour, as large as the type asks for."""
    return _icon(name, colour, scaled(size))


@cache
def _icon(name: str, colour: str, size: int) -> QIcon:
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


def marker_pixmap(number: int, style: Style, ratio: float, faint: bool = False) -> QPixmap:
    """Give a run's marker in its colour, as large as the type asks for."""
    return _marker_pixmap(number, style, ratio, faint, scaled(16))


@cache
def _marker_pixmap(number: int, style: Style, ratio: float, faint: bool, side: int) -> QPixmap:
    pixmap = QPixmap(round(side * ratio), round(side * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    colour = style.path(number)
    fill = None if faint else color(colour)
    draw_shape(painter, marker(number), QPointF(side / 2, side / 2), 0.325 * side, fill, pen(colour, side / 11.4))
    painter.end()
    return pixmap
