"""What holds for every test: no thread, timer or window outlives it; hypothesis makes the same examples each time."""

import gc
import sys
import threading
import traceback
import weakref
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

import lossviz as lv

settings.register_profile("lossviz", deadline=None, derandomize=True, database=None, max_examples=60)
settings.load_profile("lossviz")

GUI = Path(__file__).parent / "gui"


def pytest_collection_modifyitems(items):
    """Mark the tests of the window, which `packaging/test.sh` plays beside the others."""
    for item in items:
        if item.path.is_relative_to(GUI):
            item.add_marker("gui")


@pytest.fixture(autouse=True)
def no_thread_left():
    yield
    left = [thread for thread in threading.enumerate() if thread.name.startswith("lossviz")]
    for thread in left:
        thread.join(2.0)
    assert not [thread.name for thread in left if thread.is_alive()]


@pytest.fixture(autouse=True)
def garbage_between_tests():
    """Collect garbage on this thread alone, as the app does, and between tests: Qt's objects die of it elsewhere."""
    gc.disable()
    yield
    due = [generation for generation in (2, 1, 0) if gc.get_count()[generation] > gc.get_threshold()[generation]]
    if due:
        gc.collect(due[0])


@pytest.fixture(autouse=True)
def no_timer_left(monkeypatch):
    """Fail where a timer that was started still runs; says where it was started."""
    if "PySide6.QtCore" not in sys.modules:
        yield
        return
    import shiboken6
    from PySide6.QtCore import QTimer

    def for_all(timer):
        """Whether it belongs to the application: that outlives every test."""
        owner = timer
        while owner.parent() is not None:
            owner = owner.parent()
        return owner.objectName() == "of the application"

    started = weakref.WeakKeyDictionary()
    plain = QTimer.start

    def start(timer, *arguments):
        started[timer] = "".join(traceback.format_stack(limit=4)[:-1])
        return plain(timer, *arguments)

    monkeypatch.setattr(QTimer, "start", start)
    yield
    alive = [timer for timer in list(started) if shiboken6.isValid(timer) and not for_all(timer)]
    running = [started[timer] for timer in alive if timer.isActive()]
    for timer in alive:
        timer.stop()
    assert not running, f"a timer still runs; it was started here:\n{running[0]}"


@pytest.fixture(autouse=True)
def no_window_left():
    """Fail where a window is still open."""
    if "PySide6.QtWidgets" not in sys.modules:
        yield
        return
    from PySide6.QtCore import QEvent
    from PySide6.QtWidgets import QApplication

    before = set(map(id, QApplication.topLevelWidgets()))
    yield
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    left = [w for w in QApplication.topLevelWidgets() if id(w) not in before and w.isVisible()]
    names = [f"{type(w).__name__} {w.windowTitle()!r}" for w in left]
    for widget in left:
        widget.close()
    assert not names, f"windows are still open: {names}"


@pytest.fixture(scope="session")
def refused():
    """Make a block in which a ValueError or TypeError must be raised, with one sentence, in which `said` is found."""

    @contextmanager
    def block(said="", kind=(ValueError, TypeError)):
        with pytest.raises(kind) as caught:
            yield caught
        sentence = str(caught.value)
        assert said in sentence
        assert len(sentence.splitlines()) == 1
        assert sentence.endswith((".", "?"))
        # Python's and NumPy's own messages begin like this, or lack the full stop
        assert not sentence.startswith(("ufunc", "float()", "int()"))

    return block


@pytest.fixture(scope="session")
def fitted():
    """Fit made-up features and labels."""

    def fit(x, y, **arguments):
        data = lv.Dataset("made", {"x": np.asarray(x, dtype=float), "y": np.asarray(y, dtype=float)})
        return lv.fit(data, feature="x", label="y", **arguments)

    return fit
