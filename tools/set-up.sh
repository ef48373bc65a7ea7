#!/bin/sh
# Makes the Python environment in the folder named as the first argument, from uv.lock alone.
set -eu

venv=$1
began=$(date +%s)
python=$(command -v "$PYTHON") || {
    echo "There is no '$PYTHON' here. Install Python 3.11 or newer (apt-get install python3 python3-venv)," >&2
    echo "or name one: make run PYTHON=/path/to/python3" >&2
    exit 1
}
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "Liaise needs Python 3.11 or newer; $python is $version." >&2
    echo "Name another one: make run PYTHON=/path/to/python3" >&2
    exit 1
}
"$python" -c 'import ensurepip, venv' 2>/dev/null || {
    echo "$python cannot make environments here (it lacks ensurepip). On Debian and Ubuntu:" >&2
    echo "    sudo apt-get install python$version-venv" >&2
    exit 1
}

if ! [ -x "$venv/bin/uv" ] || ! "$venv/bin/python" -c '' 2>/dev/null; then
    "$python" -m venv --clear "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "uv>=0.8,<1"
fi
# --inexact keeps uv itself, which is not in the lock file of the project. Bytecode is made once here, and not by every
# process that starts: where none may be written beside its source that is half of the time a process takes to start.
"$venv/bin/uv" sync --quiet --frozen --inexact --compile-bytecode --python "$venv/bin/python"
"$venv/bin/python" -m tools.borders "$venv/share/world-atlas"
"$venv/bin/python" -m tools.tus_client "$venv/share/tus-js-client"
printf '%-14s%4d.0 s   %s\n' Environment "$(($(date +%s) - began))" "made in $venv from uv.lock"
