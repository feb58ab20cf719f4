package engine

import (
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"plumbline/backend/workflow"
)

// walker does things to one project at random and knows what must be true of it.
type walker struct {
	*bench
	p      workflow.Project
	bodies map[string][]string // the text of every version, by path
	acts   int                 // at gates
}

// TestWhateverAPersonDoes does everything a person can do to a project, in any
// order, and looks after each step whether the rules still hold.
func TestWhateverAPersonDoes(t *testing.T) {
	b := newBench(t, specOrRequest)
	projects := 0
	rapid.Check(t, func(rt *rapid.T) {
		projects++
		p, err := b.CreateProject(b.ctx, workflow.NewProject{Name: fmt.Sprintf("Project %d", projects), Idea: "An idea."})
		if err != nil {
			rt.Fatal(err)
		}
		w := &walker{bench: b, p: p, bodies: map[string][]string{}}
		w.learn(rt, "checklists/preflight.md")
		actions := []func(*rapid.T){w.save, w.save, w.tick, w.tick, w.tick, w.answer, w.restore, w.sign, w.pass, w.waive, w.takeBack}
		if rapid.Bool().Draw(rt, "beyond the request") {
			w.overrideRequest(rt)
		}
		for range rapid.IntRange(2, 9).Draw(rt, "steps") {
			rapid.SampledFrom(actions).Draw(rt, "action")(rt)
			w.check(rt)
		}
		if projects%10 == 0 {
			w.startAgain(rt)
		}
		w.checkGit(rt)
	})
}

func (w *walker) path(rt *rapid.T) string {
	return rapid.SampledFrom([]string{"request.md", "checklists/preflight.md", "spec.md"}).Draw(rt, "path")
}

func (w *walker) learn(rt *rapid.T, path string) workflow.Document {
	d, err := w.Document(w.ctx, w.p.ID, path, 0)
	if err != nil {
		rt.Fatal(err)
	}
	if n := len(w.bodies[path]); d.Version.Number == n+1 {
		w.bodies[path] = append(w.bodies[path], d.Markdown)
	}
	return d
}

// overrideRequest opens the spec, so that there is more to do.
func (w *walker) overrideRequest(rt *rapid.T) {
	if _, err := w.Waive(w.ctx, w.p.ID, "request", why); err != nil {
		rt.Fatal(err)
	}
	w.acts++
}

// may passes over the errors that a rule gives; anything else is a fault.
func may(rt *rapid.T, err error) bool {
	switch workflow.CodeOf(err) {
	case "":
		return true
	case workflow.Conflict, workflow.Closed, workflow.Invalid, workflow.NotFound:
		return false
	}
	rt.Fatalf("%+v", workflow.Describe(err))
	return false
}

func text(rt *rapid.T) string {
	line := rapid.SampledFrom([]string{"# Request", "## Acceptance checklist", "- [ ] It is named.", "- [x] It is clear.", "  - [X] Below", "Some words — 水.",
		"## Open questions", "- Which one?", "None.", "```\n- [ ] no box\n```", "1. [ ] numbered"})
	newline := rapid.SampledFrom([]string{"\n", "\r\n", "\n\n"}).Draw(rt, "newline")
	return strings.Join(rapid.SliceOfN(line, 1, 8).Draw(rt, "lines"), newline) + newline
}

func (w *walker) save(rt *rapid.T) {
	path, body := w.path(rt), text(rt)
	base := len(w.bodies[path])
	v, err := w.Save(w.ctx, w.p.ID, workflow.SaveDocument{Path: path, Base: base, Body: body})
	if !may(rt, err) {
		return
	}
	if v.Number == base+1 {
		w.bodies[path] = append(w.bodies[path], body)
	} else if v.Number != base || body != w.bodies[path][base-1] {
		rt.Fatalf("saving on v%d made v%d", base, v.Number)
	}
}

