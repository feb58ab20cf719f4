package workflow

import "time"

// ConditionKind names a rule that a gate can hold.
type ConditionKind string

// The kinds of conditions.
const (
	// CondWritten: the output has a version.
	CondWritten ConditionKind = "written"
	// CondCurrent: nothing the output was made from has changed since.
	CondCurrent ConditionKind = "current"
	// CondWhole: no cut or unfinished run stands behind the output.
	CondWhole ConditionKind = "whole"
	// CondBoxes: every box of a section, or of a whole artifact, is done or waived.
	CondBoxes ConditionKind = "boxes"
	// CondQuestions: at most Max open questions are left in a section.
	CondQuestions ConditionKind = "questions"
	// CondSigned: the current version is signed.
	CondSigned ConditionKind = "signed"
	// CondItems: the named boxes of an artifact are done or waived.
	CondItems ConditionKind = "items"
	// CondFindings: at most so many findings of each severity are open.
	CondFindings ConditionKind = "findings"
	// CondPlan: the plan can be built, and every criterion is covered by a step.
	CondPlan ConditionKind = "plan"
	// CondSteps: every step of the plan is done, or skipped with a reason.
	CondSteps ConditionKind = "steps"
	// CondMilestones: every milestone of the plan is complete.
	CondMilestones ConditionKind = "milestones"
	// CondCheck: the newest check is green, and newer than the last step that was accepted.
	CondCheck ConditionKind = "check"
	// CondPhrase: the audit says its phrase and lists nothing, or leaves few and small things to fix.
	CondPhrase ConditionKind = "phrase"
	// CondCount: an audit lists as many findings as it says it does, or somebody has looked at the difference.
	CondCount ConditionKind = "count"
	// CondApproval: a person has approved the current version.
	CondApproval ConditionKind = "approval"
	// CondBake: it has been in production for so long, and its figures are marked as healthy.
	CondBake ConditionKind = "bake"
	// CondFresh: an artifact is newer than the last step that was accepted.
	CondFresh ConditionKind = "fresh"
)

// ConditionRule is a condition as a workflow file states it.
type ConditionRule struct {
	ID    string        `json:"id"`
	Kind  ConditionKind `json:"kind"`
	Title string        `json:"title"`
	// Path is the artifact it looks at; empty for the output of the phase.
	Path string `json:"path"`
	// Section limits boxes and questions to one heading.
	Section string `json:"section"`
	// Max is the limit of open questions; below 0 means the one in Settings.
	Max int `json:"max"`
	// Items name boxes by the beginning of their text: "AC-1", or "AC-" for all that begin so.
	Items []string `json:"items"`
	// Limits say how many findings of each severity may be open; one that is not there has no limit.
	Limits map[Severity]int `json:"limits"`
	// Allow are the states of findings that count as settled besides fixed ones.
	Allow []string `json:"allow"`
	// Phrase says that nothing was found, alone on its line.
	Phrase string `json:"phrase"`
	// Or is what is enough without the phrase.
	Or *SmallFixes `json:"or,omitempty"`
	// Hours is how long it has to be in production; 0 means the usual time.
	Hours int `json:"hours"`
	// Help says what to do about it.
	Help string `json:"help"`
}

// SmallFixes are few enough, and small enough, not to stand in the way.
type SmallFixes struct {
	Max   int      `json:"max"`
	Worst Severity `json:"worst"`
}

// BakeHours is how long something is in production before it is trusted, unless
// the workflow says otherwise (CATALOGUE §5).
const BakeHours = 24

// ConditionState is where a condition stands.
type ConditionState string

// The states of a condition.
const (
	CondMet     ConditionState = "met"
	CondUnmet   ConditionState = "unmet"
	CondWaiting ConditionState = "waiting" // for a person, or for something that is not there yet
	CondRunning ConditionState = "running" // a run is writing it
	CondFailed  ConditionState = "failed"
)

