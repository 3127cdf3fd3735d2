#!/bin/sh
# Writes the two lock files anew:   sh packaging/lock.sh [--upgrade | --upgrade-package NAME]
#
# Without an argument only what pyproject.toml has changed is changed. The files serve every Python from 3.11 to 3.14
# on every system, with the hashes of all wheels, and name no package index: pip asks the one that it is set up for.
set -eu

CDPATH=''
case $0 in */*) cd -- "${0%/*}/.." ;; *) cd .. ;; esac

PATH=$PATH:$PWD/.venv/bin
if ! command -v uv >/dev/null 2>&1; then
    echo "lock.sh needs uv on PATH or in .venv. Get it with: .venv/bin/python -m pip install uv" >&2
    exit 2
fi
export UV_PYTHON_DOWNLOADS=never

compile() { # output, then uv's options; standard input: more requirements
    output=$1
    shift
    # fewest: one version of a library for all Pythons, so that what was tested is what runs
    uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
        --no-emit-index-url --no-emit-find-links --custom-compile-command 'sh packaging/lock.sh' \
        pyproject.toml - --output-file "$output" "$@"
}

# hatchling and editables install lossviz itself. Qt 6.11 breaks pyqtgraph 0.14's SVG exporter: hence the older PySide6.
compile packaging/requirements.txt "$@" <<'END'
hatchling>=1.27
editables
PySide6-Essentials==6.10.3
END

# The same again, with every extra
compile packaging/requirements-test.txt --all-extras --constraints packaging/requirements.txt "$@" <<'END'
hatchling>=1.27
editables
END
