#!/bin/sh
# Stripe's SDK for Node, for the tests, to .cache/stripe-node. It has no
# dependencies.
set -eu
. "$(dirname "$0")/lib.sh"

VERSION=23.1.0
PACKAGE=7066de352ba7583d67228a5060b970f25720a9e587a786848d1c5a3b2d5629f1
TARGET=$CACHE/stripe-node

present "$TARGET/package.json" $PACKAGE && exit 0
need node "install Node 20 or newer"
need npm "install npm"
scratch
say "fetching Stripe's SDK for Node $VERSION (2 MB)"
(cd "$TMP" && npm pack --silent "stripe@$VERSION" >/dev/null 2>&1) || fail "npm could not fetch stripe $VERSION: check the network and npm's registry"
check "$TMP/stripe-$VERSION.tgz" $PACKAGE
tar -xzf "$TMP/stripe-$VERSION.tgz" -C "$TMP"
rm -rf "$TARGET"
mv "$TMP/package" "$TARGET"
printf '%s\n' $PACKAGE >"$TARGET/package.json.pin"
