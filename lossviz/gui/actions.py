"""Actions: every wish with its text, keys and help, declared once; menus and the sheet of keys are made from them."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget


@dataclass(frozen=True)
class Declared:
    """One action.

    Parameters
    ----------
    text : str
        As in the menu.
    keys : tuple of str
        Shortcuts; the first one stands in the menu.
    group : str
        Where it stands in the sheet of keys.
    """

    text: str
    keys: tuple[str, ...]
    group: str


class Actions(QObject):
    """The actions of one window."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.window = window
        self.declared: list[tuple[Declared, QAction]] = []

    def add(
        self,
        menu: QMenu,
        text: str,
        slot: Callable[..., object],
        keys: str | tuple[str, ...] = (),
        told: str = "",
        *,
        checkable: bool = False,
        data: object = None,
    ) -> QAction:
        """Make an action and put it into a menu; with `data`, the slot is called with it."""
        sequence = (keys,) if isinstance(keys, str) else keys
        action = QAction(text, self.window)
        action.setShortcuts([QKeySequence(key) for key in sequence])
        action.setCheckable(checkable)
        action.setStatusTip(told)
        action.setToolTip(told or text.replace("&", "").rstrip("…"))
        if data is None:
            action.triggered.connect(slot)
        else:
            action.setData(data)
            action.triggered.connect(lambda _=False: slot(data))
        menu.addAction(action)
        menu.setToolTipsVisible(True)
        self.take(menu, action, sequence)
        return action

    def take(self, menu: QMenu, action: QAction, keys: tuple[str, ...]) -> None:
        """Put an action that something else has made among those of the sheet of keys."""
        text = action.text().replace("&", "")
        self.declared.append((Declared(text, keys, menu.title().replace("&", "")), action))
