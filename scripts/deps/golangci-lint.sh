#!/bin/sh
# The linter, built from source to .cache/bin/golangci-lint. Go's checksum
# database holds its hash.
set -eu
. "$(dirname "$0")/lib.sh"

VERSION=v2.12.2
TARGET=$CACHE/bin/golangci-lint

need go "install Go 1.26 or newer and put it on PATH"
PIN="$VERSION $(go env GOVERSION)"
present "$TARGET" "$PIN" && exit 0
say "building golangci-lint $VERSION (some minutes)"
mkdir -p "$CACHE/bin"
GOBIN=$(cd "$CACHE/bin" && pwd) GOFLAGS=-trimpath go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$VERSION ||
	fail "golangci-lint $VERSION could not be built: check the network and GOPROXY"
printf '%s\n' "$PIN" >"$TARGET.pin"
