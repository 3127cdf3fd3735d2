"""Clipboard: the picture and the numbers that are seen, to be pasted elsewhere."""

from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication, QImage, QPalette
from PySide6.QtWidgets import QWidget

from lossviz.gui.panels.card_frame import ViewCard
from lossviz.scene.frame import Frame

SHARP = 2.0
"""Device pixels for each pixel on the screen: it stays sharp on a slide."""

HEADER = ("run", "step", "w", "b", "loss", "dL/dw", "dL/db")


def copy_picture(widget: QWidget) -> None:
    """Copy a card or a part of the window as it is seen, without the hints that are meant for hands."""
    QGuiApplication.clipboard().setImage(picture(widget))


def copy_numbers(frame: Frame) -> None:
    """Copy where each shown run is at the step that is seen, as a table for a spreadsheet."""
    copy_table(numbers(frame))


def copy_table(text: str) -> None:
    """Copy a table with tabs between its columns."""
    QGuiApplication.clipboard().setText(text)


def picture(widget: QWidget) -> QImage:
    """Paint a widget with SHARP device pixels for each of its pixels; views as finely as in a file."""
    image = QImage(widget.size() * SHARP, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(SHARP)
    image.fill(widget.palette().color(QPalette.ColorRole.Window))
    cards = [widget] if isinstance(widget, ViewCard) else widget.findChildren(ViewCard)
    handed = [card for card in cards if card.view.hands]
    for card in handed:
        card.view.hands = False
    try:
        # by name: a graphics view has another method of that name
        QWidget.render(widget, image, QPoint(0, 0))
    finally:
        for card in handed:
            card.view.hands = True
    return image


def numbers(frame: Frame) -> str:
    """Write a tab-separated table: one line a run, exact numbers; a run that has ended stands at its last step."""
    lines = ["\t".join(HEADER)]
    for descent in frame.scene.shown:
        t = descent.trajectory
        row = min(frame.row, t.steps)
        values = (*t.path[row], t.losses[row], *t.gradients[row])
        lines.append("\t".join([descent.label, str(row), *(repr(float(value)) for value in values)]))
    return "\n".join(lines) + "\n"
