"""lossviz run: the descents of an experiment in words and numbers."""

import argparse
import json
import sys
from pathlib import Path

from lossviz.cli.facts import facts_of, write_rows
from lossviz.cli.reading import scene_asked_for
from lossviz.numerals import counted, short


def run(chosen: argparse.Namespace) -> int:
    """Make the descents, and tell of them in words, as JSON or as rows of a file."""
    scene = scene_asked_for(chosen.file, resolution=2)
    if chosen.csv:
        write_rows(scene, Path(chosen.csv))
        print(f"{chosen.csv}: {sum(d.trajectory.steps + 1 for d in scene.descents)} rows")
        return 0
    facts = facts_of(scene)
    if chosen.json:
        escaped = (getattr(sys.stdout, "encoding", None) or "utf-8").lower() != "utf-8"
        print(json.dumps(facts, indent=2, ensure_ascii=escaped, allow_nan=False))
        return 0
    print(facts["title"] or chosen.file)
    surface = facts["surface"]
    fitted = surface["model"] is not None
    if fitted:
        print(f"{surface['loss']} of {surface['model']} over {surface['samples']:,} samples")
    else:
        print(f"L({', '.join(scene.symbols)}) = {surface['formula']}" if surface["formula"] else surface["loss"])
    best = facts["minimum"]
    if best:
        print(f"minimum      {_point(best, scene.symbols)}")
        if fitted:
            print(f"             in the columns' units: {_line(best['original_units'])}")
    told = any(run["conditions"] for run in facts["runs"])
    for run in facts["runs"]:
        print(f"\n{run['label']} ({run['optimizer']}, {run['steps']} steps): {run['outcome']}")
        print(f"  end        {'off the surface' if run['outcome'] == 'left' else _point(run['end'], scene.symbols)}")
        if fitted:
            print(f"             in the columns' units: {_line(run['original_units'])}")
        if told:
            seen = counted(run["samples_seen"])
            cost = f"{seen} samples, {short(run['epochs'])} epochs" if surface["samples"] else f"{seen} slopes"
            print(f"  cost       {cost}, {short(run['seconds'])} modelled seconds")
        if run["clipped"]:
            print(f"  clipped    {run['clipped']} of {run['steps']} steps")
        print(f"  verdict    {run['verdict']}")
        print(f"             {run['numbers']}")
        if run["destination"]:
            print(f"  ended      {run['destination']['text']}")
        if run["random_starts"]:
            print(f"  random     {run['random_starts']}")
        if run["advice"]:
            print(f"  advice     {run['advice']}")
    return 0


def _point(at: dict[str, float] | None, symbols: tuple[str, str]) -> str:
    if at is None:
        return "beyond all numbers"
    first, second = symbols
    return f"{first} {at['w']:.10g}, {second} {at['b']:.10g}, loss {at['loss']:.8g}"


def _line(line: dict[str, float] | None) -> str:
    return f"slope {line['slope']:.8g}, intercept {line['intercept']:.8g}" if line else "none"
