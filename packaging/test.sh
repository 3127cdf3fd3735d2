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
end_legs() {
    for group in "$private"/*.group; do
        if [ -f "$group" ]; then kill -- "-$(cat "$group")" || :; fi
    done
    rm -rf "$private"
}
trap end_legs EXIT
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

# Two legs run beside all the rest, each in a process group of its own: what they say comes at the end
beside() { # name of the leg, command ...
    of=$private/$1
    shift
    code=0
    # shellcheck disable=SC2016,SC2086 # the new shell tells its own number; $own is a command with its switch
    leg $own sh -c 'echo $$ >"$0"; exec "$@"' "$of.group" "$@" >"$of.said" 2>&1 || code=$?
    rm -f "$of.group"
    exit $code
}
ended() { # name of the leg, its process
    code=0
    wait "$2" || code=$?
    cat "$private/$1.said"
    return $code
}
own=
if command -v setsid >/dev/null; then own="setsid -w"; fi

# Qt's off-screen platform warns of what it can't do ("This plugin does not support raise()"): no fault of ours
CANT="This plugin does not support"

(beside gui env -u DISPLAY -u WAYLAND_DISPLAY QT_QPA_PLATFORM=offscreen \
    python -m pytest -m "gui and not xcb and not benchmark" -o qt_log_ignore="$CANT" "$@") &
gui=$!
windows=
if [ "$(uname)" != Darwin ]; then
    (beside windows env QT_QPA_PLATFORM=xcb LIBGL_ALWAYS_SOFTWARE=1 xvfb-run -a -s "-screen 0 1920x1080x24" \
        python -m pytest -m "(xcb or window) and not benchmark" "$@") &
    windows=$!
fi

phase 'ruff check' ruff check .
phase 'ruff format' ruff format --check .
phase 'mypy' mypy
phase 'lint-imports' lint-imports --no-logo

phase 'tests, off-screen' leg env -u DISPLAY -u WAYLAND_DISPLAY QT_QPA_PLATFORM=offscreen \
    python -m pytest -m "not gui and not xcb and not benchmark" -o qt_log_ignore="$CANT" "$@"
phase 'tests of the window, off-screen' ended gui "$gui"
if [ -n "$windows" ]; then
    phase 'tests, X server' ended windows "$windows"
else
    echo "== tests, X server: left out, since macOS has none"
fi

# Nothing is said after a success: pytest's closing line is then the last one
if [ -n "$failed" ]; then
    echo "Failed: $failed" >&2
    exit 1
fi
