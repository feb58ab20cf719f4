#!/bin/sh
# Drives the real window with mouse and keyboard, on a display of its own, and
# looks at what came of it through the commands: first while the window has the
# data open, then after it has closed.
#
#   smoke.sh FOLDER    the folder of plumbline and plumbline-desktop
set -eu

bin=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
[ -n "${SMOKE_DISPLAY:-}" ] || SMOKE_DISPLAY=own exec xvfb-run -a -s "-screen 0 1440x900x24 -nolisten tcp" "$0" "$bin"

results=$here/results
home=$(mktemp -d)
mkdir -p "$results"
rm -f "$results"/*.png "$results"/*.log
# No session bus, no portal, no accessibility bus: the window must not wait for them.
unset DBUS_SESSION_BUS_ADDRESS WAYLAND_DISPLAY
export PLUMBLINE_HOME="$home/data" XDG_RUNTIME_DIR="$home" NO_AT_BRIDGE=1 GDK_BACKEND=x11 GSETTINGS_BACKEND=memory
window=

finish() {
	[ -z "$window" ] || kill -KILL "$window" 2>/dev/null || true
	rm -rf "$home"
}
trap finish EXIT
trap 'exit 1' INT TERM

step() { echo "smoke: $1"; }

fail() {
	echo "error: $1" >&2
	import -silent -window root "$results/failed.png" 2>/dev/null || true
	[ ! -s "$results/window.log" ] || sed 's/^/  /' "$results/window.log" >&2
	exit 1
}

# await SECONDS WHAT COMMAND…: waits until the command succeeds.
await() {
	deadline=$(($(date +%s) + $1))
	what=$2
	shift 2
	until "$@" >/dev/null 2>&1; do
		[ "$(date +%s)" -lt $deadline ] || fail "waited in vain for: $what"
		[ -z "$window" ] || kill -0 "$window" 2>/dev/null || fail "the window has gone while waiting for: $what"
		sleep 0.1
	done
}

plumbline() { "$bin/plumbline" "$@"; }
titled() { xdotool search --onlyvisible --name "^$1\$"; }
projects() { plumbline list --json; }
count() { [ "$(projects | node -p 'JSON.parse(require("fs").readFileSync(0)).length')" = "$1" ]; }
field() { node -p "JSON.parse(require('fs').readFileSync(0))$1"; }

# patches COLOUR AREA: prints the middle of each patch of a colour, the topmost first.
patches() {
	import -silent -window root "$home/now.png"
	convert "$home/now.png" -fuzz 0.5% -fill black +opaque "$1" -fill white -opaque "$1" \
		-define connected-components:verbose=true -define connected-components:area-threshold="$2" \
		-connected-components 8 null: |
		awk '/^ +[0-9]+:/ && $5 !~ /\(0[,%)]/ { split($3, at, ","); print int(at[2]), int(at[1]); found = 1 } END { exit !found }' |
		sort -n | awk '{ print $2, $1 }'
}

raised='#ffffff' # of cards and fields
blue='#2456ab'   # of the primary button
card() { patches $raised 20000 | sort -n | head -1 | grep .; }
primary() { patches $blue 2000 | head -1 | grep .; }

# click X Y: a click of the mouse there.
click() { xdotool mousemove "$1" "$2" click 1; }

step "a window that cannot open the data says so, without a session bus"
echo "a file, not a folder" >"$PLUMBLINE_HOME"
"$bin/plumbline-desktop" >"$results/window.log" 2>&1 &
window=$!
await 60 "the page that says why" titled "Plumbline cannot start · Plumbline"
await 30 "the button that tries again" primary
import -silent -window root "$results/cannot-start.png"

step "the window tries again"
rm "$PLUMBLINE_HOME"
click $(primary)
await 60 "the page of a first start" titled "Welcome · Plumbline"
import -silent -window root "$results/welcome.png"

step "the mouse opens the panel of a new project"
await 30 "the card that starts from an idea" card
click $(card)
await 30 "the button that creates a project" primary

step "the keyboard fills it in and creates the project"
id=$(titled "Welcome · Plumbline" | tail -1)
xdotool windowfocus "$id"
xdotool type --delay 20 "Tide table"
xdotool key Tab
xdotool type --delay 20 "Says when the next high water is, without a network."
import -silent -window root "$results/new-project.png"
xdotool key ctrl+Return
await 30 "a project in the list" count 1
await 30 "the page of its first phase" titled "Request · Tide table · Plumbline"

step "the mouse copies the prompt"
waiting() { [ "$(plumbline runs tide request --json | field '[0].state')" = waiting ]; }
await 30 "the button that copies the prompt" primary
click $(primary)
await 30 "a run that waits for the answer" waiting
import -silent -window root "$results/request.png"

step "commands reach the data through the window"
status=$(plumbline status tide-table --json)
[ "$(echo "$status" | field .project.name)" = "Tide table" ] || fail "the name is wrong: $status"
[ "$(echo "$status" | field .current)" = request ] || fail "the phase is wrong: $status"
prompt=$(plumbline prompt phase tide request 2>/dev/null)
echo "$prompt" | grep -qF "Says when the next high water is, without a network." || fail "the idea is not in the prompt: $prompt"

step "the window shows what a command changes"
plumbline rename tide-table "High water" >/dev/null
await 30 "the new name in the window" titled "Request · High water · Plumbline"

step "a project goes out and comes in through the dialogs of the system"
focus() { xdotool windowfocus --sync "$(titled "$1" | tail -1)"; }
# palette WORDS: does what the palette finds first.
palette() {
	await 30 "the focus of the page" focus "Request · High water · Plumbline"
	xdotool key ctrl+k
	await 30 "the palette, which dims the page" dimmed
	xdotool type --delay 20 "$1"
	xdotool key Return
}
dimmed() { ! primary; }
# chosen TITLE PATH: waits for the dialog, and answers it with a path.
chosen() {
	await 30 "the dialog “$1”" titled "$1"
	await 30 "the focus of the dialog “$1”" focus "$1"
	xdotool key ctrl+l # the field of the path, which an open dialog shows only then
	xdotool key ctrl+a # all of a name that is proposed, its ending, too
	xdotool type --delay 20 "$2"
	await 30 "the end of the dialog “$1”" entered "$1"
}
# entered TITLE: presses Return in a dialog until it is gone; it takes none before it has read the folder.
entered() { ! titled "$1" || { xdotool key --window "$(titled "$1" | tail -1)" Return; false; }; }
# answered: says yes to the question whether it is to be a new project, until it is one.
answered() { count 2 || { asked && focus "Request · High water · Plumbline" && xdotool key Return; false; }; }
asked() { at=$(primary) && [ "${at#* }" -gt 100 ]; } # the button of a question, below the head
palette "export high"
chosen "Export “High water”" "$home/high-water.zip"
await 30 "the exported file" test -s "$home/high-water.zip"
# submitted TITLE KEY: presses a key in the page, and gives the dialog of the system time to come.
submitted() {
	titled "$1" && return
	xdotool key "$2"
	for _ in $(seq 30); do
		titled "$1" && return
		sleep 0.1
	done
	return 1
}
plumbline prompt customise plan >/dev/null
palette "export your prompts"
await 30 "the dialog “Export a prompt”" submitted "Export a prompt" ctrl+Return
chosen "Export a prompt" "$home/plan.md"
await 30 "the exported prompt" grep -q "^id: plan$" "$home/plan.md"
palette "import a project"
await 30 "the dialog “Import a project”" submitted "Import a project" Return
chosen "Import a project" "$home/high-water.zip"
await 30 "a second project in the list" answered
await 30 "the page of the new project" titled "Request · High water, imported · Plumbline"
import -silent -window root "$results/imported.png"

step "a second window gives way to the first"
timeout 30 "$bin/plumbline-desktop" 2>"$home/second" || fail "the second one ended with $?: $(cat "$home/second")"
grep -q "brought to the front" "$home/second" || fail "the second one said: $(cat "$home/second")"

step "the window closes and everything is there"
# No window manager runs here that could close it; the signal takes the same way.
kill -TERM "$window"
process=$window
window=
deadline=$(($(date +%s) + 30))
while kill -0 "$process" 2>/dev/null; do
	[ "$(date +%s)" -lt $deadline ] || { window=$process; fail "the window does not close"; }
	sleep 0.1
done
wait "$process" || fail "the window ended with $?"
status=$(plumbline status tide-table --json)
[ "$(echo "$status" | field .project.name)" = "High water" ] || fail "after closing the name is wrong: $status"
[ -s "$PLUMBLINE_HOME/window.json" ] || fail "the place of the window was not kept"
for repository in "$PLUMBLINE_HOME"/projects/*/history.git; do
	git --git-dir="$repository" fsck --full --strict || fail "git complains about $repository"
done
echo "smoke: all is well; pictures are in build/smoke/results"
