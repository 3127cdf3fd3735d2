import contextlib
import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence

from lossviz.export.encoders import (
    ExportError,
    GifEncoder,
    PngSequence,
    PngStill,
    encoder_for,
    shared_palette,
    write_png,
)
from lossviz.export.gif import nearest

SIZE = (96, 64)
INK = (27, 31, 39)
FIXED = np.array([(243, 244, 246), INK, (0, 114, 178), (213, 94, 0)], dtype=np.uint8)


def plain(colour, size=SIZE):
    frame = np.full((size[1], size[0], 4), 255, dtype=np.uint8)
    frame[..., :3] = colour[::-1]
    return frame


def ball_over_gradient(n, size=SIZE):
    width, height = size
    y, x = np.mgrid[:height, :width]
    frame = np.full((height, width, 4), 255, dtype=np.uint8)
    frame[..., 0] = 255 * x // width
    frame[..., 1] = 255 * y // height
    frame[..., 2] = 255 * (x + y) // (width + height)
    # The ball rests for three frames of every eight.
    at = 10 + 4 * (n - min(n % 8, 3))
    frame[(x - at) ** 2 + (y - 30) ** 2 < 64] = (178, 114, 0, 255)
    return frame


def film(frames=24):
    return [ball_over_gradient(n) for n in range(frames)]


def palette_of(frames):
    return shared_palette(frames[::6], FIXED)


def mapped(frame, palette):
    """The picture in the nearest palette colours."""
    packed, place = np.unique(frame.view("<u4") & 0xFFFFFF, return_inverse=True)
    colours = np.stack([packed >> 16, packed >> 8 & 255, packed & 255], axis=1)
    return palette[weighted_distances(colours, palette).argmin(axis=1)][place.reshape(frame.shape[:2])]


def weighted_distances(colours, palette):
    """Whole numbers, without any of the product's cleverness."""
    distance = np.zeros((len(colours), len(palette)), dtype=np.int32)
    for channel, weight in enumerate((5, 8, 5)):
        distance += weight * np.subtract.outer(colours[:, channel].astype(np.int32), palette[:, channel]) ** 2
    return distance


def decoded(path):
    """What a viewer shows: a list of (picture, its duration in 1/100 s)."""
    with Image.open(path) as image:
        return [
            (np.asarray(picture.convert("RGB")), round(picture.info["duration"] / 10))
            for picture in ImageSequence.Iterator(image)
        ]


def shown_at(pictures, hundredths):
    for picture, duration in pictures:
        hundredths -= duration
        if hundredths < 0:
            return picture
    raise AssertionError("the film was over")


def write_gif(path, frames, fps=25.0, palette=None, **options):
    palette = palette_of(frames) if palette is None else palette
    height, width = frames[0].shape[:2]
    with GifEncoder(path, (width, height), fps, palette, **options) as encoder:
        for frame in frames:
            encoder.add(frame)


def is_one_sentence(error):
    text = str(error.value)
    return text.endswith(".") and ". " not in text and "\n" not in text and "Errno" not in text


# GIF


@pytest.mark.parametrize("fps", [25, 30, 24, 50, 12.5])
def test_that_every_frame_of_a_gif_decodes_to_its_palette_colours_at_its_time(tmp_path, fps):
    frames = film()
    palette = palette_of(frames)
    write_gif(tmp_path / "film.gif", frames, fps, palette)
    pictures = decoded(tmp_path / "film.gif")
    for n, frame in enumerate(frames):
        start, end = round(100 * n / fps), round(100 * (n + 1) / fps)
        np.testing.assert_array_equal(shown_at(pictures, start), mapped(frame, palette))
        np.testing.assert_array_equal(shown_at(pictures, end - 1), mapped(frame, palette))


