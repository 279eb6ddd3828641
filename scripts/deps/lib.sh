# Functions for the scripts that fetch pinned parts. Each script works without
# root, writes only below $CACHE, does nothing when its part is there already,
# and puts a part in place only after its hash was right.

CACHE=${CACHE:-.cache}

# say one line for people.
say() { printf '%s\n' "deps: $*" >&2; }

# fail with one line that says what to do.
fail() {
	say "$*"
	exit 1
}

# need TOOL HINT: stop when a tool is missing.
need() {
	command -v "$1" >/dev/null 2>&1 || fail "$1 is not installed: $2"
}

# sha FILE: its SHA-256 in hex.
sha() {
	if command -v sha256sum >/dev/null 2>&1; then
		sha256sum "$1" | cut -d ' ' -f 1
	else
		shasum -a 256 "$1" | cut -d ' ' -f 1
	fi
}

# check FILE HASH: stop when a file is not the pinned one.
check() {
	got=$(sha "$1")
	[ "$got" = "$2" ] || fail "$1 is not the pinned file: SHA-256 $got, expected $2. Nothing was installed; try again, and do not change the pin unless you know why."
}

# present FILE PIN: whether FILE is there, installed from PIN. The stamp spares
# hashing hundreds of megabytes at every make.
present() {
	[ -f "$1" ] && [ "$(cat "$1.pin" 2>/dev/null)" = "$2" ]
}

# adopt FILE HASH PIN: like present for a file that was put there by hand.
adopt() {
	present "$1" "$3" && return 0
	[ -f "$1" ] && [ "$(sha "$1")" = "$2" ] && printf '%s\n' "$3" >"$1.pin"
}

# scratch: a folder below $CACHE, removed when the script ends.
scratch() {
	mkdir -p "$CACHE"
	TMP=$(mktemp -d "$CACHE/tmp.XXXXXX")
	trap 'rm -rf "$TMP"' EXIT
	trap 'exit 130' INT TERM
}

# linux_x64: stop on machines the pinned files are not made for.
linux_x64() {
	[ "$(uname -s) $(uname -m)" = "Linux x86_64" ] || fail "there is no pinned $1 for $(uname -s) $(uname -m): $2"
}

# npm_pack PACKAGE HASH: fetch one package as $TMP/package.
npm_pack() {
	(cd "$TMP" && npm pack --silent "$1" >/dev/null) || fail "npm could not fetch $1: check the network and npm's registry"
	set -- "$1" "$2" "$TMP"/*.tgz
	check "$3" "$2"
	tar -xzf "$3" -C "$TMP"
	rm -f "$3"
}
