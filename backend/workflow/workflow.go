// Package workflow owns the domain of Plumbline: its words as types, the rules
// that judge them, and the errors and events that carry them.
//
// It is pure. It imports the standard library only, reads no clock, no file and
// no network, and everything else in the backend may import it. The types are
// also the JSON on disk and on the wire.
package workflow

import "time"

// PhaseKind says how a phase is worked on.
type PhaseKind string

// The kinds of phases.
const (
	KindDocument PhaseKind = "document"
	KindAudit    PhaseKind = "audit"
	KindBuild    PhaseKind = "build"
	KindManual   PhaseKind = "manual"
)

// Workflow is an ordered set of phases, as data.
type Workflow struct {
	ID      string  `json:"id"`
	Title   string  `json:"title"`
	Summary string  `json:"summary"`
	Phases  []Phase `json:"phases"`
	// Loop is the phases that are gone through in rounds, if any.
	Loop Loop `json:"loop"`
	// Triggers say what becomes due outside the order of the phases.
	Triggers []Trigger `json:"triggers"`
	// Source says whose file it is.
	Source Source `json:"source"`
}

// Phase turns input artifacts into one output.
type Phase struct {
	ID      string    `json:"id"`
	Title   string    `json:"title"`
	Summary string    `json:"summary"`
	Kind    PhaseKind `json:"kind"`
	// Prompt is the id of the prompt that writes the output; empty when a person does.
	Prompt string `json:"prompt"`
	// Prompts are the ids of further prompts that are of use in the phase.
	Prompts []string `json:"prompts"`
	// Inputs are the paths of the artifacts that the phase reads.
	Inputs []string `json:"inputs"`
	// Output is the path of the artifact the phase writes. Where it holds NN, each
	// round writes one of its own, see OutputOf.
	Output string `json:"output"`
	// Template is the checklist file the output starts from, if any.
	Template string `json:"template"`
	// Strip marks a phase that is shown as a strip over the next one, not as a knot.
	Strip bool `json:"strip"`
	// Optional phases may be left out: the gate before them opens the phase after, too.
	Optional bool `json:"optional"`
	// Freezes says that signing off the output freezes it.
	Freezes bool            `json:"freezes"`
	Gate    []ConditionRule `json:"gate"`
}

// Phase returns the phase with the given id.
func (w Workflow) Phase(id string) (Phase, bool) {
	for _, p := range w.Phases {
		if p.ID == id {
			return p, true
		}
	}
	return Phase{}, false
}

// Project is one piece of software on its way.
type Project struct {
	ID   string `json:"id"`
	Slug string `json:"slug"`
	Name string `json:"name"`
	// Summary is the first sentence of the idea, for lists.
	Summary    string    `json:"summary"`
	WorkflowID string    `json:"workflowId"`
	CreatedAt  time.Time `json:"createdAt" ts_type:"string"`
	UpdatedAt  time.Time `json:"updatedAt" ts_type:"string"`
}

// PhaseState is where a phase stands. It is always computed.
type PhaseState string

// The states of a phase.
const (
	PhaseToCome     PhaseState = "to-come"
	PhaseCurrent    PhaseState = "current"
	PhasePassed     PhaseState = "passed"
	PhaseOverridden PhaseState = "overridden"
)

// PhaseStatus is one phase of a project as lists and the plumb line show it.
type PhaseStatus struct {
	ID      string    `json:"id"`
	Title   string    `json:"title"`
	Summary string    `json:"summary"`
	Kind    PhaseKind `json:"kind"`
	// Prompted says that a prompt writes the output; without one a person does.
	Prompted bool       `json:"prompted"`
	Output   string     `json:"output"`
	Strip    bool       `json:"strip"`
	Optional bool       `json:"optional"`
	State    PhaseState `json:"state"`
	// Ahead says that work may begin here although gates before it are not passed.
	Ahead   bool `json:"ahead"`
	Version int  `json:"version"` // of the output; 0 when nothing is written
	Stale   bool `json:"stale"`
	Behind  int  `json:"behind"` // changes since it was made, that make it stale
	// Cause says the first of them in a sentence; empty when there is none.
	Cause  string `json:"cause"`
	Frozen bool   `json:"frozen"`
	// RunID is the run that is active in this phase, if any, and RunState its state.
	RunID    string   `json:"runId"`
	RunState RunState `json:"runState"`
	// CandidateID is the newest open candidate of this phase, if any.
	CandidateID string `json:"candidateId"`
	// Missing and Total count the conditions of its gate.
	Missing int `json:"missing"`
	Total   int `json:"total"`
	// Done and Boxes count the task boxes of a strip's checklist.
	Done  int `json:"done"`
	Boxes int `json:"boxes"`
}

// Overview is a project with the computed state of its phases.
type Overview struct {
	Project       Project       `json:"project"`
	WorkflowTitle string        `json:"workflowTitle"`
	Phases        []PhaseStatus `json:"phases"`
	// Current is the id of the phase the work is at; empty when all gates are passed.
	Current string `json:"current"`
	// Next is the one thing to do now, as a sentence.
	Next string `json:"next"`
	// ToDo is the same with the reason, and what it is about.
	ToDo ToDo `json:"toDo"`
	// GateOpen says that the current phase's gate can be passed.
	GateOpen bool `json:"gateOpen"`
}