@pytest.mark.parametrize("fps", [25, 30, 24, 50, 12.5, 7, 0.3])
@pytest.mark.parametrize("count", [1, 7, 24, 100])
def test_that_a_film_lasts_exactly_as_long_as_its_frames(tmp_path, fps, count):
    frames = film(24)
    write_gif(tmp_path / "film.gif", [frames[n % 24] for n in range(count)], fps)
    assert sum(duration for _, duration in decoded(tmp_path / "film.gif")) == round(100 * count / fps)


def test_that_no_delay_is_so_short_that_viewers_slow_it_down(tmp_path):
    write_gif(tmp_path / "film.gif", film(), 48.7)
    assert min(duration for _, duration in decoded(tmp_path / "film.gif")) >= 2


def test_that_equal_frames_become_one_longer_one(tmp_path):
    write_gif(tmp_path / "film.gif", [plain(INK)] * 5 + [plain((0, 114, 178))] * 2, palette=FIXED)
    assert [duration for _, duration in decoded(tmp_path / "film.gif")] == [20, 8]


def test_that_frames_whose_difference_the_palette_cannot_show_become_one(tmp_path):
    write_gif(tmp_path / "film.gif", [plain(INK), plain((28, 31, 39))], palette=FIXED)
    assert [duration for _, duration in decoded(tmp_path / "film.gif")] == [8]


def test_that_only_the_rectangle_that_changed_is_written(tmp_path):
    one, two = plain(INK), plain(INK)
    two[20:23, 40:50, :3] = 0
    two[21, 41, :3] = one[21, 41, :3]
    write_gif(tmp_path / "film.gif", [one, two], palette=np.array([INK, (0, 0, 0)], dtype=np.uint8))
    with Image.open(tmp_path / "film.gif") as image:
        image.seek(1)
        assert image.tile[0].extents == (40, 20, 50, 23)


def test_that_the_last_frame_can_be_held(tmp_path):
    frames = film(10)
    with GifEncoder(tmp_path / "film.gif", SIZE, 30, palette_of(frames)) as encoder:
        for frame in frames:
            encoder.add(frame)
        encoder.hold(1.5)
        encoder.hold(0.25)
    durations = [duration for _, duration in decoded(tmp_path / "film.gif")]
    assert sum(durations) == round(100 * 10 / 30 + 175)
    assert durations[-1] >= 175


def test_that_a_film_goes_on_after_a_hold(tmp_path):
    with GifEncoder(tmp_path / "film.gif", SIZE, 25, FIXED) as encoder:
        encoder.add(plain(INK))
        encoder.hold(2)
        encoder.add(plain((0, 114, 178)))
    assert [duration for _, duration in decoded(tmp_path / "film.gif")] == [204, 4]


def test_that_a_hold_longer_than_the_format_knows_is_continued(tmp_path):
    with GifEncoder(tmp_path / "film.gif", SIZE, 25, FIXED) as encoder:
        encoder.add(plain(INK))
        encoder.hold(1500)
        encoder.add(plain((0, 114, 178)))
    pictures = decoded(tmp_path / "film.gif")
    assert sum(duration for _, duration in pictures) == 150_008
    for picture, _ in pictures[:-1]:
        np.testing.assert_array_equal(picture, plain(INK)[..., 2::-1])
    np.testing.assert_array_equal(pictures[-1][0], plain((0, 114, 178))[..., 2::-1])


@pytest.mark.parametrize("loop", [True, False])
def test_that_a_film_loops_only_if_it_should(tmp_path, loop):
    write_gif(tmp_path / "film.gif", film(3), loop=loop)
    with Image.open(tmp_path / "film.gif") as image:
        assert image.info.get("loop") == (0 if loop else None)


def test_that_two_runs_write_equal_bytes(tmp_path):
    for name in ("one.gif", "two.gif"):
        write_gif(tmp_path / name, film())
    assert (tmp_path / "one.gif").read_bytes() == (tmp_path / "two.gif").read_bytes()


