"""View: what all views share. A view draws a Frame; it decides nothing and emits nothing while being set."""

from typing import TYPE_CHECKING, ClassVar

import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal

from lossviz.scene.frame import Frame
from lossviz.scene.style import Style

if TYPE_CHECKING:
    from lossviz.views.handle import Handle


class View(pg.GraphicsWidget):
    """A picture of a Frame, as a graphics widget: in a card of the window, or off-screen in a file.

    Parameters
    ----------
    style : Style
    scale : float
        All sizes are multiplied by it: 1 on a screen, more for a large picture.
    """

    title: ClassVar[str] = ""
    hovered = Signal(str)
    """What lies under the hand, in one line; "" when it left."""

    def __init__(self, style: Style, scale: float = 1.0) -> None:
        super().__init__()
        self.style_ = style
        self.scale_ = scale
        self.frame: Frame | None = None
        self.hands = False
        """Whether it can be dragged here: hints say so."""

    @property
    def drawn(self) -> bool:
        """Whether there is something to see: until then it is empty."""
        return self.frame is not None

    @property
    def handles(self) -> "tuple[Handle, ...]":
        """What keys can move, in the order of the Tab key."""
        return ()

    @property
    def heading(self) -> str:
        """The title as it stands now."""
        return self.title

    @property
    def hint(self) -> str:
        """What can be done here, or what must be known, in a few words."""
        return ""

    def take_key(self, key: Qt.Key) -> bool:
        """Do what a key means here, where it means something; tell whether it does."""
        return False

    def draw(self, frame: Frame) -> None:
        """Show a frame."""
        self.frame = frame
        self.update()

    def restyle(self, style: Style, scale: float = 1.0) -> None:
        """Change colours and sizes."""
        self.style_, self.scale_ = style, scale
        self.update()