// Condition is a rule with where it stands.
type Condition struct {
	ID    string         `json:"id"`
	Kind  ConditionKind  `json:"kind"`
	Title string         `json:"title"`
	State ConditionState `json:"state"`
	// Value is a short figure beside the title: "11/13", "v5".
	Value string `json:"value"`
	Done  int    `json:"done"`
	Total int    `json:"total"` // 0 when it has no count
	// Missing says in a phrase what is missing: "2 of 13 acceptance boxes are not ticked". Empty when met.
	Missing string `json:"missing"`
	// Action says in a phrase what to do: "tick 2 acceptance boxes". Empty when met.
	Action string `json:"action"`
	Note   string `json:"note"`
	// Doubt says what is not sure about the judgement, met or not.
	Doubt string `json:"doubt"`
	// Judged conditions are a person's to decide; the others are measured.
	Judged bool `json:"judged"`
	// Path and Index lead to the first cause: an artifact and, for boxes, the item (-1 for none).
	Path    string `json:"path"`
	Section string `json:"section"`
	Index   int    `json:"index"`
	// Do is what sort of thing helps; a door makes its button of it. Empty when met.
	Do ToDoKind `json:"do"`
	// Causes are the texts that have changed, of a document that is behind.
	Causes []Cause `json:"causes"`
	// Findings are the numbers of those that stand in the way, the worst first, at most a few.
	Findings []string `json:"findings"`
	// Until is when a time has passed that is waited for.
	Until *time.Time `json:"until,omitempty" ts_type:"string"`
}

// Gate is the conditions to leave a phase, judged now.
type Gate struct {
	ProjectID string `json:"projectId"`
	Phase     string `json:"phase"`
	Title     string `json:"title"` // "Gate to Plan"
	// Next is the id of the phase it opens; empty for the last.
	Next       string      `json:"next"`
	NextTitle  string      `json:"nextTitle"`
	State      PhaseState  `json:"state"`
	Conditions []Condition `json:"conditions"`
	Missing    int         `json:"missing"`
	// Open says that every condition is met. Passing it is a person's act.
	Open bool `json:"open"`
	// Measured is false while nothing is written yet.
	Measured bool   `json:"measured"`
	Sentence string `json:"sentence"`
	// CanSign says that signing is a condition and the current version is not signed.
	CanSign bool `json:"canSign"`
	// CanApprove and CanPromote say the same of the approval and of the promotion to production.
	CanApprove bool `json:"canApprove"`
	CanPromote bool `json:"canPromote"`
	Signed     bool `json:"signed"`
	Frozen     bool `json:"frozen"`
	// Version of the output that was judged.
	Version int `json:"version"`
	// Passed is the record of the pass or waiver that is in force, if any.
	Passed *GateRecord `json:"passed,omitempty"`
}

// GateAction is something a person did at a gate.
type GateAction string

// The actions.
const (
	ActPass     GateAction = "pass"
	ActWaive    GateAction = "waive"    // pass with named conditions missing
	ActReopen   GateAction = "reopen"   // take a pass back
	ActSign     GateAction = "sign"     // freezes the output where the phase says so
	ActUnsign   GateAction = "unsign"   // withdraw the sign-off before the gate is passed
	ActUnfreeze GateAction = "unfreeze" // open a frozen document again; reopens the gate
	ActStill    GateAction = "still-valid"
	ActRound    GateAction = "round"    // the next round begins: its gates are passed anew
	ActOverride GateAction = "override" // refine a thread once more than is advised
	ActRestart  GateAction = "restart"  // start a thread over with a better specification
	ActCheck    GateAction = "check"    // a command was run: how it ended
	ActApprove  GateAction = "approve"  // of a version, for production
	ActPromote  GateAction = "promote"  // to production: the bake time begins
	ActHealthy  GateAction = "healthy"  // the figures have held
	ActRollback GateAction = "rollback" // a figure has failed: the release is open again
	ActChange   GateAction = "change"   // open a frozen document again for a change request; reopens the gate
	ActLooked   GateAction = "looked"   // at the difference between what an audit claims and lists
)

// GateRecord is one act at a gate. Records are only ever added.
type GateRecord struct {
	ID        string     `json:"id"`
	ProjectID string     `json:"projectId"`
	Phase     string     `json:"phase"`
	Action    GateAction `json:"action"`
	By        Author     `json:"by"`
	At        time.Time  `json:"at" ts_type:"string"`
	Reason    string     `json:"reason"`
	// Waived are the sentences of the conditions that were missing.
	Waived []string `json:"waived"`
	// Seen holds the version of each artifact of the project at that moment.
	Seen map[string]int `json:"seen"`
	// Path and Hash say which text a sign-off or "still valid" is about.
	Path string `json:"path"`
	Hash string `json:"hash"`
	// Causes are the changes in spite of which a text is still valid.
	Causes []Cause `json:"causes"`
	// Thread is the first run of the thread that an override or a restart is about.
	Thread string `json:"thread,omitempty"`
	// Check is how a command ended.
	Check *CheckResult `json:"check,omitempty"`
}

// MinReason is the least length of a waiver's reason, in characters (CATALOGUE §5).
const MinReason = 20