def test_that_a_frames_memory_may_be_reused(tmp_path):
    frames = film(8)
    palette = palette_of(frames)
    write_gif(tmp_path / "fresh.gif", frames, palette=palette)
    canvas = np.empty_like(frames[0])
    with GifEncoder(tmp_path / "reused.gif", SIZE, 25, palette) as encoder:
        for frame in frames:
            canvas[:] = frame
            encoder.add(canvas)
            canvas[:] = 77
    assert (tmp_path / "fresh.gif").read_bytes() == (tmp_path / "reused.gif").read_bytes()


def test_that_a_black_frame_without_alpha_is_drawn(tmp_path):
    palette = np.array([(255, 255, 255), (0, 0, 0)], dtype=np.uint8)
    write_gif(tmp_path / "film.gif", [np.zeros((4, 5, 4), dtype=np.uint8)], palette=palette)
    assert not decoded(tmp_path / "film.gif")[0][0].any()


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7, 8, 127, 128, 255])
@pytest.mark.parametrize("size", [(1, 1), (1, 50), (300, 2), (33, 17)])
def test_that_palettes_and_frames_of_every_size_survive(tmp_path, count, size):
    values = np.arange(count)
    palette = np.stack([values, 255 - values, values * 7 % 256], axis=1).astype(np.uint8)
    random = np.random.Generator(np.random.PCG64(count))
    frames = []
    for _ in range(3):
        frame = np.full((size[1], size[0], 4), 255, dtype=np.uint8)
        frame[..., 2::-1] = palette[random.integers(0, count, (size[1], size[0]))]
        frames.append(frame)
    write_gif(tmp_path / "film.gif", frames, palette=palette)
    pictures = decoded(tmp_path / "film.gif")
    for n, frame in enumerate(frames):
        np.testing.assert_array_equal(shown_at(pictures, 4 * n), frame[..., 2::-1])


def test_that_a_noisy_frame_larger_than_the_compressors_buffers_survives(tmp_path):
    random = np.random.Generator(np.random.PCG64(5))
    frame = np.full((500, 700, 4), 255, dtype=np.uint8)
    frame[..., :3] = random.integers(0, 256, (500, 700, 1))
    palette = np.repeat(np.arange(255, dtype=np.uint8)[:, None], 3, axis=1)
    write_gif(tmp_path / "noise.gif", [frame], palette=palette)
    np.testing.assert_array_equal(decoded(tmp_path / "noise.gif")[0][0], np.minimum(frame[..., :3], 254))


# Palette


def test_that_fixed_colours_come_first_and_survive_exactly(tmp_path):
    frames = film()
    for frame in frames:
        frame[:4, :4, :3] = INK[::-1]
    palette = palette_of(frames)
    np.testing.assert_array_equal(palette[:4], FIXED)
    write_gif(tmp_path / "film.gif", frames, palette=palette)
    for picture, _ in decoded(tmp_path / "film.gif"):
        assert (picture[:4, :4] == INK).all()


def test_that_a_palette_holds_each_colour_once_and_255_at_most():
    palette = shared_palette([ball_over_gradient(n, (320, 200)) for n in (0, 5)], np.concatenate([FIXED, FIXED]))
    assert len(FIXED) < len(palette) <= 255
    assert len(np.unique(palette, axis=0)) == len(palette)
    np.testing.assert_array_equal(palette, shared_palette([ball_over_gradient(n, (320, 200)) for n in (0, 5)], FIXED))


def test_that_few_colours_are_all_kept():
    palette = shared_palette([plain(INK), plain((1, 2, 3)), plain((200, 2, 3))], FIXED)
    assert {tuple(row) for row in palette.tolist()} == {(1, 2, 3), (200, 2, 3), *map(tuple, FIXED.tolist())}


def test_that_a_palette_can_do_without_samples_or_without_fixed_colours():
    np.testing.assert_array_equal(shared_palette([], FIXED), FIXED)
    np.testing.assert_array_equal(shared_palette([plain(INK)], np.empty((0, 3), dtype=np.uint8)), [INK])


