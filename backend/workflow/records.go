package workflow

import (
	"path"
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
		case ActReopen, ActUnfreeze, ActChange:
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
		case ActUnsign, ActUnfreeze, ActChange:
			last = nil
		}
	}
	return last
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

// Title makes a title of an artifact's path: "request.md" is "Request". One that is
// only a number is called by its folder, too: "steps/03.md" is "Step 03".
func Title(p string) string {
	name := strings.TrimSuffix(path.Base(p), path.Ext(p))
	name = strings.ReplaceAll(name, "-", " ")
	if name == "" {
		return p
	}
	if folder := path.Base(path.Dir(p)); strings.Trim(name, "0123456789") == "" && folder != "." {
		name = strings.TrimSuffix(folder, "s") + " " + name
	}
	first, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToUpper(first)) + name[size:]
}
