package engine

import (
	"cmp"
	"sync"
	"time"

	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// textNote is what staleness has to know of a version. A version does not change.
type textNote struct {
	number          int
	hash, basisHash string
	basisID         string
	at              time.Time
	project, path   string
}

// lineCache remembers what documents were made from and the hashes of their parts, so
// that staleness need not read a project with thousands of runs after each edit.
// Everything in it is about versions and runs that do not change any more.
type lineCache struct {
	mu      sync.Mutex
	notes   map[docRef]textNote // of the version that was looked at last
	written map[docRef]writtenNote
	bases   map[string]workflow.Basis // by run
	parts   map[partRef]string
}

type docRef struct{ project, path string }

// writtenNote says that the words of a version are those of an earlier one.
type writtenNote struct {
	number int
	since  time.Time
}

// partRef is a part of a text: by the hash of the text, its name and what is hoped for.
type partRef struct{ hash, part, want string }

// lineCacheSize is how many of each the cache keeps before it begins anew.
const lineCacheSize = 1 << 16

func newLineCache() *lineCache {
	return &lineCache{notes: map[docRef]textNote{}, written: map[docRef]writtenNote{}, bases: map[string]workflow.Basis{}, parts: map[partRef]string{}}
}

// lookIn returns what a map of the cache knows. The lock is held for that only.
func lookIn[K comparable, V any](c *lineCache, m map[K]V, key K) (V, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	v, ok := m[key]
	return v, ok
}

func keepIn[K comparable, V any](c *lineCache, m map[K]V, key K, value V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(m) >= lineCacheSize {
		clear(m)
	}
	m[key] = value
}

// reading reads the current texts of a project within one transaction, each once.
type reading struct {
	engine  *Engine
	tx      *store.Tx
	project string
	known   map[string]textNote
	all     bool // known holds all there are
	// body reads the text of a version.
	body func(workflow.Version) (string, error)
	err  error // the first text that could not be read
	// closed are the findings that nothing is left to do about; nil until they are asked for.
	closed map[string]bool
}

func (e *Engine) reading(tx *store.Tx, projectID string) *reading {
	return &reading{engine: e, tx: tx, project: projectID, known: map[string]textNote{},
		body: func(v workflow.Version) (string, error) { return headBody(tx, v) }}
}

// load notes all artifacts of the project.
func (t *reading) load() error {
	t.all = true
	return t.tx.HeadNumbers(t.project, t.add)
}

// add notes a version of an artifact.
func (t *reading) add(path string, number int) error {
	cache, ref := t.engine.lines, docRef{t.project, path}
	if n, ok := lookIn(cache, cache.notes, ref); ok && n.number == number {
		t.known[path] = n
		return nil
	}
	v, err := t.tx.Version(t.project, path, number)
	if err != nil {
		return err
	}
	t.known[path] = noteOf(v)
	keepIn(cache, cache.notes, ref, t.known[path])
	return nil
}

func noteOf(v workflow.Version) textNote {
	return textNote{number: v.Number, hash: v.Hash, basisHash: v.BasisHash, basisID: v.BasisID, at: v.At, project: v.ProjectID, path: v.Path}
}

func (n textNote) version() workflow.Version {
	return workflow.Version{ProjectID: n.project, Path: n.path, Number: n.number, Hash: n.hash, BasisHash: n.basisHash, BasisID: n.basisID, At: n.at}
}

// note returns what is known of the current version of an artifact, if it has one.
func (t *reading) note(path string) (textNote, bool) {
	n, ok := t.known[path]
	if ok || t.all {
		return n, ok
	}
	number, err := t.tx.HeadNumber(t.project, path)
	if err == nil && number > 0 {
		err = t.add(path, number)
	}
	t.fail(err)
	n, ok = t.known[path]
	return n, ok
}

func (t *reading) fail(err error) {
	if t.err == nil {
		t.err = err
	}
}

// current returns the text of an input as it is now.
func (t *reading) current(in workflow.Input) workflow.CurrentText {
	n, ok := t.note(in.Path)
	switch {
	case !ok:
		return workflow.CurrentText{}
	case in.Part == "":
		return workflow.CurrentText{Version: n.number, Hash: n.basisHash}
	}
	hash, err := t.partHash(n, in.Part, in.Hash)
	t.fail(err)
	return workflow.CurrentText{Version: n.number, Hash: hash}
}

// partHash returns the hash of a part of a version; empty when it has no such part.
func (t *reading) partHash(n textNote, part, want string) (string, error) {
	cache, ref := t.engine.lines, partRef{n.hash, part, want}
	if hash, ok := lookIn(cache, cache.parts, ref); ok {
		return hash, nil
	}
	body, err := t.body(n.version())
	if err != nil {
		return "", err
	}
	p := t.engine.docs.parse(n.hash, body)
	text := workflow.Text{Body: body, Items: p.items, Sections: p.sections, Plan: func() workflow.PlanRead { return t.engine.docs.plan(n.hash, body) }}
	hash := text.PartHash(part, want)
	keepIn(cache, cache.parts, ref, hash)
	return hash, nil
}

// basis returns what a version rests on, if it is a run that is known.
func (t *reading) basis(runID string) (workflow.Basis, bool) {
	cache := t.engine.lines
	if b, ok := lookIn(cache, cache.bases, runID); ok || runID == "" {
		return b, ok
	}
	r, err := t.tx.Run(runID)
	if workflow.CodeOf(err) == workflow.NotFound {
		return workflow.Basis{}, false // damage has taken it, and the document must still open
	}
	if err != nil {
		t.fail(err)
		return workflow.Basis{}, false
	}
	b := workflow.Basis{RunID: r.ID, Whole: r.Whole(), Inputs: r.Inputs, PromptID: r.PromptID, PromptRevision: r.PromptRevision}
	keepIn(cache, cache.bases, runID, b)
	return b, true
}

// lineage says what the texts that are known were made from.
func (t *reading) lineage(records []workflow.GateRecord) workflow.Lineage {
	l := workflow.Lineage{Bases: map[string]workflow.Basis{}, Current: t.current, Records: records}
	for path, n := range t.known {
		if b, ok := t.basis(n.basisID); ok {
			l.Bases[path] = b
		}
	}
	return l
}

// lines says what the texts of a picture were made from and what has changed since.
func (t *reading) lines(pic picture, now time.Time) (lines, error) {
	l := t.lineage(pic.acts)
	out := lines{bases: l.Bases, behind: l.Behind(), written: map[string]time.Time{}, now: now}
	for _, p := range pic.workflow.Phases {
		if p.Kind == workflow.KindBuild && p.Prompt != "" {
			out.written[p.Output] = t.written(p.Output)
		}
		for _, rule := range p.Gate {
			if rule.Kind == workflow.CondFresh {
				path := cmp.Or(rule.Path, p.Output)
				out.written[path] = t.written(path)
			}
		}
	}
	return out, t.err
}

// ticks returns the ticks of an artifact, those to be checked again marked so.
func (t *reading) ticks(path string) (map[string]workflow.Tick, error) {
	ticks, err := t.tx.Ticks(t.project, path)
	if err != nil {
		return nil, err
	}
	return workflow.Recheck(ticks, t.current, t.openFinding), t.err
}

// openFinding reports whether a finding of the project is open again, or gone.
func (t *reading) openFinding(id string) bool {
	if t.closed == nil {
		findings, err := t.tx.Findings(t.project)
		t.fail(err)
		t.closed = map[string]bool{}
		for _, f := range findings {
			t.closed[f.ID] = !f.Open()
		}
	}
	return !t.closed[id]
}

// judged returns the boxes of a version with their states.
func (t *reading) judged(v workflow.Version, p parsed) ([]workflow.Item, error) {
	items := append([]workflow.Item{}, p.items...)
	if len(items) == 0 {
		return items, nil
	}
	ticks, err := t.ticks(v.Path)
	if err == nil {
		workflow.JudgeItems(items, ticks)
	}
	return items, err
}

// written returns when the words of an artifact changed last: ticks change none.
func (t *reading) written(path string) time.Time {
	n, ok := t.note(path)
	if !ok {
		return time.Time{}
	}
	cache, ref := t.engine.lines, docRef{t.project, path}
	known, _ := lookIn(cache, cache.written, ref)
	since := n.at
	for number := n.number; ; number-- {
		if number == known.number {
			since = known.since
			break
		}
		if number == 1 {
			break
		}
		before, err := t.tx.Version(t.project, path, number-1)
		if err != nil || before.BasisHash != n.basisHash {
			t.fail(err)
			break
		}
		since = before.At
	}
	keepIn(cache, cache.written, ref, writtenNote{n.number, since})
	return since
}

// use returns a text as an input of something made from it now. It is an error when
// the text, or the part of it, is not there.
func (t *reading) use(name, path, part string) (workflow.Input, error) {
	n, ok := t.note(path)
	if !ok {
		return workflow.Input{}, cmp.Or(t.err, noDocument(path))
	}
	in := workflow.Input{Name: name, Path: path, Version: n.number, Part: part}
	in.Hash = t.current(in).Hash
	if in.Hash == "" {
		return in, cmp.Or[error](t.err, workflow.Errorf(workflow.NotFound, "%s has no part “%s”.", workflow.Title(path), part).
			WithHint("A part is a heading, a step such as “step 4”, or a criterion such as “AC-3”."))
	}
	return in, t.err
}
