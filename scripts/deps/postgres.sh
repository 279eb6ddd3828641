#!/bin/sh
# Says what to install when Postgres' programs are missing. The tests run servers
# of their own: one that runs already is not used. They look where
# internal/rig/postgres does.
set -eu
. "$(dirname "$0")/lib.sh"

if [ -n "${POSTGRES_BIN:-}" ]; then
	[ -x "$POSTGRES_BIN/initdb" ] || fail "POSTGRES_BIN=$POSTGRES_BIN has no initdb: correct it, or unset it"
	exit 0
fi
for initdb in /usr/lib/postgresql/*/bin/initdb; do
	[ -x "$initdb" ] && exit 0
done
need initdb "install Postgres 15 or newer (Debian: apt-get install postgresql), or name its folder of programs with POSTGRES_BIN"
