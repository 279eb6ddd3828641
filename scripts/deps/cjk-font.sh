#!/bin/sh
# A Chinese font for pictures of the Desk, out of a Debian package, to the fonts of
# .cache/chromium. A browser or a system that has fonts of its own needs none.
set -eu
. "$(dirname "$0")/lib.sh"

PACKAGE=fonts-wqy-microhei=0.2.0-beta-3.1
DEB=239163df984eea5c9da3b551aee374936222cdbd67f1a1be3cdcf3d76143ad66
TARGET=$CACHE/chromium/fonts/wqy-microhei.ttc

if [ -n "${CHROMIUM:-}" ] && [ "$CHROMIUM" != "$CACHE/chromium/chrome" ] && [ "$CHROMIUM" != "$PWD/$CACHE/chromium/chrome" ]; then
	exit 0
fi
present "$TARGET" $DEB && exit 0
if command -v fc-list >/dev/null 2>&1 && [ -n "$(fc-list :lang=zh file)" ]; then
	exit 0
fi
[ -d "$CACHE/chromium/fonts" ] || fail "there is no $CACHE/chromium: sh scripts/deps/chromium.sh"
need apt-get "install a Chinese font, such as WenQuanYi Micro Hei or Noto Sans CJK"
need dpkg-deb "install a Chinese font, such as WenQuanYi Micro Hei or Noto Sans CJK"
scratch
say "fetching a Chinese font (1.6 MB)"
chmod 755 "$TMP"
(cd "$TMP" && apt-get -qq download $PACKAGE) || fail "apt-get could not fetch $PACKAGE: apt-get update, or install a Chinese font of your system"
set -- "$TMP"/*.deb
check "$1" $DEB
dpkg-deb -x "$1" "$TMP/out"
mv "$TMP/out/usr/share/fonts/truetype/wqy/wqy-microhei.ttc" "$TARGET"
printf '%s\n' $DEB >"$TARGET.pin"
