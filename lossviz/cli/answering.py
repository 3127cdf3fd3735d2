"""Does what the command line says, and says in one line why it can't."""

import argparse
import io
import os
import sys
from collections.abc import Sequence

from lossviz.cli.arguments import WRONG, parser

FAILED = 1
"""The exit code of work that failed."""


def main(arguments: Sequence[str]) -> int:
    """Do what the command line says; give the exit code: 0 done, 1 the work failed, 2 the request is wrong."""
    # a terminal that lacks a letter shows another one
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    chosen = parser().parse_args(arguments)
    actions = {"render": _render, "run": _run, "rangetest": _range_test, "list": _list, "doctor": _doctor}
    try:
        code = actions[chosen.command](chosen)
        # now, not at the end of the process, where nothing could be said about it
        print(end="", flush=True)
        return code
    except (ValueError, TypeError) as error:
        return _said(str(error), WRONG)
    except KeyboardInterrupt:
        return _said("interrupted; nothing was written.", FAILED)
    except BrokenPipeError:
        # whoever read the output has enough of it
        _drop_output()
        return FAILED
    except (OSError, RuntimeError, MemoryError) as error:
        _drop_output()
        return _said(_reason(error), FAILED)


def _drop_output() -> None:
    """Let what is still to be written go nowhere, if it can't be written: Python tries again when it ends."""
    try:
        print(end="", flush=True)
    except OSError:
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), sys.stdout.fileno())


def _reason(error: OSError | RuntimeError | MemoryError) -> str:
    """Give a sentence; what the system says itself has a number before it and no full stop."""
    if isinstance(error, MemoryError):
        return "there is not enough memory for this."
    if isinstance(error, OSError) and len(error.args) > 1:
        return f"{error.filename or 'the output'}: {error.strerror}."
    return str(error)


def _said(sentence: str, code: int) -> int:
    print(f"lossviz: {' '.join(sentence.split())}", file=sys.stderr)
    return code


def _render(chosen: argparse.Namespace) -> int:
    from lossviz.cli.picture import render

    return render(chosen)


def _run(chosen: argparse.Namespace) -> int:
    from lossviz.cli.numbers import run

    return run(chosen)


def _range_test(chosen: argparse.Namespace) -> int:
    from lossviz.cli.rates import range_test

    return range_test(chosen)


def _list(chosen: argparse.Namespace) -> int:
    from lossviz.cli.listing import listing

    for name, text in listing(chosen.what):
        print(f"{name:<24}{text}".rstrip())
    return 0


def _doctor(chosen: argparse.Namespace) -> int:
    from lossviz.export.doctor import report

    for what, works, text in report():
        print(f"{'yes' if works else 'NO':<4}{what:<20}{text}")
    return 0
