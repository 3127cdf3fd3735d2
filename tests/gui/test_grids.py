import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QUrl

import lossviz as lv
from lossviz.gui.files import Files


@pytest.fixture
def grid(tmp_path):
    """A file of losses on a grid."""
    bowl = lv.surface("himmelblau")
    w, b = bowl.domain.axes(21)
    path = tmp_path / "mine.npz"
    np.savez(path, w=w, b=b, loss=bowl.loss(w[:, None], b))
    return path


def opened(desk):
    desk.qtbot.waitUntil(lambda: desk.session.experiment.surface.grid is not None, timeout=20_000)
    desk.settled()


def test_that_a_grid_that_is_opened_is_one_edit_and_optimizers_race_on_it(desk, grid):
    before = desk.session.experiment
    desk.window.open_file(str(grid))
    opened(desk)
    experiment, scene = desk.session.experiment, desk.session.scene
    assert (experiment.title, experiment.surface.grid) == ("mine.npz", str(grid.resolve()))
    assert len(experiment.runs) == 4
    assert scene.surface.sampled.loss.shape == (21, 21)
    assert all(np.all(np.isfinite(descent.trajectory.losses)) for descent in scene.descents)
    assert str(grid.resolve()) in desk.window.settings.recent
    desk.session.history.undo()
    desk.settled()
    assert desk.session.experiment == before
    assert not desk.session.history.canUndo()


def test_that_a_table_that_is_a_grid_is_opened_as_one_from_the_menu(desk, tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("w,0,1,2,3\n0,4,3,4,5\n1,3,2,3,4\n2,4,3,4,5\n3,5,4,5,6\n", encoding="utf-8")
    action = next(a for _, a in desk.furniture.menus.actions.declared if "grid of losses" in a.text())
    action.trigger()
    dialog = desk.window.files.dialog
    assert "*.csv" in dialog.nameFilters()[0]
    dialog.fileSelected.emit(str(path))
    dialog.close()
    opened(desk)
    assert desk.session.scene.surface.loss(1.0, 1.0) == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("bad.npz", b"text", "bad.npz is no .npz file, or a part of it is missing."),
        ("bad.h5", b"text", "bad.h5 is no HDF5 file, or a part of it is missing or damaged."),
        ("none.npz", None, "none.npz can't be read: No such file or directory."),
    ],
)
def test_that_a_wrong_grid_is_told_and_all_stays_as_it_was(desk, tmp_path, name, content, sentence):
    before = desk.session.experiment
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with desk.qtbot.waitSignal(desk.session.trouble, timeout=20_000) as told:
        desk.window.open_file(str(tmp_path / name))
    assert told.args[0].endswith(sentence)
    assert "surface:" not in told.args[0]
    assert desk.session.experiment is before
    assert not desk.session.history.canUndo()


def test_that_the_window_opens_with_the_grid_it_was_started_with(desk, grid):
    desk.window.document.started_with(str(grid))
    opened(desk)
    assert desk.session.experiment.title == "mine.npz"


def test_that_grids_can_be_dropped(grid):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(grid))])
    assert Files.droppable(mime) == str(grid)
