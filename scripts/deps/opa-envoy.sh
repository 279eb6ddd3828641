#!/bin/sh
# The peer opa-envoy-plugin, for `make bench SUITE=decide` only, built from
# source to .cache/bin/opa-envoy. It is pinned by a commit and not by a module
# version, because Go's checksum database does not know the project's -envoy
# tags; its own go.sum pins the rest. It is no dependency of this module.
#
# OPA_ENVOY_GIT may name a git repository that has the commit.
set -eu
. "$(dirname "$0")/lib.sh"

COMMIT=07a1fd15b3f5b9e9259bd2db9d6658cf6e3e8137
REPOSITORY=${OPA_ENVOY_GIT:-https://github.com/open-policy-agent/opa-envoy-plugin}
TARGET=$CACHE/bin/opa-envoy

need go "install Go 1.26 or newer and put it on PATH"
PIN="$COMMIT $(go env GOVERSION)"
present "$TARGET" "$PIN" && exit 0
need git "install git and put it on PATH"
scratch
say "building opa-envoy-plugin ${COMMIT%"${COMMIT#????????}"} (some minutes)"
git init -q "$TMP/src"
git -C "$TMP/src" fetch -q --depth 1 "$REPOSITORY" "$COMMIT" ||
	fail "opa-envoy-plugin could not be fetched from $REPOSITORY: name a repository that has $COMMIT with OPA_ENVOY_GIT"
git -C "$TMP/src" checkout -q FETCH_HEAD
[ "$(git -C "$TMP/src" rev-parse HEAD)" = "$COMMIT" ] || fail "$REPOSITORY gave another commit than $COMMIT"
(cd "$TMP/src" && go build -trimpath -mod=readonly -o opa-envoy ./cmd/opa-envoy-plugin) ||
	fail "opa-envoy-plugin could not be built: check the network and GOPROXY"
mkdir -p "$CACHE/bin"
mv "$TMP/src/opa-envoy" "$TARGET"
printf '%s\n' "$PIN" >"$TARGET.pin"
