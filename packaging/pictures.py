"""Makes the pictures of the README and docs anew, by the app itself: .venv/bin/python packaging/pictures.py."""

import os
import sys
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs" / "pictures"


def main() -> None:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ.pop("DISPLAY", None)
    from PySide6.QtCore import QEventLoop, QTimer
    from PySide6.QtWidgets import QApplication

    import lossviz as lv
    from lossviz.gui import theme
    from lossviz.gui.backend import Backend
    from lossviz.gui.main_window import MainWindow
    from lossviz.gui.session import Session
    from lossviz.scene.style import DARK, LIGHT

    DOCS.mkdir(parents=True, exist_ok=True)
    application = QApplication(sys.argv[:1])
    for name, style, step in (("four-learning-rates", LIGHT, 14), ("logistic", DARK, 25)):
        theme.apply(application, style)
        backend = Backend()
        session = Session(lv.load(name), backend)
        session.start()
        window = MainWindow(session, backend, style)
        window.resize(1440, 900)
        window.show()
        for wanted in (0.0, float(step)):
            session.see_step(wanted)
            # until the scene is computed, the panels are there, and the surface is fine
            pause = QEventLoop()
            QTimer.singleShot(800, pause.quit)
            pause.exec()
        window.grab().save(str(DOCS / f"window-{style.name}.png"))
        window.close()
    experiment = lv.load("four-learning-rates")
    lv.render(experiment, DOCS / "four-learning-rates.gif", view="dashboard", size=(1120, 700), seconds=13.0, fps=16)
    lv.render(experiment, DOCS / "surface.png", view="surface", size=(1280, 720), at=14)


if __name__ == "__main__":
    main()
