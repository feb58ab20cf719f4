package engine

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"plumbline/backend/disk/disktest"
	"plumbline/backend/workflow"
)

// act is a step of a play: something that a person or the caretaker does.
type act func(b *bench)

// drain waits until git has everything.
func (b *bench) drain() {
	b.t.Helper()
	if err := b.drainer.flush(b.ctx); err != nil {
		b.t.Fatal(err)
	}
}

// unseen is no image: nothing can be seen before the next mark.
const unseen = "unseen"

// live plays a whole life of a data folder: projects, a run, ticks, gates, drains,
// maintenance, backups, and projects that go out and come in.
func (p *play) live() {
	t := p.t
	b := actor(t, p.root, p.disk)
	p.mark(b)
	var tide workflow.Project
	var run workflow.RunDetail
	acts := []act{
		func(b *bench) { b.project("Other") },
		func(b *bench) { tide = b.project("Tide table") },
		func(b *bench) { b.drain() },
		func(b *bench) { run = b.run(tide, "request") },
		func(b *bench) {
			try(b.Accept(b.ctx, run.Run.ID, workflow.AcceptCandidate{All: true}))(t)
		},
		func(b *bench) {
			d := b.doc(tide, "request.md")
			try(b.Tick(b.ctx, tide.ID, "request.md", d.Items[0].Offset, d.Version.Number, true))(t)
		},
		func(b *bench) { b.drain() },
		func(b *bench) { b.rewriteDoc(tide, "request.md", requestAnswer+"\nMore.\n") },
		func(b *bench) { try(b.Waive(b.ctx, tide.ID, "request", why))(t) },
		func(b *bench) { b.rewriteDoc(tide, "spec.md", specAnswer) },
		func(b *bench) { try(b.CopyRun(b.ctx, tide.ID, "spec"))(t) },
		func(b *bench) {
			if err := b.SaveDraft(b.ctx, workflow.Draft{ProjectID: tide.ID, Path: "spec.md", Base: 1, Body: "unsaved"}); err != nil {
				t.Fatal(err)
			}
		},
		func(b *bench) { b.drain() },
		func(b *bench) { must(t, b.Maintain(b.ctx)) },
		func(b *bench) { b.rewriteDoc(tide, "spec.md", specAnswer+"\nMore.\n") },
	}
	for _, do := range acts {
		do(b)
		p.mark(b)
	}
	p.carry(b, tide)
	must(t, b.Close())
	p.note(known{image: p.marks[len(p.marks)-1].image, files: p.files})
	b = actor(t, p.root, p.disk)
	b.rewriteDoc(tide, "spec.md", "# The end\n")
	p.mark(b)
	must(t, b.Close())
	p.mark(nil)
	p.marks[len(p.marks)-1].image = p.marks[len(p.marks)-2].image
}

// carry makes backups, and lets a project go out and come in.
func (p *play) carry(b *bench, tide workflow.Project) {
	t := p.t
	made := try(b.Backup(b.ctx, ""))(t)
	rel, err := filepath.Rel(p.root, made.Path)
	must(t, err)
	p.mark(b, rel)
	exported := filepath.Join(p.root, "out", "tide.zip")
	try(b.ExportProject(b.ctx, tide.ID, exported))(t)
	p.mark(b, "out/tide.zip")
	try(b.ImportProject(b.ctx, exported, "Twin"))(t)
	p.mark(b)
	p.marks[len(p.marks)-1].adds = true
	b.drain()
	p.mark(b)
	there := another(t)
	try(there.ImportProject(b.ctx, exported, ""))(t)
	there.rewriteDoc(tide, "spec.md", "# On the train\n")
	back := filepath.Join(t.TempDir(), "back.zip")
	try(there.ExportProject(b.ctx, tide.ID, back))(t)
	try(b.ImportProject(b.ctx, back, ""))(t)
	p.mark(b)
	must(t, b.care.backUp(b.ctx))
	list := try(b.Backups(b.ctx))(t)
	rel, err = filepath.Rel(p.root, list[0].Path)
	must(t, err)
	p.mark(b, rel)
}

