#!/bin/sh
# Draws the icons of the programs from icon.svg. Run it after changing the
# drawing and commit what it writes. It needs chromium and ImageMagick.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
printf '<!doctype html><style>*{margin:0}svg{display:block;width:1024px;height:1024px}</style>' >"$work/page.html"
cat icon.svg >>"$work/page.html"
chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --default-background-color=00000000 \
	--window-size=1024,1024 --user-data-dir="$work/profile" --screenshot="$work/icon.png" "file://$work/page.html" 2>/dev/null
convert "$work/icon.png" -strip ../appicon.png
convert "$work/icon.png" -resize 256x256 -strip ../../app/desktop/icon.png
mkdir -p ../windows
convert "$work/icon.png" -strip -define icon:auto-resize=256,128,64,48,32,16 ../windows/icon.ico
