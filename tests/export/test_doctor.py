from collections.abc import Callable

import pytest

from lossviz.export import doctor
from lossviz.views.opengl_probe import VARIABLE, Answer


@pytest.fixture
def line(qtbot: object, monkeypatch: pytest.MonkeyPatch) -> Callable[[Answer], tuple[bool, str]]:
    """Give what is said of OpenGL on a machine with a display, whose driver answers so."""
    monkeypatch.setattr(doctor, "display_error", lambda: None)

    def made(answer: Answer) -> tuple[bool, str]:
        monkeypatch.setattr(doctor, "ask_now", lambda: answer)
        return next((works, text) for name, works, text in doctor.report() if name == "OpenGL")

    return made


def test_that_the_doctor_names_what_draws_the_surface(line: Callable[[Answer], tuple[bool, str]]) -> None:
    assert line(Answer(True, "OpenGL 4.5, llvmpipe")) == (True, "OpenGL 4.5, llvmpipe")


@pytest.mark.parametrize("reason", ["no context", "its driver crashes", "the shader of the lines fails"])
def test_that_the_doctor_says_why_the_surface_is_painted(
    line: Callable[[Answer], tuple[bool, str]], reason: str
) -> None:
    assert line(Answer(False, reason)) == (False, f"not used ({reason}); the surface is painted without it")


def test_that_the_doctor_knows_what_was_asked_for(
    line: Callable[[Answer], tuple[bool, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "painter")
    works, text = line(Answer(True, "OpenGL 4.5, llvmpipe"))
    assert works
    assert "LOSSVIZ_RENDERER is painter" in text