// tick ticks or unticks a box: one byte changes, unticking is the way back, and
// a box that is ticked closes no gate.
func (w *walker) tick(rt *rapid.T) {
	path := w.path(rt)
	before := w.learn(rt, path)
	if len(before.Items) == 0 {
		return
	}
	item := rapid.SampledFrom(before.Items).Draw(rt, "box")
	done := rapid.Bool().Draw(rt, "done")
	open := w.openGates(rt)
	v, err := w.Tick(w.ctx, w.p.ID, path, item.Offset, before.Version.Number, done)
	if err != nil {
		rt.Fatal(err)
	}
	after := w.learn(rt, path)
	want := 1
	if item.Marked == done {
		want = 0
	}
	if n := differingBytes(before.Markdown, after.Markdown); n != want || v.Number != before.Version.Number+want {
		rt.Fatalf("v%d differs from v%d by %d bytes, want %d", v.Number, before.Version.Number, n, want)
	}
	if got := after.Items[item.Index].State; got == workflow.ItemDone != done {
		rt.Fatalf("the box is %s", got)
	}
	for phase := range open {
		if now := w.openGates(rt); done && !now[phase] {
			rt.Fatalf("ticking %q closed the gate of %s", item.Text, phase)
		}
	}
	if !done || item.State != workflow.ItemOpen || item.Marked {
		return
	}
	if _, err := w.Tick(w.ctx, w.p.ID, path, item.Offset, v.Number, false); err != nil {
		rt.Fatal(err)
	}
	if back := w.learn(rt, path); back.Markdown != before.Markdown || fmt.Sprint(states(back)) != fmt.Sprint(states(before)) {
		rt.Fatalf("ticked and unticked: %v, was %v", states(back), states(before))
	}
}

func states(d workflow.Document) []workflow.ItemState {
	list := []workflow.ItemState{}
	for _, it := range d.Items {
		list = append(list, it.State)
	}
	return list
}

func (w *walker) openGates(rt *rapid.T) map[string]bool {
	open := map[string]bool{}
	for _, phase := range []string{"request", "spec"} {
		g, err := w.Gate(w.ctx, w.p.ID, phase)
		if err != nil {
			rt.Fatal(err)
		}
		if g.Open {
			open[phase] = true
		}
	}
	return open
}

// answer pastes an answer and takes or discards it.
func (w *walker) answer(rt *rapid.T) {
	phase := rapid.SampledFrom([]string{"request", "spec"}).Draw(rt, "phase")
	r, err := w.CopyRun(w.ctx, w.p.ID, phase)
	if !may(rt, err) {
		return
	}
	body := text(rt)
	if _, err := w.PasteAnswer(w.ctx, r.ID, workflow.PastedAnswer{Text: body, Anyway: true}); !may(rt, err) {
		return
	}
	if rapid.Bool().Draw(rt, "discard") {
		if _, err := w.Discard(w.ctx, r.ID); err != nil {
			rt.Fatal(err)
		}
		return
	}
	path := phase + ".md"
	base := len(w.bodies[path])
	if _, err := w.Accept(w.ctx, r.ID, workflow.AcceptCandidate{All: true, Base: base}); !may(rt, err) {
		return
	}
	answer := try(w.Run(w.ctx, r.ID))(w.t).Answer
	d := w.learn(rt, path)
	if len(d.Markdown) != len(answer) || d.Version.Number != base+1 {
		rt.Fatalf("accepted %q, it is %q", answer, d.Markdown)
	}
	for i, mark := range []byte(d.Markdown) { // what was done before stays marked
		if mark != answer[i] && (answer[i] != ' ' || !slices.ContainsFunc(d.Items, func(it workflow.Item) bool { return it.Offset == i && it.Tick != nil })) {
			rt.Fatalf("accepted %q, it is %q: nobody has ticked that", answer, d.Markdown)
		}
	}
	for _, it := range w.learn(rt, path).Items {
		if it.State == workflow.ItemDone && it.Tick == nil {
			rt.Fatalf("%+v is done by nobody", it)
		}
	}
}

func (w *walker) restore(rt *rapid.T) {
	path := w.path(rt)
	if len(w.bodies[path]) == 0 {
		return
	}
	number := rapid.IntRange(1, len(w.bodies[path])).Draw(rt, "version")
	if _, err := w.Restore(w.ctx, w.p.ID, path, number); !may(rt, err) {
		return
	}
	if d := w.learn(rt, path); d.Markdown != w.bodies[path][number-1] {
		rt.Fatalf("v%d was restored, and %q is current", number, d.Markdown)
	}
}

const why = "A reason that is long enough."

// act does something at a gate and counts it when it was allowed.
func (w *walker) act(rt *rapid.T, act func(phase string) (workflow.Gate, error)) (g workflow.Gate, ok bool) {
	phase := rapid.SampledFrom([]string{"request", "spec"}).Draw(rt, "phase")
	g, err := act(phase)
	if ok = may(rt, err); ok {
		w.acts++
	}
	return g, ok
}

func (w *walker) sign(rt *rapid.T) {
	_, ok := w.act(rt, func(string) (workflow.Gate, error) { return w.Sign(w.ctx, w.p.ID, "spec", len(w.bodies["spec.md"])) })
	if !ok {
		return
	}
	if _, err := w.Save(w.ctx, w.p.ID, workflow.SaveDocument{Path: "spec.md", Base: len(w.bodies["spec.md"]), Body: "changed"}); err == nil {
		rt.Fatal("a frozen document was changed")
	}
}

