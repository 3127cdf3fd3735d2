"""The hint beside a card's title: the fullest one that there is room for."""

from PySide6.QtGui import QFont

from lossviz.views.brushes import font, text_width
from lossviz.views.view import View

GAP = 12.0
"""Pixels between title and hint, at least."""


def fitting(view: View, *hints: str) -> str:
    """Give the first hint that fits beside the view's title, else the last one."""
    style, scale = view.style_, view.scale_
    title = text_width(view.heading.upper(), font(style.title * scale, QFont.Weight.DemiBold, 0.9 * scale))
    small = font(style.small * scale)
    room = view.rect().width() - title - (GAP + 1.0) * scale
    return next((hint for hint in hints if text_width(hint, small) <= room), hints[-1])
