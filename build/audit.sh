#!/bin/sh
# Asks the vulnerability databases of Go and npm about what Plumbline uses.
# Says plainly when one cannot be reached: that is not the same as finding nothing.
set -u
cd "$(dirname "$0")/.."
status=0

# ask NAME COMMAND…: the commands' exit codes do not tell findings from a missing network.
ask() {
	name=$1
	shift
	out=$("$@" 2>&1)
	code=$?
	if [ $code = 0 ]; then
		echo "$name: nothing known."
	elif echo "$out" | grep -qiE 'fetching vulnerabilities|audit endpoint|no such host|dial tcp|ENOTFOUND|ECONNREFUSED|ETIMEDOUT|network'; then
		echo "$name: NOT CHECKED, the database cannot be reached from here." >&2
		status=2
	else
		echo "$out"
		echo "$name: findings." >&2
		status=1
	fi
}

ask "Go modules" go tool -modfile=build/tools/go.mod govulncheck ./...
ask "npm packages" npm --prefix frontend audit
ask "npm packages of the browser tests" npm --prefix build/e2e audit
exit $status
