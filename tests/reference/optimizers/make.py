"""Makes paths.npz: where the optimizers of PyTorch, Keras and Optax themselves went, in float64. Run on demand:

    python -m venv /tmp/oracle
    /tmp/oracle/bin/pip install torch==2.13.0 keras==3.15.1 jax==0.10.2 optax==0.2.8 qhoptim==1.1.0 numpy
    /tmp/oracle/bin/python tests/reference/optimizers/make.py [--library keras] [--only adam adamw]

Which is asked for what: cases_pytorch.py, cases_keras.py, cases_optax.py; on which losses: problems.py. With --library
or --only the others' paths stay as they are. Nothing of lossviz is used.

Kept are the rows of a path that are not chaotic: those before a repetition with each term of the gradient perturbed by
1e-14 differs by more than 1e-12.
"""

import argparse
import importlib
import json
import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("JAX_ENABLE_X64", "1")

import descents
import numpy as np
from problems import problems

FILE = Path(__file__).parent / "paths.npz"
LIBRARIES = {
    "pytorch": (descents.by_pytorch, ("torch", "qhoptim")),
    "keras": (descents.by_keras, ("keras", "jax")),
    "optax": (descents.by_optax, ("optax", "jax")),
}


def stored():
    """Give the cases and paths of the file, and the versions that made them; nothing where there is none."""
    if not FILE.exists():
        return [], {}
    with np.load(FILE) as file:
        about, rows = json.loads(str(file["about"])), file["rows"]
    ends = np.cumsum([case["rows"] for case in about["cases"]])
    return list(zip(about["cases"], np.split(rows, ends[:-1]), strict=True)), about["versions"]


def made(library, names):
    """Make a library's paths of the rules named; all of them if none is."""
    descend, _ = LIBRARIES[library]
    cases = importlib.import_module(f"cases_{library}").CASES
    for rule in names or cases:
        make, settings = cases.get(rule, (None, []))
        for number, hyperparameters in enumerate(settings):
            for problem, loss in problems().items():
                path, other = descend(make, hyperparameters, loss, (0.0, 1e-14))
                together = np.max(np.abs(path - other), axis=1) <= 1e-12 * np.max(np.abs(path), axis=1)
                rows = len(path) if np.all(together) else int(np.argmin(together))
                case = {
                    "rule": rule,
                    "convention": library,
                    "number": number,
                    "hyperparameters": hyperparameters,
                    "problem": problem,
                    "rows": rows,
                }
                yield case, path[:rows]


def write(found, versions):
    """Write the file, in an order that doesn't depend on what was made last."""
    found = sorted(found, key=lambda pair: [pair[0][key] for key in ("rule", "convention", "number", "problem")])
    data = {name: problem for name, problem in problems().items() if problem.model}
    about = {
        "versions": dict(sorted(versions.items())),
        "cases": [case for case, _ in found],
        "problems": {name: {"start": p.start, "model": p.model, "mean": p.mean} for name, p in problems().items()},
    }
    arrays = {f"{name}.{part}": getattr(p, part) for name, p in data.items() for part in "xy"}
    rows = np.concatenate([path for _, path in found])
    new = FILE.with_name(f"{os.getpid()}.npz")
    np.savez_compressed(new, about=np.array(json.dumps(about)), rows=rows, **arrays)
    new.replace(FILE)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", nargs="+", default=[], metavar="RULE")
    parser.add_argument("--library", nargs="+", choices=LIBRARIES, default=list(LIBRARIES))
    given = parser.parse_args()
    new, packages = [], {"numpy"}
    for library in given.library:
        new += made(library, given.only)
        packages.update(LIBRARIES[library][1])
    # read as late as possible: another may have written meanwhile
    before, versions = stored()
    kept = [
        (case, path)
        for case, path in before
        if case["convention"] not in given.library or (given.only and case["rule"] not in given.only)
    ]
    versions |= {package: version(package) for package in packages} | {"python": platform.python_version()}
    write(kept + new, versions)
    for case, _ in new:
        sys.stdout.write(f"{case['rows']:4d} {case['convention']} {case['rule']} {case['number']} {case['problem']}\n")
    sys.stdout.write(f"{len(new)} new paths of {len(kept) + len(new)}\n")


if __name__ == "__main__":
    main()
