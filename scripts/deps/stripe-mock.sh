#!/bin/sh
# stripe-mock, built from source to .cache/bin/stripe-mock: what Stripe's own
# description of its API accepts and answers. Go's checksum database holds its
# hash.
set -eu
. "$(dirname "$0")/lib.sh"

VERSION=v0.197.0
TARGET=$CACHE/bin/stripe-mock

if [ -n "${STRIPE_MOCK:-}" ] && [ "$STRIPE_MOCK" != "$TARGET" ] && [ "$STRIPE_MOCK" != "$PWD/$TARGET" ]; then
	[ -x "$STRIPE_MOCK" ] || fail "STRIPE_MOCK=$STRIPE_MOCK is not a program: correct it, or unset it to build one"
	exit 0
fi
need go "install Go 1.26 or newer and put it on PATH"
PIN="$VERSION $(go env GOVERSION)"
present "$TARGET" "$PIN" && exit 0
say "building stripe-mock $VERSION"
mkdir -p "$CACHE/bin"
GOBIN=$(cd "$CACHE/bin" && pwd) GOFLAGS=-trimpath go install github.com/stripe/stripe-mock@$VERSION ||
	fail "stripe-mock $VERSION could not be built: check the network and GOPROXY"
printf '%s\n' "$PIN" >"$TARGET.pin"
