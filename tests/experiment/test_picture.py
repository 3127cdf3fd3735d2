import struct
import time
import zlib
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image, PngImagePlugin

import lossviz as lv
from lossviz.experiment import ExperimentError, dumps, parse
from lossviz.experiment.picture import (
    KEYWORD,
    LARGEST_TEXT,
    MARK,
    carried_text,
    experiment_in_picture,
    self_contained,
)
from lossviz.export.encoders import encoder_for
from lossviz.jobs.tasks import scene_of

EXPERIMENT = msgspec.structs.replace(lv.load("four-learning-rates"), title="Übung: θ ← θ − α·g")
TEXT = MARK + dumps(EXPERIMENT)
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(kind, content, length=None):
    head = (len(content) if length is None else length).to_bytes(4, "big") + kind
    return head + content + struct.pack(">I", zlib.crc32(kind + content))


def png(*chunks, end=True):
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return SIGNATURE + head + b"".join(chunks) + (chunk(b"IEND", b"") if end else b"")


def gif(*blocks, colours=b"\x80\0\0" + bytes(6)):
    return b"GIF89a" + struct.pack("<HH", 1, 1) + colours + b"".join(blocks) + b";"


def comment(text):
    raw = text.encode()
    parts = [raw[k : k + 255] for k in range(0, len(raw), 255)]
    return b"!\xfe" + b"".join(bytes([len(part)]) + part for part in parts) + b"\0"


def written(folder, content, name="picture.png"):
    (folder / name).write_bytes(content)
    return folder / name


