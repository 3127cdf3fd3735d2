#!/bin/sh
# Starts lossviz; the first start sets it up. Arguments go to lossviz:   sh packaging/run.sh [argument ...]
set -eu

script=$0
while [ -L "$script" ]; do # called through a link, from ~/bin for instance
    link=$(readlink "$script")
    case $link in /*) script=$link ;; *) script=$(dirname "$script")/$link ;; esac
done
case $script in */*) root=${script%/*}/.. ;; *) root=.. ;; esac
root=$(CDPATH='' cd -- "$root" && pwd -P)

sh "$root/packaging/setup.sh" run || exit

if [ $# -eq 0 ] && [ -z "${DISPLAY-}${WAYLAND_DISPLAY-}" ] && [ "$(uname)" != Darwin ]; then
    echo "There is no display here, so the default scene is drawn into $PWD/lossviz-demo.gif instead." >&2
    set -- render four-learning-rates -o lossviz-demo.gif --view dashboard
fi

# No cd: file arguments are relative to where the caller is. -P: a random.py lying there must not be imported.
exec "$root/.venv/bin/python" -P -m lossviz "$@"
