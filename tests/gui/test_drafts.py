"""What the session asks of the backend while edits come faster than pictures are made."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QObject, Signal

from lossviz.experiment import Experiment, load
from lossviz.gui.session import Session
from lossviz.jobs.messages import Done, Reply
from lossviz.jobs.tasks import scene_of


class Desk(QObject):
    """A backend that answers when a test says so."""

    replied = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[Experiment, bool]] = []
        self.searched: list[object] = []

    def compute_scene(self, experiment: Experiment, draft: bool = False) -> int:
        self.asked.append((experiment, draft))
        return len(self.asked)

    def find_stationary(self, surface: object) -> int:
        self.searched.append(surface)
        return 0

    def answer(self, fine: bool) -> None:
        """Give what was asked for last."""
        scene = scene_of(self.asked[-1][0], 17)
        reply: Reply = Done(len(self.asked), "scene", scene if fine else replace(scene, mesh=scene.coarse_mesh))
        self.replied.emit(reply)

    @property
    def drafts(self) -> list[bool]:
        return [draft for _, draft in self.asked]


@pytest.fixture
def desk(qapp: object) -> Desk:
    return Desk()


@pytest.fixture
def session(desk: Desk) -> Session:
    made = Session(load("four-learning-rates"), desk)  # type: ignore[arg-type]
    made.start()
    return made


def test_that_a_draft_is_shown_and_then_refined(desk: Desk, session: Session) -> None:
    assert desk.drafts == [True]
    desk.answer(fine=False)
    assert session.scene is not None
    assert session.scene.mesh is session.scene.coarse_mesh
    assert session.busy
    assert desk.drafts == [True, False]
    desk.answer(fine=True)
    assert session.scene.mesh is not session.scene.coarse_mesh
    assert not session.busy
    assert desk.drafts == [True, False]


def test_that_the_first_picture_waits_for_neither_fine_mesh_nor_minima(desk: Desk) -> None:
    session = Session(load("four-learning-rates"), desk)  # type: ignore[arg-type]
    session.start(wait=True)
    scene = scene_of(desk.asked[-1][0], 17)
    desk.replied.emit(Done(1, "scene", replace(scene, mesh=scene.coarse_mesh, stationary=None)))
    assert session.scene is not None
    assert not session.busy
    assert (desk.drafts, desk.searched) == ([True], [])
    session.go_on()
    assert session.busy
    assert desk.drafts == [True, False]
    assert len(desk.searched) == 1
    desk.answer(fine=True)
    session.go_on()
    assert desk.drafts == [True, False]


def test_that_nothing_is_refined_where_the_fine_mesh_is_there(desk: Desk, session: Session) -> None:
    desk.answer(fine=True)
    assert not session.busy
    assert desk.drafts == [True]


def test_that_nothing_is_refined_while_edits_wait(desk: Desk, session: Session) -> None:
    session.move_start(-1.0, 2.0)
    assert desk.drafts == [True]
    desk.answer(fine=False)
    assert desk.drafts == [True, True]
    assert desk.asked[-1][0].descent.start == (-1.0, 2.0)
    desk.answer(fine=False)
    assert desk.drafts == [True, True, False]


def test_that_an_edit_waits_for_no_fine_mesh(desk: Desk, session: Session) -> None:
    desk.answer(fine=False)
    session.move_start(-1.0, 2.0)
    assert desk.drafts == [True, False, True]
    assert desk.asked[-1][0].descent.start == (-1.0, 2.0)


def test_that_a_camera_turned_meanwhile_is_kept_by_the_fine_picture(desk: Desk, session: Session) -> None:
    desk.answer(fine=False)
    session.edit_view(azimuth=10.0)
    desk.answer(fine=True)
    assert session.scene is not None
    assert session.scene.experiment.view.azimuth == 10.0
    assert not session.busy
