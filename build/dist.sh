#!/bin/sh
# Builds the archives of a release into dist/: Linux for this processor, with
# commands and window, and Windows, cross-built. The same source gives the same bytes.
set -eu
cd "$(dirname "$0")/.."
version=${VERSION:?set VERSION}
epoch=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
out=$PWD/dist
flags="-s -w -X main.version=$version"
build() { go build -trimpath -buildvcs=false -ldflags "$flags $gui" "$@"; }

make --no-print-directory frontend/dist/index.html
rm -rf "$out"
mkdir -p "$out"

arch=$(go env GOARCH)
name=plumbline-$version-linux-$arch
mkdir -p "$out/$name"
gui=
CGO_ENABLED=0 build -o "$out/$name/plumbline" .
build -tags desktop,production,webkit2_41 -o "$out/$name/plumbline-desktop" .
cp LICENSE README.md build/linux/plumbline.desktop "$out/$name/"
cp app/desktop/icon.png "$out/$name/plumbline.png"
tar -C "$out" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$epoch" -cf - "$name" | gzip -n9 >"$out/$name.tar.gz"

name=plumbline-$version-windows-amd64
mkdir -p "$out/$name"
# Icon, version and manifest; go build takes the file up by its name.
trap 'rm -f rsrc_windows_amd64.syso' EXIT
go tool -modfile=build/tools/go.mod go-winres simply --arch amd64 --icon build/windows/icon.ico --manifest gui \
	--product-name Plumbline --product-version "$version" --file-version "$version" \
	--file-description "From idea to production, true at every phase"
GOOS=windows GOARCH=amd64 CGO_ENABLED=0 build -o "$out/$name/plumbline.exe" .
gui="-H windowsgui"
GOOS=windows GOARCH=amd64 CGO_ENABLED=0 build -tags desktop,production -o "$out/$name/plumbline-desktop.exe" .
cp LICENSE README.md "$out/$name/"
find "$out/$name" -exec touch -d "@$epoch" {} +
(cd "$out" && find "$name" | LC_ALL=C sort | TZ=UTC zip -qX9@ "$name.zip")

rm -rf "$out"/plumbline-*/
(cd "$out" && sha256sum plumbline-* >SHA256SUMS && cat SHA256SUMS)
