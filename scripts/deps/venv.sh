#!/bin/sh
# A Python with the real Stripe and Zendesk SDKs, for the tests and examples, to
# .cache/venv.
set -eu
. "$(dirname "$0")/lib.sh"

REQUIREMENTS=examples/agent/requirements.txt
VENV=$CACHE/venv
PIN=$(sha $REQUIREMENTS)

if present "$VENV/bin/python" "$PIN" && "$VENV/bin/python" -c 'import stripe, zenpy' 2>/dev/null; then
	exit 0
fi
need python3 "install Python 3.9 or newer with pip and venv"
say "making a Python environment with the Stripe and Zendesk SDKs"
rm -rf "$VENV"
mkdir -p "$CACHE"
python3 -m venv "$VENV" || fail "python3 cannot make environments: install its venv module (Debian: python3-venv)"
"$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
	--require-hashes --requirement $REQUIREMENTS ||
	fail "pip could not install $REQUIREMENTS: check the network and pip's index"
printf '%s\n' "$PIN" >"$VENV/bin/python.pin"
