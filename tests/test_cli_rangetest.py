"""lossviz rangetest."""

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import lossviz as lv
from lossviz import cli


@pytest.fixture
def lossviz(capsys: Any, qapp: Any) -> Any:
    """Run the command line in this process: (exit code, stdout, stderr)."""

    def run(*arguments: object) -> tuple[int, str, str]:
        try:
            code = cli.main(["rangetest", *map(str, arguments)])
        except SystemExit as end:
            code = end.code
        return (code, *capsys.readouterr())

    return run


def test_that_it_tells_the_rates_of_the_selected_run(lossviz: Any) -> None:
    code, out, err = lossviz("four-learning-rates")
    assert (code, err) == (0, "")
    assert out.startswith("rate 0.71, from 1e−5 to 10 in 200 steps\nThe loss falls fastest at ")
    experiment = lv.load("four-learning-rates")
    limit = lv.stability(experiment.build_surface(), experiment.runs[2].rule(), experiment.descent.start).limit
    assert f"limit       {limit:.4g}" in out


def test_that_json_holds_what_the_function_gives(lossviz: Any) -> None:
    code, out, _ = lossviz("batches", "--run", 1, "--low", 0.001, "--high", 2, "--steps", 30, "--json")
    found = json.loads(out)
    experiment = lv.load("batches")
    expected = lv.range_test(
        experiment.build_surface(), experiment.runs[0].rule(), experiment.descent.start, 0.001, 2.0, 30
    )
    assert code == 0
    assert (found["run"], found["suggested"], found["limit"]) == ("all 8", expected.suggested, expected.limit)
    assert found["losses"] == expected.losses.tolist()


def test_that_a_loss_beyond_all_numbers_is_null(lossviz: Any) -> None:
    code, out, _ = lossviz("optimizers-race", "--run", 1, "--json")
    assert code == 0
    assert None in json.loads(out)["losses"]


@pytest.mark.parametrize(("suffix", "begin"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")])
def test_that_it_is_drawn_into_files_of_pixels_and_of_lines(
    lossviz: Any, tmp_path: Path, suffix: str, begin: bytes
) -> None:
    out = tmp_path / f"rates.{suffix}"
    code, said, err = lossviz("four-learning-rates", "-o", out, "--size", "480x320", "--theme", "dark")
    assert (code, err) == (0, "")
    assert said.endswith(f"{out}: 1 picture, 480x320\n")
    content = out.read_bytes()
    assert content.startswith(begin)
    if suffix == "png":
        image = Image.open(out).convert("RGB")
        assert image.size == (480, 320)
        assert len(image.getcolors(100_000)) > 100
        colours = {colour for _, colour in image.getcolors(100_000)}
        assert (0xFF, 0x8A, 0x3D) in colours
    if suffix == "svg":
        assert b'width="127mm"' in content
        assert b"<polyline" in content or b"<path" in content


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("four-learning-rates", "--run", 5), "from 1 to 4"),
        (("four-learning-rates", "--low", 3, "--high", 1), "high must be above low"),
        (("four-learning-rates", "--steps", 1), "steps must be 2 or more"),
        (("four-learning-rates", "--low", "nan"), "low must be a learning rate above 0"),
        (("four-learning-rates", "-o", "x.gif"), "'.gif' can't be written"),
        (("no-such-experiment",), "no-such-experiment"),
    ],
)
def test_that_what_is_wrong_is_said_in_one_line(lossviz: Any, arguments: tuple[object, ...], said: str) -> None:
    code, out, err = lossviz(*arguments)
    assert code in (1, 2)
    assert out == ""
    assert said in err
    assert err.count("\n") == 1
    assert err.startswith("lossviz: ")
