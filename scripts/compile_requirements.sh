#!/usr/bin/env bash
# Compiles requirements/*.in and the dependencies in pyproject.toml to hashed files for all platforms and Pythons >= 3.11.
#
# Usage: scripts/compile_requirements.sh [--upgrade | --upgrade-package NAME ...]
# Only public PyPI is asked, whatever indexes this machine is set up with; UV names another uv.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

uv=${UV:-.venv/bin/uv}
unset "${!UV_@}" "${!PIP_@}" 2>/dev/null || true

compile() { # name, then inputs and options
    local name=$1
    shift
    echo "compiling requirements/$name.txt" >&2
    "$uv" pip compile "$@" "requirements/$name.in" \
        --output-file "requirements/$name.txt" \
        --universal --python-version 3.11 \
        --generate-hashes --only-binary :all: \
        --default-index https://pypi.org/simple --no-config --no-emit-index-url --no-emit-find-links \
        --custom-compile-command "make lock" \
        --quiet
}

# core comes first: dev, plots and peers are constrained to its pins.
for name in core dev plots peers-ranker interop-recordlinkage; do
    compile "$name" pyproject.toml "$@"
done
# Peers that need nothing of ours; affinegap, which dedupe needs, has no wheels.
compile peers-splink "$@"
compile peers-recordlinkage "$@"
compile peers-dedupe --no-binary affinegap "$@"

# A path or another index in a compiled file would tie it to this machine.
if grep -nE '://|^-|^[^#]*@ |^ *# via .*\.\./|/(home|root|opt|tmp|work)/' requirements/*.txt; then
    echo "a compiled file names a path or an index" >&2
    exit 1
fi