def picture(path, **carried):
    frame = np.full((8, 10, 4), 255, np.uint8)
    with encoder_for(path, (10, 8), 25, np.zeros((1, 3), np.uint8), **carried) as encoder:
        encoder.add(frame)
        if path.suffix.lower() != ".png":
            encoder.add(frame // 2)
    return path


# There and back


@pytest.mark.parametrize("name", ["still.png", "film.gif", "frames", "STILL.PNG"])
def test_that_a_picture_gives_back_the_experiment_that_was_put_into_it(tmp_path, name):
    path = picture(tmp_path / name, text={KEYWORD: TEXT}, comment=TEXT)
    assert lv.load(path / "frame_00000.png" if name == "frames" else path) == EXPERIMENT


def test_that_a_picture_with_much_text_gives_it_back(tmp_path):
    large = msgspec.structs.replace(EXPERIMENT, title="η" * 200_000)
    for name in ("still.png", "film.gif"):
        path = picture(tmp_path / name, text={KEYWORD: MARK + dumps(large)}, comment=MARK + dumps(large))
        assert lv.load(path) == large


def test_that_other_numbered_pictures_say_that_they_carry_nothing(tmp_path):
    picture(tmp_path / "frames", text={KEYWORD: TEXT})
    with pytest.raises(ExperimentError, match=r"^frame_00001\.png: this picture carries no experiment; .*\.$"):
        lv.load(tmp_path / "frames" / "frame_00001.png")


def test_that_pictures_of_others_carry_nothing(tmp_path):
    image = Image.fromarray(np.zeros((5, 5, 3), np.uint8))
    said = PngImagePlugin.PngInfo()
    said.add_text("Comment", TEXT)
    image.save(tmp_path / "a.png", pnginfo=said)
    image.save(tmp_path / "a.gif", comment=b"# lossviz\n" + b"x" * 999)
    for name in ("a.png", "a.gif"):
        assert experiment_in_picture(tmp_path / name) is None


@pytest.mark.parametrize(
    "kept", [chunk(b"tEXt", b"lossviz\0" + TEXT.replace("θ ← θ − α·g", "g").encode("latin-1")),
             chunk(b"zTXt", b"lossviz\0\0" + zlib.compress(TEXT.replace("θ ← θ − α·g", "g").encode("latin-1"))),
             chunk(b"iTXt", b"lossviz\0\0\0\0\0" + TEXT.encode()),
             chunk(b"iTXt", b"lossviz\0\1\0de\0was es ist\0" + zlib.compress(TEXT.encode()))],
    ids=["tEXt", "zTXt", "iTXt", "iTXt, compressed"],
)  # fmt: skip
def test_that_every_kind_of_text_of_a_png_is_read_also_behind_the_pixels(tmp_path, kept):
    pixels = chunk(b"IDAT", zlib.compress(b"\0\0"))
    for content in (png(kept, pixels), png(chunk(b"tEXt", b"Title\0lossviz"), pixels, kept)):
        read = experiment_in_picture(written(tmp_path, content))
        assert read is not None
        assert read.title.startswith("Übung: ")
        assert read.runs == EXPERIMENT.runs


def test_that_a_gif_is_searched_behind_its_frames_and_other_extensions(tmp_path):
    frame = b",\0\0\0\0\1\0\1\0\x80" + bytes(6) + b"\2\2\x44\1\0"
    film = gif(
        b"!\xff\x0bNETSCAPE2.0\3\1\0\0\0", comment("somebody else's"), frame, b"!\xf9\4\0\0\0\0\0", comment(TEXT)
    )
    assert experiment_in_picture(written(tmp_path, film, "film.gif")) == EXPERIMENT


# Hostile and damaged files: one sentence, at once


BOMB = zlib.compress(bytes(LARGEST_TEXT + 2), 9)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.png", b"", "expected a PNG or a GIF"),
        ("a.png", b"\xff\xd8\xff\xe0 a photograph", "expected a PNG or a GIF"),
        ("a.gif", b"GIF89", "expected a PNG or a GIF"),
        ("a.png", SIGNATURE, "cut off"),
        ("a.png", png(end=False), "cut off"),
        ("a.png", png(chunk(b"IDAT", b"", length=0xFFFFFFFF)), "cut off"),
        ("a.png", png(chunk(b"tEXt", b"lossviz\0", length=LARGEST_TEXT), end=False), "cut off"),
        ("a.png", png(chunk(b"tEXt", b"lossviz\0", length=0xFFFFFFFF)), "more than 16 MiB"),
        ("a.png", png(chunk(b"tEXt", b"lossviz\0x")[:-1] + b"?"), "damaged"),
        ("a.png", png(chunk(b"zTXt", b"lossviz\0\0" + BOMB)), "more than 16 MiB"),
        ("a.png", png(chunk(b"iTXt", b"lossviz\0\1\0\0\0" + BOMB)), "more than 16 MiB"),
        ("a.png", png(chunk(b"zTXt", b"lossviz\0\0" + zlib.compress(b"x" * 99)[:-6])), "damaged"),
        ("a.png", png(chunk(b"zTXt", b"lossviz\0\0no zlib")), "damaged"),
        ("a.png", png(chunk(b"zTXt", b"lossviz\0")), "damaged"),
        ("a.png", png(chunk(b"iTXt", b"lossviz\0")), "damaged"),
        ("a.png", png(chunk(b"iTXt", b"lossviz\0\0\0\0\0\xff\xfe")), "damaged"),
        ("a.png", png(chunk(b"tEXt", b"lossviz\0x = 1")), "unknown key"),
        ("a.png", png(chunk(b"tEXt", b"lossviz\0" + b"[" * 100_000)), "not valid TOML"),
        ("a.gif", b"GIF89a", "cut off"),
        ("a.gif", gif(comment(TEXT))[:300], "cut off"),
        ("a.gif", gif(colours=b"\x87\0\0")[:-1], "cut off"),
        ("a.gif", gif(b"?"), "damaged"),
        ("a.gif", gif(comment(MARK + "x = 1")), "unknown key"),
        ("a.gif", gif(b"!\xfe" + bytes([255]) + MARK.encode() + b"\xff" * (255 - len(MARK)) + b"\0"), "damaged"),
        ("a.gif", gif(comment(MARK + "#" * LARGEST_TEXT)), "more than 16 MiB"),
    ],
)  # fmt: skip
def test_that_a_damaged_picture_is_told_in_one_sentence(tmp_path, refused, name, content, said):
    path = written(tmp_path, content, name)
    begun = time.perf_counter()
    with refused(said, ExperimentError) as caught:
        lv.load(path)
    assert str(caught.value).startswith(f"{name}: ")
    assert time.perf_counter() - begun < 5.0


