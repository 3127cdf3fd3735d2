from typing import Any

from lossviz.experiment import COSTS


def costs(desk: Any) -> list[Any]:
    """The menu's choices."""
    return desk.window.furniture.menus._costs.actions()


def test_that_the_menu_offers_every_cost_and_shows_which_the_loss_is_drawn_against(desk: Any) -> None:
    assert [action.data() for action in costs(desk)] == list(COSTS)
    for action in costs(desk):
        action.trigger()
        assert desk.session.experiment.view.cost_axis == action.data()
        assert [other.isChecked() for other in costs(desk)] == [other is action for other in costs(desk)]


def test_that_the_next_cost_comes_round_again(desk: Any) -> None:
    seen = []
    for _ in COSTS:
        desk.window.loss.cost_asked.emit()
        seen.append(desk.session.experiment.view.cost_axis)
    assert seen == [*COSTS[1:], COSTS[0]]


def test_that_the_card_s_title_says_what_the_loss_is_drawn_against(desk: Any, qtbot: Any) -> None:
    desk.window.loss.cost_asked.emit()
    qtbot.waitUntil(lambda: desk.window.loss.heading == "Loss by samples", timeout=5_000)
    assert desk.window.loss._names[0] == "samples seen"
