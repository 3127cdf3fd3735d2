import numpy as np
import pytest

from lossviz.scene.style import CONTRAST, DARK, LIGHT, MARKERS, PRINT, STYLES, mixed, rgb


def luminance(colour):
    channels = np.array(rgb(colour)) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_that_there_are_four_styles_by_name():
    assert STYLES == {"light": LIGHT, "dark": DARK, "print": PRINT, "contrast": CONTRAST}
    assert [name for name, style in STYLES.items() if style.is_dark] == ["dark", "contrast"]


@pytest.mark.parametrize("style", [*STYLES.values()], ids=[*STYLES])
def test_that_text_can_be_read_on_every_ground(style):
    for ground in (style.ground, style.card):
        assert contrast(style.ink, ground) > 7
        assert contrast(style.quiet, ground) > 4.5
    assert contrast(style.on_accent, style.accent) > 4.5


@pytest.mark.parametrize("style", [*STYLES.values()], ids=[*STYLES])
def test_that_paths_stand_out_from_their_card(style):
    for colour in style.paths:
        assert contrast(colour, style.card) > 3
    assert len(set(style.paths)) == 8


@pytest.mark.parametrize("style", [*STYLES.values()], ids=[*STYLES])
def test_that_the_ramp_goes_one_way_through_256_shades(style):
    table = style.table
    assert table.shape == (256, 3)
    assert table.dtype == np.uint8
    assert tuple(table[0]) == rgb(style.ramp[0])
    assert tuple(table[-1]) == rgb(style.ramp[-1])
    shades = [luminance("#{:02x}{:02x}{:02x}".format(*row)) for row in table[::5]]
    direction = np.sign(shades[-1] - shades[0])
    assert np.all(direction * np.diff(shades) > 0)


def test_that_64_runs_differ_in_colour_or_marker():
    assert [LIGHT.path(k) for k in (0, 3)] == ["#0072B2", "#8E3B8A"]
    assert len({(LIGHT.path(k), MARKERS[k % len(MARKERS)]) for k in range(64)}) == 64
    assert len(set(MARKERS)) == len(MARKERS) == len(LIGHT.paths)


def test_that_colours_are_mixed_channel_by_channel():
    assert rgb("#0a14ff") == (10, 20, 255)
    assert mixed("#000000", "#ffffff", 0.0) == "#000000"
    assert mixed("#000000", "#ffffff", 1.0) == "#ffffff"
    assert mixed("#000000", "#c86400", 0.5) == "#643200"
