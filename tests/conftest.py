"""What holds for every test: no thread of lossviz outlives it, and hypothesis makes the same examples on every run."""

import threading
from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import settings

import lossviz as lv

settings.register_profile("lossviz", deadline=None, derandomize=True, database=None, max_examples=60)
settings.load_profile("lossviz")


@pytest.fixture(autouse=True)
def no_thread_left():
    yield
    left = [thread for thread in threading.enumerate() if thread.name.startswith("lossviz")]
    for thread in left:
        thread.join(2.0)
    assert not [thread.name for thread in left if thread.is_alive()]


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
