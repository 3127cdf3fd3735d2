"""lossviz rangetest: which learning rates are of use to a run, in words, numbers and a picture."""

import argparse
import json
import math
from pathlib import Path
from typing import Any, cast

from lossviz.analysis.range_test import RangeTest
from lossviz.cli.reading import experiment_asked_for, name_of
from lossviz.experiment import Experiment, ExperimentError
from lossviz.jobs.memory import Memory
from lossviz.jobs.messages import TryRates
from lossviz.jobs.rates import alone
from lossviz.jobs.tasks import perform
from lossviz.landscape.work import completed
from lossviz.numerals import short, use_decimal_sign
from lossviz.scene.rates import RatesSeen, rates_seen


def range_test(chosen: argparse.Namespace) -> int:
    """Make a range test of a run, and tell of it in words or as JSON; draw it where a file is named."""
    use_decimal_sign("," if chosen.decimal == "comma" else ".")
    experiment = experiment_asked_for(chosen.file)
    number = _number(experiment, chosen.run)
    request = TryRates(0, alone(experiment, number), chosen.low, chosen.high, chosen.steps)
    try:
        test = cast("RangeTest", completed(perform(request, Memory())))
    except ExperimentError as error:
        raise ExperimentError(f"{name_of(chosen.file)}: {error}") from None
    seen = rates_seen(experiment, number, test, chosen.low, chosen.high)
    if chosen.out:
        _draw(experiment, seen, chosen)
    if chosen.json:
        print(json.dumps(_facts(seen), indent=2, allow_nan=False))
        return 0
    print(f"{seen.label}, from {short(chosen.low)} to {short(chosen.high)} in {len(test.rates)} steps")
    print(seen.sentence)
    for name, rate in _rates(test).items():
        print(f"  {name:<12}{'none' if rate is None else short(rate, 4)}")
    if chosen.out:
        print(f"{chosen.out}: 1 picture, {chosen.size[0]}x{chosen.size[1]}")
    return 0


def _number(experiment: Experiment, asked: int | None) -> int:
    """Give the place of the run that is asked for, counted from 1; without a wish that of the selected one."""
    count = len(experiment.runs)
    if not count:
        raise ValueError("the experiment has no run to find a learning rate for.")
    if asked is None:
        return min(experiment.view.selected, count - 1)
    if not 1 <= asked <= count:
        raise ValueError(f"--run must be from 1 to {count}, the number of a run, not {asked}.")
    return asked - 1


def _rates(test: RangeTest) -> dict[str, float | None]:
    return {name: getattr(test, name) for name in ("suggested", "steepest", "lowest", "blow_up", "limit")}


def _facts(seen: RatesSeen) -> dict[str, Any]:
    """Give all numbers as plain data; a loss that is not finite becomes null, as JSON has no NaN."""
    test = seen.test

    def plain(losses: Any) -> list[float | None]:
        return [loss if math.isfinite(loss) else None for loss in losses.tolist()]

    return {
        "run": seen.label,
        **_rates(test),
        "sentence": seen.sentence,
        "rates": test.rates.tolist(),
        "losses": plain(test.losses),
        "smoothed": plain(test.smoothed),
    }


def _draw(experiment: Experiment, seen: RatesSeen, chosen: argparse.Namespace) -> None:
    from lossviz.export.interrupts import InterruptsBetweenFrames

    # an interrupt while Qt is loaded would be lost
    with InterruptsBetweenFrames() as interrupts:
        from lossviz.export.still import write_still
        from lossviz.scene.style import STYLES
        from lossviz.views.rates_picture import RatesPicture

        title = ": ".join(part for part in (experiment.title, f"a learning rate for {seen.label}") if part)
        interrupts.check()
        style = STYLES[chosen.theme]
        write_still(Path(chosen.out), chosen.size, lambda s: RatesPicture(title, seen, style, s), {"Title": title})
