#!/bin/sh
# A Python with the two finders of personal data that `make pii` measures beside
# ours: .cache/venv-pii. Without them it measures ours alone, and says so.
set -eu
. "$(dirname "$0")/lib.sh"

LOCK=scripts/deps/python-pii.lock
PYTHON=$CACHE/venv-pii/bin/python

if present "$PYTHON" "$(sha "$LOCK")"; then
	exit
fi
need python3 "install Python 3.11 or newer with pip and venv"
say "making the Python environment venv-pii (400 MB)"
rm -rf "${CACHE:?}/venv-pii"
mkdir -p "$CACHE"
python3 -m venv "$CACHE/venv-pii" || fail "python3 cannot make environments: install its venv module (Debian: python3-venv)"
"$PYTHON" -m pip install --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
	--require-hashes --requirement "$LOCK" || {
	rm -rf "${CACHE:?}/venv-pii"
	fail "pip could not install $LOCK: check the network and pip's index"
}
printf '%s\n' "$(sha "$LOCK")" >"$PYTHON.pin"
