"""The surface in 3-D on the screen: by OpenGL where it works, else painted; nothing else differs."""

import weakref
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QImage

from lossviz.scene.style import Style
from lossviz.views.opengl_probe import Answer, OpenGLProbe, known_answer, shared_probe
from lossviz.views.surface_painter import SurfacePainter

if TYPE_CHECKING:
    from lossviz.views.backdrop_opengl import OpenGLBackdrop


class SurfaceView(SurfacePainter):
    """A surface painter whose floor and surface come from OpenGL as soon as it is known to work.

    Nothing of OpenGL is loaded before the first picture stands and rests; whatever fails, it goes on painting.

    Parameters
    ----------
    style : Style
    scale : float
    probe : OpenGLProbe, optional
        Tells whether OpenGL works; default: the application's.
    """

    renderer_changed = Signal(str)
    """Something else draws now: `renderer_text`."""
    _changed = Signal()

    def __init__(self, style: Style, scale: float = 1.0, probe: OpenGLProbe | None = None) -> None:
        super().__init__(style, scale)
        self._probe = probe
        self._opengl: OpenGLBackdrop | None = None
        self._asked = self._waiting = False
        """Whether it was asked for OpenGL; whether OpenGL waits for the camera to stand still."""
        self._reason = ""
        self._changed.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    @property
    def renderer_text(self) -> str:
        """What draws: ``"OpenGL 4.5, llvmpipe"``, or ``"painted without OpenGL: no context"``."""
        if self._opengl is not None:
            return self._opengl.text
        return f"painted without OpenGL: {self._reason}" if self._reason else "painted, until OpenGL is found to work"

    @property
    def tip(self) -> str:
        """What hands can do here, and what draws: for the card's tooltip."""
        hands = "Drag to turn it; drag with Shift or the middle button to shift it; turn the wheel to come nearer."
        return f"{hands}\n{self.renderer_text[:1].upper()}{self.renderer_text[1:]}."

    def _backdrop(self, ratio: float) -> QImage:
        """Make floor and surface: always fine by OpenGL, which is faster so than a coarse painting."""
        if self._opengl is not None and self.frame is not None:
            try:
                return self._opengl.picture(self._shot(self.frame.scene.mesh, ratio), self._settled)
            # whatever it is: a driver's fault must cost nobody the picture
            except Exception as error:
                self._paint_for_good(str(error) or type(error).__name__)
        return super()._backdrop(ratio)

    def _settle(self) -> None:
        super()._settle()
        if not self._asked:
            self._asked = True
            self._ask()
        elif self._waiting:
            self._begin()

    def _ask(self) -> None:
        """Find out whether OpenGL works, without waiting for it."""
        answer = known_answer(QGuiApplication.platformName())
        if answer is None:
            self._probe = self._probe or shared_probe()
            answer = self._probe.answer
            if answer is None:
                self._probe.answered.connect(self._answered)
                self._probe.ask()
                return
        self._take(answer)

    @Slot()
    def _answered(self) -> None:
        if self._probe is not None and self._probe.answer is not None:
            self._take(self._probe.answer)

    def _take(self, answer: Answer) -> None:
        if not answer.works:
            self._paint_for_good(answer.text)
        elif self._settled:
            self._begin()
        else:
            # it takes a few frames' time, which a hand would feel
            self._waiting = True

    def _begin(self) -> None:
        """Load OpenGL, and draw by it from now on."""
        self._waiting = False
        try:
            from lossviz.views.backdrop_opengl import OpenGLBackdrop

            self._opengl = OpenGLBackdrop()
        except Exception as error:
            self._paint_for_good(str(error) or type(error).__name__)
            return
        close_with(self, self._opengl)
        self._kept_backdrop = None
        self._tell()
        self.update()

    def _paint_for_good(self, reason: str) -> None:
        """Leave OpenGL, and remember why."""
        if self._opengl is not None:
            self._opengl.close()
            self._opengl = None
        self._reason = reason
        # later, as this may happen while it is painted; a queued call dies with the view, a timer's would not
        self._changed.emit()

    @Slot()
    def _tell(self) -> None:
        self.renderer_changed.emit(self.renderer_text)


def close_with(view: SurfaceView, drawing: "OpenGLBackdrop") -> None:
    """Give OpenGL's things back when the view or the application ends, while there still is a context."""
    close = drawing.close
    view.destroyed.connect(lambda: close())
    application = QCoreApplication.instance()
    if application is not None:
        application.aboutToQuit.connect(close)
    weakref.finalize(view, close)