def test_that_a_palette_serves_a_gradient_and_its_rare_colours():
    frame = ball_over_gradient(0, (640, 360))
    frame[0, :5, :3] = (10, 250, 240)
    palette = shared_palette([frame], FIXED)
    error = mapped(frame, palette).astype(float) - frame[..., 2::-1]
    assert 10 * np.log10(255**2 / np.mean(error**2)) > 34
    assert np.abs(error[0, :5]).max() <= 16


def test_that_samples_of_very_many_colours_give_a_palette():
    random = np.random.Generator(np.random.PCG64(1))
    palette = shared_palette([random.integers(0, 256, (400, 600, 4), dtype=np.uint8)], FIXED)
    assert 250 < len(palette) <= 255


def test_that_the_nearest_colour_is_exactly_the_nearest():
    random = np.random.Generator(np.random.PCG64(2))
    palette = random.integers(0, 256, (255, 3), dtype=np.uint8)
    colours = random.integers(0, 256, (20_000, 3), dtype=np.uint8)
    np.testing.assert_array_equal(nearest(colours, palette), weighted_distances(colours, palette).argmin(axis=1))
    np.testing.assert_array_equal(palette[nearest(palette, palette)], palette)


# PNG


def test_that_a_still_keeps_every_pixel_and_what_it_says_about_itself(tmp_path):
    frame = ball_over_gradient(3)
    write_png(tmp_path / "still.png", frame, {"Title": "A ball", "Description": "θ ← θ − α∇L"})
    with Image.open(tmp_path / "still.png") as image:
        assert image.mode == "RGB"
        assert image.text == {"Software": "lossviz", "Title": "A ball", "Description": "θ ← θ − α∇L"}
        np.testing.assert_array_equal(np.asarray(image), frame[..., 2::-1])
    assert b"tEXtSoftware\0lossviz" in (tmp_path / "still.png").read_bytes()


def test_that_equal_stills_are_equal_bytes(tmp_path):
    for name in ("one.png", "two.png"):
        write_png(tmp_path / name, ball_over_gradient(3), {"Title": "A ball"})
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()


def test_that_a_still_refuses_a_second_frame(tmp_path):
    still = PngStill(tmp_path / "still.png", SIZE)
    still.start()
    still.add(plain(INK))
    with pytest.raises(ValueError, match="holds one frame") as error:
        still.add(plain(INK))
    assert is_one_sentence(error)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("there_already", [True, False])
def test_that_numbered_pngs_appear_as_a_whole_folder(tmp_path, there_already):
    folder = tmp_path / "frames"
    if there_already:
        folder.mkdir()
    frames = film(12)
    with PngSequence(folder, SIZE) as encoder:
        for frame in frames:
            encoder.add(frame)
            assert not folder.exists() or not list(folder.iterdir())
        encoder.hold(1)
    assert sorted(path.name for path in folder.iterdir()) == [f"frame_{n:05d}.png" for n in range(12)]
    for n, frame in enumerate(frames):
        with Image.open(folder / f"frame_{n:05d}.png") as image:
            np.testing.assert_array_equal(np.asarray(image), frame[..., 2::-1])
    assert list(tmp_path.iterdir()) == [folder]


def test_that_a_folder_with_something_in_it_is_refused(tmp_path):
    (tmp_path / "frames").mkdir()
    (tmp_path / "frames" / "thesis.txt").write_text("years of work")
    with pytest.raises(ExportError, match="not empty") as error:
        PngSequence(tmp_path / "frames", SIZE).start()
    assert is_one_sentence(error)
    assert (tmp_path / "frames" / "thesis.txt").read_text() == "years of work"
    assert len(list(tmp_path.iterdir())) == 1


def test_that_a_folder_filled_meanwhile_is_left_alone(tmp_path):
    encoder = PngSequence(tmp_path / "frames", SIZE)
    encoder.start()
    encoder.add(plain(INK))
    (tmp_path / "frames").mkdir()
    (tmp_path / "frames" / "thesis.txt").write_text("years of work")
    with pytest.raises(ExportError) as error:
        encoder.finish()
    assert is_one_sentence(error)
    assert [path.name for path in tmp_path.rglob("*")] == ["frames", "thesis.txt"]


