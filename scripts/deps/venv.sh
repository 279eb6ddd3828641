#!/bin/sh
# Two Pythons with real SDKs and agent frameworks, for the tests and
# examples/agents: .cache/venv with the OpenAI Agents SDK and Pydantic AI, and
# .cache/venv-langchain with LangChain, whose adapter needs an older mcp. The
# lock files are made from the examples' requirements by the command that they
# begin with.
set -eu
. "$(dirname "$0")/lib.sh"

# environment FOLDER LOCK MODULE: install everything that LOCK names.
environment() {
	if present "$CACHE/$1/bin/python" "$(sha "$2")" && "$CACHE/$1/bin/python" -c "import $3" 2>/dev/null; then
		return
	fi
	need python3 "install Python 3.11 or newer with pip and venv"
	python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || fail "$(python3 --version) is too old: install Python 3.11 or newer"
	say "making the Python environment $1 (240 MB)"
	rm -rf "${CACHE:?}/$1"
	mkdir -p "$CACHE"
	python3 -m venv "$CACHE/$1" || fail "python3 cannot make environments: install its venv module (Debian: python3-venv)"
	"$CACHE/$1/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
		--require-hashes --requirement "$2" ||
		fail "pip could not install $2: check the network and pip's index"
	printf '%s\n' "$(sha "$2")" >"$CACHE/$1/bin/python.pin"
}

environment venv scripts/deps/python-agents.lock stripe
environment venv-langchain scripts/deps/python-langchain.lock stripe