// rewriteDoc saves a document over its current version.
func (b *bench) rewriteDoc(p workflow.Project, path, body string) {
	b.t.Helper()
	base := 0
	if d, err := b.Document(b.ctx, p.ID, path, 0); err == nil {
		base = d.Version.Number
	}
	try(b.Save(b.ctx, p.ID, workflow.SaveDocument{Path: path, Base: base, Body: body}))(b.t)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// usual is how many losses come first that are worth a try at every moment.
// single is how many of the others are tried.
const usual, single = 5, 8

// few of the usual ones come first that are enough when not much is new.
const few = 2

// survives judges the states that a power cut may leave at every moment. After an
// operation of a kind that came a few times already only the usual losses are
// tried, and of those only the first, else also some that hit single operations.
func (p *play) survives() {
	p.t.Helper()
	came := map[string]int{}
	for n := p.first(); n <= p.log.Len(); n++ {
		losses := p.log.Losses(n, 1)
		some := rand.New(rand.NewPCG(uint64(n), 0))
		some.Shuffle(len(losses)-usual, func(i, j int) {
			losses[usual+i], losses[usual+j] = losses[usual+j], losses[usual+i]
		})
		most := usual + single
		if kind := kindOf(p.log.Op(n - 1)); came[kind] > 1 {
			most = few
		} else {
			came[kind]++
		}
		for _, loss := range losses[:min(most, len(losses))] {
			if err := p.judge(p.log, n, loss); err != nil {
				p.t.Fatalf("after %d operations: %s\n%s", n, causes(err), p.around(n))
			}
		}
	}
}

// first is the number of operations after which something is promised, or may be.
func (p *play) first() int {
	n := 1
	for n <= p.log.Len() && p.marks[0].image == unseen && len(p.log.Marks(n)) == 0 {
		n++
	}
	return n
}

// names are the parts of paths that are different each time.
var names = regexp.MustCompile("[0-9a-f]{40}|[0-9A-HJKMNP-TV-Z]{26}|[0-9]+")

func kindOf(op disktest.Op) string { return names.ReplaceAllString(op.String(), "*") }

// around describes the last operations before a moment.
func (p *play) around(n int) string {
	text := ""
	for i := max(0, n-6); i < n; i++ {
		text += fmt.Sprintf("%d %s\n", i, p.log.Op(i))
	}
	return text
}

// needs are the kinds of syncs that were left out, and whether anything was then
// not as it should be.
type needs map[string]bool

// missing pretends that each sync that matters never happened, one after the other.
func (p *play) missing(all needs) {
	for _, sync := range p.log.Syncs() {
		op := p.log.Op(sync)
		if kind := kindOf(op); isOurs(op) && !all[kind] {
			all[kind] = p.misses(sync)
		}
	}
}

// soon is how many operations after a sync it is mostly missed.
const soon = 40

// misses reports whether something is wrong when a sync never happened.
func (p *play) misses(sync int) bool {
	without := p.log.Without(sync)
	moments := []int{}
	for n := sync + 1; n <= min(sync+soon, p.log.Len()); n++ {
		moments = append(moments, n)
	}
	for n := p.log.Len(); n > sync+soon; n-- { // most is promised in the end
		moments = append(moments, n)
	}
	for _, n := range moments {
		for _, loss := range without.Losses(n, 0) {
			if p.judge(without, n, loss) != nil {
				return true
			}
		}
	}
	return false
}

// isOurs reports whether a sync is the engine's own: those within a repository are
// proven in package history, and a store that is made in a work folder does not
// know that nobody needs its names.
func isOurs(op disktest.Op) bool {
	return !strings.Contains(op.Path, "history.git") && (op.Kind == disktest.Sync || !strings.HasSuffix(op.Path, ".tmp"))
}

// TestPowerCut plays what is done to a data folder and pulls the plug at every
// moment: what was promised is there, everything fits together, and it goes on.
// Each sync is there for a reason.
func TestPowerCut(t *testing.T) {
	all := needs{}
	for _, c := range []struct {
		name string
		play func(t *testing.T) *play
	}{
		{"in a rebuild", rebuilt},
		{"in a repair of the database", repairedDatabase},
		{"in a repair of a history", repairedHistory},
		{"in a restore", restored},
		{"in a whole life", wholeLife},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := c.play(t)
			p.survives()
			p.missing(all)
			t.Logf("%d operations, %d starts", p.log.Len(), p.runs)
		})
	}
	for kind, missed := range all {
		if !missed {
			t.Errorf("nobody would miss: %s", kind)
		}
	}
}

func wholeLife(t *testing.T) *play {
	p := newPlay(t, stage(t))
	p.live()
	return p
}