# Whole or not at all, for every encoder

KINDS = ["film.gif", "still.png", "frames"]


def make(path, size=SIZE):
    return encoder_for(path, size, 25, FIXED)


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("blow", [RuntimeError, KeyboardInterrupt, GeneratorExit, MemoryError])
def test_that_an_exception_leaves_nothing_behind(tmp_path, name, blow):
    def export():
        with make(tmp_path / name) as encoder:
            encoder.add(plain(INK))
            assert encoder.temporary.exists()
            raise blow

    with pytest.raises(blow):
        export()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", KINDS)
def test_that_cancelling_leaves_nothing_behind(tmp_path, name):
    with make(tmp_path / name) as encoder:
        encoder.add(plain(INK))
        encoder.cancel()
        encoder.cancel()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", KINDS)
def test_that_nothing_is_at_the_target_before_it_is_finished(tmp_path, name):
    with make(tmp_path / name) as encoder:
        encoder.add(plain(INK))
        assert list(tmp_path.iterdir()) == [encoder.temporary]
        assert encoder.temporary.name.startswith(f".lossviz-{os.getpid()}-")
        encoder.finish()
        assert list(tmp_path.iterdir()) == [tmp_path / name]
        encoder.cancel()
    assert list(tmp_path.iterdir()) == [tmp_path / name]


@pytest.mark.parametrize("name", ["film.gif", "still.png"])
def test_that_an_existing_file_stays_as_it_was_until_success(tmp_path, name):
    target = tmp_path / name
    target.write_bytes(b"old")
    target.chmod(0o640)
    with contextlib.suppress(RuntimeError), make(target) as encoder:
        encoder.add(plain(INK))
        assert target.read_bytes() == b"old"
        raise RuntimeError
    assert target.read_bytes() == b"old"
    with make(target) as encoder:
        encoder.add(plain(INK))
        assert target.read_bytes() == b"old"
    assert target.read_bytes() != b"old"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert list(tmp_path.iterdir()) == [target]


def test_that_a_new_file_can_be_read_by_whom_the_umask_allows(tmp_path):
    (tmp_path / "ordinary").touch()
    write_png(tmp_path / "still.png", plain(INK))
    assert (tmp_path / "still.png").stat().st_mode == (tmp_path / "ordinary").stat().st_mode


