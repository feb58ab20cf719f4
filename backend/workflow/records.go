package workflow

import (
	"fmt"
	"path"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Standing returns the pass or waiver of a phase that is in force, or nil.
func Standing(records []GateRecord, phase string) *GateRecord {
	var standing *GateRecord
	for i, r := range records {
		if r.Phase != phase {
			continue
		}
		switch r.Action {
		case ActPass, ActWaive:
			standing = &records[i]
		case ActReopen, ActUnfreeze:
			standing = nil
		}
	}
	return standing
}

func passState(r *GateRecord) PhaseState {
	switch {
	case r == nil:
		return PhaseToCome
	case r.Action == ActWaive:
		return PhaseOverridden
	}
	return PhasePassed
}

// SignedBy returns the sign-off of a phase that holds for this version of its
// output, or nil. Ticks do not undo a sign-off; any other change does.
func SignedBy(records []GateRecord, phase string, out Version) *GateRecord {
	last := LastSign(records, phase)
	if last == nil || out.Number == 0 || last.Hash != out.BasisHash {
		return nil
	}
	return last
}

// Frozen reports whether a phase's output is frozen: it was signed in a phase
// that freezes, and nobody has unfrozen it or withdrawn the sign-off.
func Frozen(records []GateRecord, p Phase) bool {
	return p.Freezes && LastSign(records, p.ID) != nil
}

// LastSign returns the sign-off of a phase that nobody has withdrawn, whatever
// became of the text since, or nil.
func LastSign(records []GateRecord, phase string) *GateRecord {
	var last *GateRecord
	for i, r := range records {
		if r.Phase != phase {
			continue
		}
		switch r.Action {
		case ActSign:
			last = &records[i]
		case ActUnsign, ActUnfreeze:
			last = nil
		}
	}
	return last
}

// Cause is one text that has changed since an output was made from it.
type Cause struct {
	Path string
	// From is the version that was used, To the current one.
	From, To int
	Hash     string // of the current text, box marks blanked
}

// Sentence says what changed.
func (c Cause) Sentence() string {
	if c.To == 0 {
		return c.Path + " is gone"
	}
	return fmt.Sprintf("%s is at v%d; v%d was used", Title(c.Path), c.To, c.From)
}

// Behind returns the texts that have changed since the output of the phase was
// made from them, unless a person has said that it is still valid for exactly these.
func Behind(f Facts) []Cause {
	causes := []Cause{}
	if f.Basis == nil {
		return causes
	}
	for _, in := range f.Basis.Inputs {
		if in.Path == "" || in.Path == f.Phase.Output {
			continue
		}
		head := f.Heads[in.Path]
		if head.BasisHash != in.Hash {
			causes = append(causes, Cause{Path: in.Path, From: in.Version, To: head.Number, Hash: head.BasisHash})
		}
	}
	for _, r := range f.Records {
		if r.Action == ActStill && r.Phase == f.Phase.ID && r.Hash == CausesHash(f.Basis.ID, causes) {
			return []Cause{}
		}
	}
	return causes
}

// CausesHash names what a "still valid" is about: the run and the texts that changed since.
func CausesHash(runID string, causes []Cause) string {
	lines := []string{runID}
	for _, c := range causes {
		lines = append(lines, c.Path+"\x00"+c.Hash)
	}
	sort.Strings(lines)
	return Hash(strings.Join(lines, "\n"))
}

// Next returns the phase that a phase's gate opens: the next one that is not optional.
func (w Workflow) Next(id string) (Phase, bool) {
	found := false
	for _, p := range w.Phases {
		if found && !p.Optional && !p.Strip {
			return p, true
		}
		found = found || p.ID == id
	}
	return Phase{}, false
}

// Current returns the phase the work is at: the first whose gate is not passed.
func (w Workflow) Current(records []GateRecord) (Phase, bool) {
	for _, p := range w.Phases {
		if p.Strip || p.Optional || Standing(records, p.ID) != nil {
			continue
		}
		return p, true
	}
	return Phase{}, false
}

// Reached reports whether work in a phase may begin: every phase before it that
// must be passed is. The second value is the first that is not.
func (w Workflow) Reached(id string, records []GateRecord) (bool, Phase) {
	for _, p := range w.Phases {
		if p.ID == id {
			return true, Phase{}
		}
		if !p.Strip && !p.Optional && Standing(records, p.ID) == nil {
			return false, p
		}
	}
	return false, Phase{}
}

// Producer returns the phase whose output is at path.
func (w Workflow) Producer(path string) (Phase, bool) {
	for _, p := range w.Phases {
		if p.Output == path {
			return p, true
		}
	}
	return Phase{}, false
}

// Title makes a title of an artifact's path: "request.md" is "Request".
func Title(p string) string {
	name := strings.TrimSuffix(path.Base(p), path.Ext(p))
	name = strings.ReplaceAll(name, "-", " ")
	if name == "" {
		return p
	}
	first, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToUpper(first)) + name[size:]
}