func (w *walker) pass(rt *rapid.T) {
	open := w.openGates(rt)
	if g, ok := w.act(rt, func(phase string) (workflow.Gate, error) { return w.Pass(w.ctx, w.p.ID, phase) }); ok && !open[g.Phase] {
		rt.Fatalf("a closed gate was passed: %+v", g)
	}
}

func (w *walker) waive(rt *rapid.T) {
	if g, ok := w.act(rt, func(phase string) (workflow.Gate, error) { return w.Waive(w.ctx, w.p.ID, phase, why) }); ok && len(g.Passed.Waived) == 0 {
		rt.Fatal("nothing was overridden")
	}
}

// takeBack reopens, unfreezes or withdraws a sign-off.
func (w *walker) takeBack(rt *rapid.T) {
	kind := rapid.IntRange(0, 2).Draw(rt, "kind")
	g, ok := w.act(rt, func(phase string) (workflow.Gate, error) {
		switch kind {
		case 0:
			return w.Reopen(w.ctx, w.p.ID, phase, why)
		case 1:
			return w.Unfreeze(w.ctx, w.p.ID, phase, why)
		}
		return w.Unsign(w.ctx, w.p.ID, phase)
	})
	if ok && (g.Passed != nil || kind > 0 && g.Frozen) {
		rt.Fatalf("%+v", g)
	}
}

// check looks at every version and at the acts.
func (w *walker) check(rt *rapid.T) {
	for path, bodies := range w.bodies {
		log, err := w.Log(w.ctx, w.p.ID, path, workflow.LogQuery{Lines: maxLogLines})
		versions := []workflow.Version{}
		for _, line := range log.Lines {
			versions = append(versions, line.Versions...)
		}
		if err != nil || len(versions) != len(bodies) {
			rt.Fatalf("%s has %d versions, want %d: %v", path, len(versions), len(bodies), err)
		}
		for i, v := range versions {
			if v.Number != len(bodies)-i || v.Hash != workflow.Hash(bodies[v.Number-1]) {
				rt.Fatalf("%s: version %d is not what was saved", path, v.Number)
			}
		}
	}
	if records, err := w.GateRecords(w.ctx, w.p.ID); err != nil || len(records) != w.acts {
		rt.Fatalf("%d acts are recorded, %d were done: %v", len(records), w.acts, err)
	}
}

// everything is what can be seen of the project, as text.
func (w *walker) everything(rt *rapid.T) string {
	var seen []any
	add := func(v any, err error) {
		if err != nil {
			rt.Fatal(err)
		}
		seen = append(seen, v)
	}
	add(w.Overview(w.ctx, w.p.ID))
	add(w.GateRecords(w.ctx, w.p.ID))
	add(w.Runs(w.ctx, w.p.ID, ""))
	for path := range w.bodies {
		add(w.Gate(w.ctx, w.p.ID, strings.TrimSuffix(strings.TrimPrefix(path, "checklists/"), ".md")))
	}
	paths := []string{}
	for path, bodies := range w.bodies {
		paths = append(paths, path)
		for i := range bodies {
			d, err := w.Document(w.ctx, w.p.ID, path, i+1)
			d.Version.Commit, d.Version.Blob = "", "" // git has it by then
			d.Artifact.Current.Commit, d.Artifact.Current.Blob = "", ""
			add(d, err)
		}
	}
	lines := []string{strings.Join(slices.Sorted(slices.Values(paths)), " ")}
	for _, v := range seen {
		text, err := json.Marshal(v)
		if err != nil {
			rt.Fatal(err)
		}
		lines = append(lines, string(text))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// startAgain closes the engine and opens it again: everything is as it was.
func (w *walker) startAgain(rt *rapid.T) {
	before := w.everything(rt)
	w.reopen()
	if after := w.everything(rt); after != before {
		rt.Fatalf("after a new start\n%s\nbefore\n%s", after, before)
	}
}

// checkGit compares the tree of the repository with the current versions.
func (w *walker) checkGit(rt *rapid.T) {
	if err := w.drainer.flush(w.ctx); err != nil {
		rt.Fatal(err)
	}
	tree := git(w.t, w.history.Dir(w.p.ID), "ls-tree", "-r", "HEAD")
	for path, bodies := range w.bodies {
		body := bodies[len(bodies)-1]
		sum := sha1.Sum(fmt.Appendf(nil, "blob %d\x00%s", len(body), body))
		if line := hex.EncodeToString(sum[:]) + "\t" + path + "\n"; !strings.Contains(tree, line) {
			rt.Fatalf("%s is not in git as it is here:\n%s", path, tree)
		}
	}
}
