#!/bin/sh
# Installs what building and testing need and this machine lacks. It does
# nothing, fast, when all is there. Without root or sudo it names the packages.
set -eu

packages="gcc g++ git pkg-config libgtk-3-dev libwebkit2gtk-4.1-dev
xvfb xauth xdotool imagemagick dbus-x11 chromium fonts-dejavu-core
nlohmann-json3-dev libstb-dev zip"

fail() {
	echo "error: $1" >&2
	exit 1
}

for tool in go node npm; do
	command -v $tool >/dev/null || fail "$tool is missing: install Go 1.26 and Node 20, or newer."
done
[ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ] || fail "Node $(node -v) is too old: install Node 20 or newer."

if ! command -v dpkg-query >/dev/null; then
	for tool in cc c++ git pkg-config Xvfb xdotool convert chromium zip; do
		command -v $tool >/dev/null || fail "$tool is missing. Install what these Debian packages hold: $(echo $packages)"
	done
	pkg-config --exists gtk+-3.0 webkit2gtk-4.1 || fail "The headers of GTK 3 and WebKitGTK 4.1 are missing."
	exit 0
fi

installed=$(dpkg-query -W -f '${db:Status-Status} ${binary:Package}\n' 2>/dev/null | sed -n 's/^installed \([^:]*\).*/\1/p')
missing=
for package in $packages; do
	echo "$installed" | grep -qx "$package" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
	sudo=
elif sudo -n true 2>/dev/null; then
	sudo="sudo -n"
else
	fail "packages are missing. Run: sudo apt-get install --no-install-recommends$missing"
fi
echo "Installing$missing"
apt() { $sudo env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3 -q "$@"; }
apt update >/dev/null
apt install -y --no-install-recommends $missing >/dev/null
