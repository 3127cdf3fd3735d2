"""The one entry point: a command goes to the command line, anything else opens the window."""

import os
import sys

COMMANDS = ("render", "run", "rangetest", "list", "doctor")
"""Named here too, so that the window starts without loading the command line."""

USAGE = """\
usage: lossviz [FILE]                    open the window: an experiment, a shipped one's name, a table, a grid of losses
       lossviz render FILE -o OUT ...    write a picture or a film (lossviz render --help)
       lossviz run FILE [--json]         the descents, their verdicts and numbers
       lossviz rangetest FILE [-o OUT]   which learning rates are of use to a run
       lossviz list WHAT                 surfaces, optimizers, schedules, datasets or experiments
       lossviz doctor                    what works here, and what to install
       lossviz --version"""


def main() -> int:
    """Start lossviz with the arguments of the process; give the exit code."""
    arguments = sys.argv[1:]
    # before NumPy is loaded: its products are small here, and threads that wait for one another take ten times as long
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if arguments and arguments[0] in COMMANDS:
        from lossviz import cli

        return cli.main(arguments)
    if arguments in (["--help"], ["-h"]):
        print(USAGE)
        return 0
    if arguments == ["--version"]:
        from lossviz.resources import program_version

        print(f"lossviz {program_version()}")
        return 0
    if len(arguments) > 1 or (arguments and arguments[0].startswith("-")):
        print(
            f"lossviz: expected one file or a command; see lossviz --help, not '{' '.join(arguments)}'.",
            file=sys.stderr,
        )
        return 2
    # the window collects garbage on its own thread only; the start needs none at all
    import gc

    gc.disable()
    from lossviz.gui import app

    return app.main(arguments[0] if arguments else None)


if __name__ == "__main__":
    sys.exit(main())
