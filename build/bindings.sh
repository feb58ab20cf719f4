#!/bin/sh
# Fails when frontend/wailsjs is not what the Go types say.
set -eu
cd "$(dirname "$0")/.."
before=$(mktemp -d)
trap 'rm -rf "$before"' EXIT
cp -R frontend/wailsjs "$before/"
tsoutputtype=interfaces go run -tags bindings . >/dev/null
diff -r "$before/wailsjs" frontend/wailsjs || {
	echo "error: frontend/wailsjs did not match the Go types. It has been written anew: look at it and commit it." >&2
	exit 1
}
echo "bindings match"
