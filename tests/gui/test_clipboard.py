from typing import Any

import numpy as np
from PySide6.QtGui import QGuiApplication, QImage

from lossviz.gui import clipboard


def pixels(image: QImage) -> np.ndarray:
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    raw = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    return raw[:, : image.width(), :3].copy()


def test_that_the_numbers_are_a_table_that_can_be_read_back_exactly(desk: Any) -> None:
    desk.session.see_step(14)
    clipboard.copy_numbers(desk.session.frame)
    text = QGuiApplication.clipboard().text()
    lines = [line.split("\t") for line in text.splitlines()]
    assert lines[0] == ["run", "step", "w", "b", "loss", "dL/dw", "dL/db"]
    assert [line[0] for line in lines[1:]] == ["rate 0.012", "rate 0.36", "rate 0.71", "rate 0.765"]
    for line, descent in zip(lines[1:], desk.session.scene.descents, strict=True):
        t = descent.trajectory
        assert line[1] == "14"
        assert [float(value) for value in line[2:]] == [*t.path[14], t.losses[14], *t.gradients[14]]


def test_that_hidden_runs_are_not_among_the_numbers_and_ended_ones_stand_at_their_end(desk: Any) -> None:
    desk.panels.descents.rows[0].eye.click()
    desk.settled()
    desk.session.see_step(200)
    table = clipboard.numbers(desk.session.frame).splitlines()
    assert len(table) == 4
    assert not table[1].startswith("rate 0.012")
    assert table[-1].split("\t")[1] == "200"


def test_that_a_card_is_copied_at_twice_its_pixels_and_without_hints_for_hands(desk: Any) -> None:
    desk.session.see_step(14)
    card = desk.window.cards[1]
    clipboard.copy_picture(card)
    image = QGuiApplication.clipboard().image()
    assert (image.width(), image.height()) == (2 * card.width(), 2 * card.height())
    assert card.view.hands
    screen = pixels(card.grab().toImage()).astype(int)
    copied = pixels(image).astype(int)
    head = slice(4, 28), slice(card.width() // 2, card.width() - 12)
    # the hint stands in the head of the card on the screen alone
    assert np.ptp(screen[head]) > 60
    assert np.ptp(copied[8:56, card.width() : 2 * card.width() - 24]) < 30
    # sharp: not the pixels of the screen made larger
    larger = np.repeat(np.repeat(screen, 2, axis=0), 2, axis=1)
    assert np.abs(copied - larger).mean() > 0.5
    assert np.abs(copied.mean() - screen.mean()) < 4


def test_that_several_cards_are_copied_as_one_picture(desk: Any) -> None:
    deck = desk.window.deck
    image = clipboard.picture(deck)
    assert (image.width(), image.height()) == (2 * deck.width(), 2 * deck.height())
    whole = pixels(image)
    for card in desk.window.cards:
        if card.isVisible():
            corner = card.mapTo(deck, card.rect().topLeft())
            part = whole[
                2 * corner.y() : 2 * corner.y() + 2 * card.height(), 2 * corner.x() : 2 * corner.x() + 2 * card.width()
            ]
            assert part.std() > 5, card.view.title


def test_that_the_screen_is_the_same_after_copying(desk: Any) -> None:
    card = desk.window.cards[2]
    before = pixels(card.grab().toImage())
    clipboard.copy_picture(card)
    assert np.array_equal(pixels(card.grab().toImage()), before)


def test_that_the_numbers_of_the_large_card_are_meant_where_it_has_some(desk: Any) -> None:
    desk.session.see_step(14)
    desk.session.edit_view(large="coefficients", point=(0.1, 5.0))
    desk.furniture.menus.numbers_asked.emit()
    table = QGuiApplication.clipboard().text().splitlines()
    assert table[0].split("\t")[1] == "the picked line"
    assert table[1].startswith("slope (g per year)\t")
    assert "coefficients" in desk.window.status.working.text()
    desk.session.edit_view(large="")
    desk.furniture.menus.numbers_asked.emit()
    assert QGuiApplication.clipboard().text().startswith("run\tstep\t")
    assert "descents at step 14" in desk.window.status.working.text()


def test_that_a_right_click_copies_the_coefficients(desk: Any) -> None:
    desk.session.edit_view(layout="line_and_point", point=(0.1, 5.0))
    (copy,) = desk.furniture.coefficients.actions()
    copy.trigger()
    assert QGuiApplication.clipboard().text().startswith("\tthe picked line\tleast squares\tdifference\n")
