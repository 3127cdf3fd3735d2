from collections.abc import Callable

import msgspec
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from lossviz.experiment import Experiment, load
from lossviz.jobs.tasks import Memory, scene_of
from lossviz.scene.frame import frame_of_step
from lossviz.scene.style import STYLES
from lossviz.views.legend_view import LegendView


class Pen(QPainter):
    """A painter that remembers what it wrote, and where."""

    def __init__(self, image: QImage) -> None:
        super().__init__(image)
        self.written: list[tuple[float, float, str]] = []

    def drawText(self, *said: object) -> None:
        text = next(each for each in said if isinstance(each, str))
        place = said[0].bottomLeft() if isinstance(said[0], QRectF) else said[0]
        right = place.x() + (0.0 if isinstance(said[0], QRectF) else self.fontMetrics().horizontalAdvance(text))
        self.written.append((right, place.y(), text))
        super().drawText(*said)


@pytest.fixture
def written(qapp: object) -> Callable[[Experiment, int, int], list[tuple[float, float, str]]]:
    def paint(experiment: Experiment, width: int, height: int) -> list[tuple[float, float, str]]:
        view = LegendView(STYLES["light"])
        view.resize(width, height)
        view.draw(frame_of_step(scene_of(experiment, 17, Memory()), 60.0))
        image = QImage(width, height, QImage.Format.Format_RGB32)
        painter = Pen(image)
        view.paint(painter, None)
        painter.end()
        return [each for each in painter.written if each[2]]

    return paint


def test_that_runs_move_together_before_one_is_left_out_and_then_their_number_is_told(written: Callable) -> None:
    race = load("optimizers-race")
    for height, room in ((400, 7), (268, 7), (200, 5), (100, 2)):
        said = written(race, 560, height)
        names = [text for _, _, text in said if text in {run.label for run in race.runs}]
        assert len(names) == room
        assert ("Lion" in names) == (room == 7)
        assert [text for _, _, text in said if text.startswith("and ")] == (
            [f"and {7 - room} more"] if room < 7 else []
        )
        assert all(bottom <= height + 8.5 for _, bottom, _ in said)


def test_that_beside_a_long_name_the_loss_alone_is_told_and_nothing_is_cut_off(written: Callable) -> None:
    shipped = load("four-learning-rates")
    runs = [msgspec.structs.replace(shipped.runs[0], name=name) for name in ("short", "w" * 14, "w" * 24)]
    said = written(msgspec.structs.replace(shipped, runs=tuple(runs)), 320, 400)
    losses = [text for _, _, text in said if "loss " in text]
    assert len(losses) == 2
    assert losses[0] == f"gradient descent · {losses[1]}"
    assert all(right <= 320 for right, _, text in said if "www" not in text)
