#!/bin/sh
# Makes .venv in the checkout ready:   sh packaging/setup.sh run|test
#
# run.sh and test.sh call this at every start. When nothing has changed it only looks (a few hundredths of a second).
# What it says goes to stderr, since stdout belongs to lossviz. Exit status 2: this machine lacks something that only
# its owner can add; the last lines say what.
#
# On macOS Qt needs no system libraries, so that part is passed over; the script is written for it, but untried there.
set -eu

mode=${1-}
case $mode in
    run) lock=packaging/requirements.txt ;;
    test) lock=packaging/requirements-test.txt ;; # holds all of requirements.txt, at the same versions
    *) echo "usage: sh packaging/setup.sh run|test" >&2; exit 2 ;;
esac

case $0 in */*) root=${0%/*}/.. ;; *) root=.. ;; esac
root=$(CDPATH='' cd -- "$root" && pwd -P)
venv=$root/.venv
stamp=$venv/lossviz-set-up # written last: a .venv without it was never finished

off_screen='libglib2.0-0 libgl1 libegl1 libxkbcommon0 libdbus-1-3 libfontconfig1'
window='libxcb-cursor0 libxkbcommon-x11-0 libxcb-icccm4 libxcb-keysyms1 libxcb-randr0 libxcb-shape0'
x_server='xvfb xauth'

say() { printf '%s\n' "$*" >&2; }

# --- what is there -------------------------------------------------------------------------------------------------

# Those of the packages $* that dpkg does not know as installed, each after a space. None, where there is no dpkg.
not_installed() {
    command -v dpkg-query >/dev/null 2>&1 || return 0
    # Debian 13 and Ubuntu 24.04 call libglib2.0-0 libglib2.0-0t64
    known=" $(dpkg-query -W -f '${Package}=${db:Status-Status} ' "$@" libglib2.0-0t64 2>/dev/null || :)"
    for package in "$@"; do
        case $known in
            *" $package=installed "* | *" ${package}t64=installed "*) ;;
            *) printf ' %s' "$package" ;;
        esac
    done
}

missing_libraries() {
    needed=$off_screen
    if [ "$mode" = test ]; then
        needed="$needed $window $x_server"
    elif [ -n "${DISPLAY-}${WAYLAND_DISPLAY-}" ]; then
        needed="$needed $window"
    fi
    # shellcheck disable=SC2086 # a list of words
    not_installed $needed
}

# The stamp says where .venv is and for which Python (if either has changed, it no longer works), what was asked for
# (if that has changed, an update will do), and for running or for tests as well.
read_state() {
    wanted=$(cd "$root" && cat pyproject.toml packaging/requirements.txt packaging/requirements-test.txt | cksum)
    place=$("$venv/bin/python" -V 2>/dev/null) || return 1
    place="$root, ${place%.*}" # Python 3.11.2 became 3.11.3: that is no change
    found=$(cat "$stamp" 2>/dev/null) || return 1
}

is_current() {
    read_state || return 1
    case $found in
        "$place; $wanted; test") ;;
        "$place; $wanted; run") [ "$mode" = run ] ;;
        *) return 1 ;;
    esac
}

can_be_updated() {
    read_state || return 1
    case $found in "$place; "*) ;; *) return 1 ;; esac
}

# Sets $python; or fails, with $bare set to a good Python that lacks the venv module, if there is one.
find_python() {
    bare=
    for python in python3 python3.14 python3.13 python3.12 python3.11 /usr/bin/python3; do
        "$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' >/dev/null 2>&1 || continue
        if "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then return 0; fi
        bare=${bare:-$python}
    done
    return 1
}

# --- what is done about it -----------------------------------------------------------------------------------------

# Installs the packages $*, or says how to and stops.
install_packages() {
    [ $# -gt 0 ] || return 0
    if apt-cache show libglib2.0-0t64 >/dev/null 2>&1; then
        for package in "$@"; do
            shift
            [ "$package" != libglib2.0-0 ] || package=libglib2.0-0t64
            set -- "$@" "$package"
        done
    fi

    if [ "$(id -u)" = 0 ]; then
        as_root='env'
    elif command -v sudo >/dev/null 2>&1 && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then # [ -t 0 ]: it can ask
        as_root='sudo env'
    else
        say "lossviz needs system packages that are missing here, and only root can install them:"
        say "    apt-get install $*"
        exit 2
    fi

    say "Installing system packages: $*"
    as_root="$as_root DEBIAN_FRONTEND=noninteractive"
    # apt's chatter is shown only if it fails. Package lists that can't all be refreshed may still do.
    # 9<&-: a service that a package starts must not keep our lock (see set_up).
    # shellcheck disable=SC2086 # words
    log=$($as_root apt-get update -qq 2>&1 9<&-) || say "$log"
    # shellcheck disable=SC2086
    log=$($as_root apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=120 "$@" 2>&1 9<&-) || {
        say "$log"
        say "That failed. lossviz needs these system packages:"
        say "    apt-get install $*"
        exit 2
    }
}

# Runs $*, which is heard of only if it fails
quietly() {
    log=$("$@" 2>&1) || {
        say "$log"
        say "The set-up did not finish: see above. The next start tries again."
        exit 1
    }
}

pip() {
    quietly env PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_USER=0 "$venv/bin/python" -m pip -q "$@"
}

set_up() {
    trap 'say "Interrupted. The next start begins again."; exit 130' INT

    # Of two starts at once, the second waits here. However the first one ends, the kernel releases the lock.
    exec 9<"$0"
    if command -v flock >/dev/null 2>&1 && ! flock -n 9 2>/dev/null; then
        say "Waiting for another set-up to end."
        flock 9 2>/dev/null || :
        if is_current; then return 0; fi
    fi

    packages=$(missing_libraries)
    update=no
    if can_be_updated; then
        update=yes
    else
        packages="$packages$(not_installed ca-certificates)"
        if find_python; then
            :
        elif [ -n "$bare" ]; then
            packages="$packages ${bare##*/}-venv" # so named for python3 and for python3.12
        elif [ -n "$(not_installed python3)" ]; then
            packages="$packages python3 python3-venv"
        fi
    fi
    # shellcheck disable=SC2086 # a list of words; all in one go, since a password may have to be typed
    install_packages $packages

    if [ $update = yes ]; then
        say "Updating the Python libraries in .venv."
        # Someone runs lossviz and its tests by turns: keep what the tests need
        case $found in *'; test') mode='test' lock=packaging/requirements-test.txt ;; esac
        rm -f "$stamp"
    else
        if ! find_python; then
            version=$(python3 -V 2>/dev/null) || version="no python3"
            say "lossviz needs Python 3.11, 3.12, 3.13 or 3.14 with its venv module; here is $version." \
                "Install one and start again."
            exit 2
        fi
        say "Making .venv with $("$python" -V)."
        rm -f "$stamp"
        rm -rf "$venv"
        quietly "$python" -m venv "$venv"
        say "Fetching the Python libraries (more than 100 MB, only this once)."
    fi

    # Wheels only: building Qt from source would take hours, and fail
    pip install --require-hashes --only-binary=:all: -r "$root/$lock"
    pip install --no-deps --no-build-isolation -e "$root"
    # pip compiles what it installs, but not a checkout: without this, where PYTHONDONTWRITEBYTECODE is set, every
    # start would compile it anew
    "$venv/bin/python" -m compileall -q "$root/lossviz"

    asked=$wanted
    read_state || : # there is no stamp yet, but a Python
    printf '%s\n' "$place; $asked; $mode" >"$stamp"
    if [ "$(uname)" = Linux ] && ! command -v dpkg-query >/dev/null 2>&1; then
        say "Should Qt fail to start, install what Debian calls: $off_screen $window."
    fi
}

if is_current; then
    # shellcheck disable=SC2046 # a list of words
    install_packages $(missing_libraries)
else
    set_up
fi
