package workflow

import (
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"
)

// Basis is what the current text of an artifact was made from.
type Basis struct {
	RunID string
	// Whole says that the run saw its whole prompt and finished its answer.
	Whole  bool
	Inputs []Input
	// PromptID and PromptRevision name the prompt that was used.
	PromptID       string
	PromptRevision string
}

// CurrentText is an artifact, or a part of one, as it is now. It is zero when it is gone.
type CurrentText struct {
	Version int
	Hash    string // box marks blanked
}

// Lineage is what the current texts of a project were made from.
type Lineage struct {
	// Bases are known for artifacts that rest on a run, by path.
	Bases map[string]Basis
	// Current returns the text of an input as it is now, or the part of it that was used.
	Current func(Input) CurrentText
	// Records are the acts at the gates of the project: some say that a text is still valid.
	Records []GateRecord
}

// Cause is one text that has changed since an output was made from it.
type Cause struct {
	Path string `json:"path"`
	// Part is what was used of it; empty for all of it.
	Part string `json:"part"`
	// From is the version that was used, To the current one; 0 when it is gone.
	From int    `json:"from"`
	To   int    `json:"to"`
	Hash string `json:"hash"` // of the current text, box marks blanked
	// Via is the artifact that was made from it and used in its turn; empty when it was used itself.
	Via string `json:"via"`
}

// Sentence says what changed.
func (c Cause) Sentence() string {
	what := Title(c.Path)
	if c.Part != "" {
		what = fmt.Sprintf("“%s” of %s", c.Part, what)
	}
	switch {
	case c.To == 0:
		return c.Path + " is gone" + c.by()
	case c.Hash == "":
		return what + " is gone" + c.by()
	case c.Part != "":
		return fmt.Sprintf("%s has changed: v%d is current, v%d was used%s", what, c.To, c.From, c.by())
	}
	return fmt.Sprintf("%s is at v%d; v%d was used%s", what, c.To, c.From, c.by())
}

func (c Cause) by() string {
	if c.Via == "" {
		return ""
	}
	return " for " + Title(c.Via)
}

// key names a cause: the same text in the same state is the same cause, however it came.
func (c Cause) key() string { return c.Path + "\x00" + c.Part + "\x00" + c.Hash }

// direct returns the texts that have changed since an artifact was made from them.
func (l Lineage) direct(path string) []Cause {
	causes := []Cause{}
	for _, in := range l.Bases[path].Inputs {
		if in.Path == "" || in.Path == path {
			continue
		}
		if now := l.Current(in); now.Hash != in.Hash {
			c := Cause{Path: in.Path, Part: in.Part, From: in.Version, To: now.Version, Hash: now.Hash}
			if !slices.ContainsFunc(causes, func(o Cause) bool { return o.key() == c.key() }) {
				causes = append(causes, c)
			}
		}
	}
	return causes
}

// Behind returns for every artifact the texts that have changed since it was made
// from them, or since what it was made from was made from them, and so on. What a
// person said is still valid counts for that artifact, and goes no further through it.
func (l Lineage) Behind() map[string][]Cause {
	w := spreading{behind: map[string][]Cause{}, has: map[string]map[string]bool{}, kept: l.kept(), users: map[string][]string{}}
	paths := slices.Sorted(maps.Keys(l.Bases))
	for _, path := range paths {
		for _, in := range l.Bases[path].Inputs {
			users := w.users[in.Path]
			if last := len(users) - 1; in.Path != "" && in.Path != path && (last < 0 || users[last] != path) {
				w.users[in.Path] = append(users, path)
			}
		}
	}
	for _, path := range paths {
		for _, c := range l.direct(path) {
			w.add(path, c)
		}
	}
	for len(w.queue) > 0 {
		next := w.queue[0]
		w.queue = w.queue[1:]
		for _, user := range w.users[next.path] {
			c := next.cause
			c.Via = next.path
			w.add(user, c)
		}
	}
	return w.behind
}

// spreading is how changes go from one artifact to those made from it.
type spreading struct {
	behind map[string][]Cause
	has    map[string]map[string]bool // causes that an artifact has, by key
	kept   map[string]map[string]bool // causes that it holds in spite of, by key
	users  map[string][]string        // artifacts that were made from one
	queue  []spread
}

type spread struct {
	path  string
	cause Cause
}

// add notes a cause for an artifact, unless it has it, or is itself the cause.
func (w *spreading) add(path string, c Cause) {
	k := c.key()
	if c.Path == path || w.has[path][k] || w.kept[path][k] {
		return
	}
	if w.has[path] == nil {
		w.has[path] = map[string]bool{}
	}
	w.has[path][k] = true
	w.behind[path] = append(w.behind[path], c)
	w.queue = append(w.queue, spread{path, c})
}

// kept returns the causes in spite of which an artifact is still valid, by its path. A
// word for what another run has made is no word for this.
func (l Lineage) kept() map[string]map[string]bool {
	kept := map[string]map[string]bool{}
	for _, r := range l.Records {
		o, ok := l.Bases[r.Path]
		if r.Action != ActStill || !ok {
			continue
		}
		causes := r.Causes
		if len(causes) == 0 { // older records name the whole of what had changed by its hash alone
			causes = l.direct(r.Path)
		}
		if r.Hash != CausesHash(o.RunID, causes) {
			continue
		}
		if kept[r.Path] == nil {
			kept[r.Path] = map[string]bool{}
		}
		for _, c := range causes {
			kept[r.Path][c.key()] = true
		}
	}
	return kept
}

// CausesHash names what a "still valid" is about: the run and the texts that changed since.
func CausesHash(runID string, causes []Cause) string {
	lines := []string{runID}
	for _, c := range causes {
		line := c.Path + "\x00" + c.Hash
		if c.Part != "" {
			line += "\x00" + c.Part
		}
		lines = append(lines, line)
	}
	sort.Strings(lines)
	return Hash(strings.Join(lines, "\n"))
}

// Recheck returns the ticks of a document with those to be checked again marked so:
// their evidence was judged by a text that has changed since, or names a finding
// that is open again. The ticks themselves stay as they are.
func Recheck(ticks map[string]Tick, current func(Input) CurrentText, open func(finding string) bool) map[string]Tick {
	judged := make(map[string]Tick, len(ticks))
	for key, tick := range ticks {
		if tick.State == ItemDone && tick.Evidence != nil && tick.Evidence.outdated(current, open) {
			tick.State = ItemRecheck
		}
		judged[key] = tick
	}
	return judged
}

// outdated reports whether what the evidence was judged by is not as it was.
func (e Evidence) outdated(current func(Input) CurrentText, open func(finding string) bool) bool {
	if e.Kind == EvidenceFinding && open(e.Ref) {
		return true
	}
	return slices.ContainsFunc(e.Inputs, func(in Input) bool {
		return current(in).Hash != in.Hash
	})
}

// Staleness is what has changed since an artifact was made.
type Staleness struct {
	ProjectID string `json:"projectId"`
	Path      string `json:"path"`
	// RunID is the run that the artifact rests on; empty when it was written by hand.
	RunID  string        `json:"runId"`
	Causes []CauseDetail `json:"causes"`
	// Prompt says in a sentence that the prompt of that run has changed since. That
	// alone makes nothing stale.
	Prompt string `json:"prompt"`
	// Kept are the words of people that it is still valid in spite of something.
	Kept []GateRecord `json:"kept"`
}

// CauseDetail is a change with what it changed.
type CauseDetail struct {
	Cause    Cause  `json:"cause"`
	Sentence string `json:"sentence"`
	Diff     Diff   `json:"diff"` // of the part that was used
}