def test_that_a_picture_without_an_end_is_not_searched_for_ever(tmp_path):
    # two million blocks of one byte each
    path = written(tmp_path, gif(b"!\xf9" + b"\1\1" * 2_000_000 + b"\0", comment(TEXT)), "film.gif")
    assert experiment_in_picture(path) is None


def test_that_a_folder_with_a_pictures_name_is_no_picture(tmp_path, refused):
    (tmp_path / "a.png").mkdir()
    with refused("found a folder", ExperimentError):
        lv.load(tmp_path / "a.png")
    with refused("expected a picture file", ExperimentError):
        experiment_in_picture(tmp_path / "a.png")


# Data that come along


def on_table(folder, rows):
    x = np.random.Generator(np.random.PCG64(5)).normal(size=rows)
    lines = [f"{a!r},{3 * a + 1!r}" for a in x.tolist()]
    (folder / "mine.csv").write_text("x,y\n" + "\n".join(lines), "utf-8")
    surface = lv.load("four-learning-rates").surface
    surface = msgspec.structs.replace(
        surface, data=None, path=str(folder / "mine.csv"), feature="x", label="y", domain=None
    )
    return msgspec.structs.replace(EXPERIMENT, surface=surface)


def numbers(experiment):
    scene = scene_of(experiment, 33)
    return [
        scene.grid.loss,
        *(d.trajectory.path for d in scene.descents),
        *(d.trajectory.losses for d in scene.descents),
    ]


def embedded(experiment):
    return self_contained(experiment, experiment.build_surface().data.dataset)


def test_that_a_small_table_comes_along_and_gives_equal_numbers_without_its_file(tmp_path):
    experiment = on_table(tmp_path, 200)
    before = numbers(experiment)
    path = picture(
        tmp_path / "still.png", text={KEYWORD: carried_text(experiment, experiment.build_surface().data.dataset)}
    )
    (tmp_path / "mine.csv").unlink()
    read = lv.load(path)
    assert read.surface.path is None
    for one, other in zip(before, numbers(read), strict=True):
        np.testing.assert_array_equal(one, other)


def test_that_a_large_table_is_named_by_its_path_and_its_sum(tmp_path, monkeypatch):
    experiment = on_table(tmp_path, 30_000)
    read = embedded(experiment)
    assert read.surface.columns is None
    assert Path(read.surface.path) == (tmp_path / "mine.csv").resolve()
    assert embedded(read) == read
    for one, other in zip(numbers(experiment), numbers(read), strict=True):
        np.testing.assert_array_equal(one, other)
    (tmp_path / "mine.csv").write_text("x,y\n1,2\n3,4\n", "utf-8")
    with pytest.raises(ExperimentError, match="is not the file it was"):
        read.build_surface()


def test_that_a_grid_is_named_by_its_path_and_its_sum(tmp_path):
    axis = np.arange(4.0)
    np.savez(tmp_path / "mine.npz", w=axis, b=axis, loss=np.ones((4, 4)))
    read = self_contained(parse('[surface]\ngrid = "mine.npz"\n[descent]\nstart = [1, 1]\n', folder=tmp_path), None)
    assert Path(read.surface.grid) == (tmp_path / "mine.npz").resolve()
    assert read.build_surface().loss(1.5, 1.5) == 1.0
    np.savez(tmp_path / "mine.npz", w=axis, b=axis, loss=np.zeros((4, 4)))
    with pytest.raises(ExperimentError, match="is not the file it was"):
        read.build_surface()


def test_that_a_shipped_dataset_is_named_only():
    assert embedded(EXPERIMENT) == EXPERIMENT
