#!/bin/sh
# Checks everything that a commit must pass:   sh packaging/test.sh [pytest argument ...]
# Every phase is run, even after one has failed.
set -eu

CDPATH=''
case $0 in */*) cd -- "${0%/*}/.." ;; *) cd .. ;; esac
sh packaging/setup.sh test || exit

# Tests see neither the caller's settings nor the caller's desktop, and leave nothing behind
private=$(mktemp -d "${TMPDIR:-/tmp}/lossviz-test.XXXXXX")
chmod 0700 "$private"
trap 'if [ -f "$private/group" ]; then kill -- "-$(cat "$private/group")" || :; fi; rm -rf "$private"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
mkdir "$private/tmp"
export TMPDIR="$private/tmp" XDG_RUNTIME_DIR="$private" # Qt insists on 0700 for the latter
export XDG_CONFIG_HOME="$private/config" XDG_DATA_HOME="$private/data" XDG_CACHE_HOME="$private/cache"
export PYTHONFAULTHANDLER=1 OMP_NUM_THREADS=1 LC_ALL=C.UTF-8 QT_SCALE_FACTOR=1
unset XDG_CURRENT_DESKTOP QT_QPA_PLATFORMTHEME QT_STYLE_OVERRIDE QT_FONT_DPI QT_SCREEN_SCALE_FACTORS
PATH=$PWD/.venv/bin:$PATH

failed=
phase() { # name, command ...
    name=$1
    shift
    echo "== $name"
    status=0
    "$@" || status=$?
    case $status in
        0) ;;
        130) exit 130 ;; # Ctrl+C ends it all, not one phase
        *) failed="$failed${failed:+, }$name" ;;
    esac
}

# A leg without any test is an error (a marker was mistyped?), unless the caller chose the tests
chosen=$#
leg() {
    outcome=0
    "$@" || outcome=$?
    if [ $outcome -eq 5 ] && [ "$chosen" -gt 0 ]; then return 0; fi
    return $outcome
}

# The leg with windows runs beside all the rest, in a process group of its own: what it says comes at the end
windows=
if [ "$(uname)" != Darwin ]; then
    {
        outcome=0
        # shellcheck disable=SC2016 # the new shell tells its own number
        leg setsid -w env QT_QPA_PLATFORM=xcb LIBGL_ALWAYS_SOFTWARE=1 sh -c 'echo $$ >"$0"; exec "$@"' "$private/group" \
            xvfb-run -a -s "-screen 0 1920x1080x24" python -m pytest -m "(xcb or window) and not benchmark" "$@" \
            >"$private/windows" 2>&1 || outcome=$?
        rm "$private/group"
        exit $outcome
    } &
    windows=$!
fi

phase 'ruff check' ruff check .
phase 'ruff format' ruff format --check .
phase 'mypy' mypy
phase 'lint-imports' lint-imports --no-logo

# Qt's off-screen platform warns of what it can't do ("This plugin does not support raise()"): no fault of ours
phase 'tests, off-screen' leg env -u DISPLAY -u WAYLAND_DISPLAY QT_QPA_PLATFORM=offscreen \
    python -m pytest -m "not xcb and not benchmark" -o qt_log_ignore="This plugin does not support" "$@"

if [ -n "$windows" ]; then
    ended() {
        outcome=0
        wait "$windows" || outcome=$?
        cat "$private/windows"
        return $outcome
    }
    phase 'tests, X server' ended
else
    echo "== tests, X server: left out, since macOS has none"
fi

# Nothing is said after a success: pytest's closing line is then the last one
if [ -n "$failed" ]; then
    echo "Failed: $failed" >&2
    exit 1
fi