def test_that_a_link_keeps_pointing_to_the_file_that_is_replaced(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.png").write_bytes(b"old")
    (tmp_path / "link.png").symlink_to(tmp_path / "real" / "a.png")
    write_png(tmp_path / "link.png", plain(INK))
    assert (tmp_path / "link.png").is_symlink()
    assert (tmp_path / "real" / "a.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("name", KINDS)
def test_that_an_export_without_frames_is_refused(tmp_path, name):
    with pytest.raises(ValueError, match="no frame") as error, make(tmp_path / name):
        pass
    assert is_one_sentence(error)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", KINDS)
def test_that_calls_at_the_wrong_time_are_refused(tmp_path, name):
    encoder = make(tmp_path / name)
    for call in (lambda: encoder.add(plain(INK)), encoder.finish, lambda: encoder.hold(1)):
        with pytest.raises(ValueError, match="not started") as error:
            call()
        assert is_one_sentence(error)
    encoder.start()
    with pytest.raises(ValueError, match="no frame"):
        encoder.hold(1)
    encoder.add(plain(INK))
    encoder.finish()
    for call in (lambda: encoder.add(plain(INK)), encoder.finish, encoder.start):
        with pytest.raises(ValueError, match="finished"):
            call()


# What goes wrong outside


def full_disk(*_):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("name", KINDS)
def test_that_a_full_disk_gives_one_sentence_and_leaves_nothing(tmp_path, name, monkeypatch):
    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(ExportError, match="the disk is full") as error, make(tmp_path / name) as encoder:
        encoder.add(plain(INK))
    assert is_one_sentence(error)
    assert str(tmp_path / name) in str(error.value)
    assert error.value.errno == errno.ENOSPC
    assert not list(tmp_path.iterdir())


@pytest.fixture
def tiny_disk(tmp_path):
    if (
        os.geteuid()
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=64k", "lossviz-test", tmp_path], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("only root can make a disk that is soon full")
    yield tmp_path
    subprocess.run(["umount", tmp_path], check=True)


@pytest.mark.parametrize("name", KINDS)
def test_that_a_disk_that_fills_up_keeps_what_was_there(tiny_disk, name):
    random = np.random.Generator(np.random.PCG64(3))
    noise = random.integers(0, 256, (400, 400, 4), dtype=np.uint8)
    (tiny_disk / "old").write_bytes(b"old")
    if name != "frames":
        (tiny_disk / name).write_bytes(b"old")
    before = sorted(tiny_disk.iterdir())
    palette = shared_palette([noise], FIXED)
    with (
        pytest.raises(ExportError, match="the disk is full") as error,
        encoder_for(tiny_disk / name, (400, 400), 25, palette) as encoder,
    ):
        encoder.add(noise)
    assert is_one_sentence(error)
    assert sorted(tiny_disk.iterdir()) == before
    assert all(path.read_bytes() == b"old" for path in before)


@pytest.mark.parametrize("name", KINDS)
def test_that_a_missing_folder_is_named(tmp_path, name):
    target = tmp_path / "nowhere" / name
    with pytest.raises(ExportError, match="folder does not exist") as error:
        make(target).start()
    assert is_one_sentence(error)
    assert str(target) in str(error.value)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", KINDS)
def test_that_a_file_in_the_folders_place_is_named(tmp_path, name):
    (tmp_path / "file").write_bytes(b"old")
    with pytest.raises(ExportError) as error:
        make(tmp_path / "file" / name).start()
    assert is_one_sentence(error)
    assert (tmp_path / "file").read_bytes() == b"old"


@pytest.mark.parametrize("name", KINDS)
def test_that_a_closed_folder_is_named(tmp_path, name, monkeypatch):
    def closed(*_):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(os, "open", closed)
    monkeypatch.setattr(Path, "mkdir", closed)
    with pytest.raises(ExportError, match="no permission") as error:
        make(tmp_path / name).start()
    assert is_one_sentence(error)


def test_that_a_target_of_the_wrong_kind_is_refused(tmp_path):
    (tmp_path / "file").touch()
    (tmp_path / "folder.gif").mkdir()
    os.mkfifo(tmp_path / "pipe.png")
    for encoder in (
        PngSequence(tmp_path / "file", SIZE),
        make(tmp_path / "folder.gif"),
        make(tmp_path / "pipe.png"),
    ):
        with pytest.raises(ExportError) as error:
            encoder.start()
        assert is_one_sentence(error)
    assert len(list(tmp_path.iterdir())) == 3


# Arguments


@pytest.mark.parametrize(
    "frame",
    [
        plain(INK, (64, 96)),
        plain(INK)[..., :3].copy(),
        plain(INK).astype(np.float32),
        plain(INK)[:, ::-1],
        np.zeros(SIZE, dtype=np.uint8),
        b"pixels",
        None,
    ],
)
@pytest.mark.parametrize("name", KINDS)
def test_that_a_frame_of_another_shape_is_refused(tmp_path, name, frame):
    with pytest.raises(ValueError, match="A frame of") as error, make(tmp_path / name) as encoder:
        encoder.add(frame)
    assert is_one_sentence(error)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("size", [(0, 10), (10, 65536), (10, 10, 10), (10.5, 10), 7, "ab"])
@pytest.mark.parametrize("name", KINDS)
def test_that_impossible_sizes_are_refused(tmp_path, name, size):
    with pytest.raises(ValueError) as error:  # noqa: PT011 - the sentence is checked
        make(tmp_path / name, size)
    assert is_one_sentence(error)


@pytest.mark.parametrize("fps", [0, -25, 50.1, float("nan"), float("inf")])
def test_that_impossible_frame_rates_are_refused(tmp_path, fps):
    with pytest.raises(ValueError, match="at most 50 frames a second") as error:
        GifEncoder(tmp_path / "film.gif", SIZE, fps, FIXED)
    assert is_one_sentence(error)


@pytest.mark.parametrize(
    "palette",
    [
        np.zeros((0, 3), np.uint8),
        np.zeros((256, 3), np.uint8),
        np.zeros((5, 4), np.uint8),
        np.zeros((5, 3)),
        np.zeros(3, np.uint8),
        None,
    ],
)
def test_that_impossible_palettes_are_refused(tmp_path, palette):
    with pytest.raises(ValueError) as error:  # noqa: PT011 - the sentence is checked
        encoder_for(tmp_path / "film.gif", SIZE, 25, palette)
    assert is_one_sentence(error)


def test_that_impossible_demands_on_a_palette_are_refused():
    for samples, fixed in [
        ([], np.empty((0, 3), np.uint8)),
        ([], np.zeros((256, 3), np.uint8)),
        ([np.zeros((4, 4, 3), np.uint8)], FIXED),
        ([np.zeros((4, 4, 4))], FIXED),
        ([], np.zeros((2, 3))),
    ]:
        with pytest.raises(ValueError) as error:  # noqa: PT011 - the sentence is checked
            shared_palette(samples, fixed)
        assert is_one_sentence(error)


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf")])
def test_that_impossible_holds_are_refused(tmp_path, seconds):
    with make(tmp_path / "film.gif") as encoder:
        encoder.add(plain(INK))
        with pytest.raises(ValueError, match="0 seconds or more") as error:
            encoder.hold(seconds)
        assert is_one_sentence(error)


@pytest.mark.parametrize("keyword", ["", "k" * 80, "two\nlines", "Größe"])
def test_that_impossible_keywords_are_refused(tmp_path, keyword):
    with pytest.raises(ValueError, match="keyword") as error:
        write_png(tmp_path / "still.png", plain(INK), {keyword: "text"})
    assert is_one_sentence(error)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "frame", [None, np.zeros((4, 4)), np.zeros((4, 4, 3), np.uint8), np.zeros((0, 4, 4), np.uint8)]
)
def test_that_a_still_of_something_else_is_refused(tmp_path, frame):
    with pytest.raises(ValueError) as error:  # noqa: PT011 - the sentence is checked
        write_png(tmp_path / "still.png", frame)
    assert is_one_sentence(error)
    assert not list(tmp_path.iterdir())


def test_that_the_suffix_chooses_the_encoder(tmp_path):
    for name, kind in [("a.gif", GifEncoder), ("a.GIF", GifEncoder), ("a.png", PngStill), ("frames", PngSequence)]:
        assert type(make(tmp_path / name)) is kind
        assert type(make(str(tmp_path / name))) is kind
    (tmp_path / "version 1.2").mkdir()
    assert type(make(tmp_path / "version 1.2")) is PngSequence
    with pytest.raises(ValueError, match=r"\.gif, \.png, or a folder") as error:
        make(tmp_path / "film.avi")
    assert is_one_sentence(error)


def test_that_pngs_need_no_palette(tmp_path):
    assert type(encoder_for(tmp_path / "still.png", SIZE, 25, None)) is PngStill
    assert type(encoder_for(tmp_path / "frames", SIZE, 25, None)) is PngSequence


def test_that_importing_the_encoders_loads_neither_pillow_nor_qt():
    code = (
        "import sys, lossviz.export.encoders; print([m for m in sys.modules if m.split('.')[0] in ('PIL', 'PySide6')])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
