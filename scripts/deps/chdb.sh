#!/bin/sh
# The ClickHouse engine as a library, out of its npm package, to
# .cache/chdb/libchdb.so.
set -eu
. "$(dirname "$0")/lib.sh"

PACKAGE=@chdb/lib-linux-x64-gnu@26.5.3
TARBALL=b874e449710950da3abd7e20376f7bb3387d9e03adcc7082f022be18dfdf316a
LIBRARY=4330da79405733f7572f27c1442f46c03a08301f00859dce0368645731b1e1dc
TARGET=$CACHE/chdb/libchdb.so

if [ -n "${CHDB_LIB_PATH:-}" ] && [ "$CHDB_LIB_PATH" != "$TARGET" ] && [ "$CHDB_LIB_PATH" != "$PWD/$TARGET" ]; then
	[ -f "$CHDB_LIB_PATH" ] || fail "CHDB_LIB_PATH=$CHDB_LIB_PATH is not a file: correct it, or unset it to fetch the library"
	exit 0
fi
adopt "$TARGET" $LIBRARY $TARBALL && exit 0

linux_x64 "chDB" "set CLICKHOUSE_URL to a ClickHouse that runs"
need npm "install Node.js with npm, version 18 or newer"
scratch
say "fetching the ClickHouse engine (167 MB, 560 MB unpacked)"
npm_pack $PACKAGE $TARBALL
check "$TMP/package/libchdb.so" $LIBRARY
mkdir -p "$CACHE/chdb"
mv -f "$TMP/package/libchdb.so" "$TARGET"
printf '%s\n' $TARBALL >"$TARGET.pin"
