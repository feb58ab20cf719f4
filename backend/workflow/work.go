package workflow

import "time"

// StepState is where a step of the plan stands. It is always computed: from its
// box, and from the boxes of the steps before it.
type StepState string

// The states of a step.
const (
	StepOpen    StepState = "open"
	StepBlocked StepState = "blocked" // a step that it depends on is not done
	StepCurrent StepState = "current" // the one to do now
	StepDone    StepState = "done"
	StepSkipped StepState = "skipped" // waived with a reason
)

// Settled reports whether nothing is left to do about the step.
func (s StepState) Settled() bool { return s == StepDone || s == StepSkipped }

// PlanStep is a step of the plan with where it stands.
type PlanStep struct {
	Step  Step      `json:"step"`
	State StepState `json:"state"`
	// Item is the state of its box, which may be claimed or to be checked again; empty without a box.
	Item ItemState `json:"item"`
	Tick *Tick     `json:"tick,omitempty"`
	// Waits are the numbers of the steps it depends on that are not settled.
	Waits []string `json:"waits"`
	// Problems are the indexes of the problems of the plan that are about it.
	Problems []int `json:"problems"`
	// Output is the document of its answers: "steps/04.md". Version is 0 when nothing is written.
	Output  string `json:"output"`
	Version int    `json:"version"`
	// RunID is the newest run for it, if any, and CandidateID the answer that waits to be decided.
	RunID       string   `json:"runId"`
	RunState    RunState `json:"runState"`
	CandidateID string   `json:"candidateId"`
	// Refinements counts those of its newest thread, which Thread names by its first run.
	Thread      string `json:"thread"`
	Refinements int    `json:"refinements"`
}

// PlanMilestone is a milestone with how far it has come.
type PlanMilestone struct {
	Milestone Milestone `json:"milestone"`
	Settled   int       `json:"settled"`
	Total     int       `json:"total"`
	Complete  bool      `json:"complete"`
	// CompleteAt is when its last step was settled; zero when it is not complete.
	CompleteAt time.Time `json:"completeAt" ts_type:"string"`
}

// PlanEdge leads from a step to one that depends on it, by their indexes.
type PlanEdge struct {
	From int `json:"from"`
	To   int `json:"to"`
	// Wrong says that it points backwards or is part of a circle.
	Wrong bool `json:"wrong"`
}

// PlanView is the plan as steps: the list and the graph.
type PlanView struct {
	ProjectID  string          `json:"projectId"`
	Phase      string          `json:"phase"`
	Path       string          `json:"path"`
	Version    int             `json:"version"` // 0 when there is no plan
	Title      string          `json:"title"`
	Steps      []PlanStep      `json:"steps"`
	Milestones []PlanMilestone `json:"milestones"`
	Edges      []PlanEdge      `json:"edges"`
	Problems   []PlanProblem   `json:"problems"`
	// Uncovered are the criteria of the specification that no step covers.
	Uncovered []string `json:"uncovered"`
	Notes     []string `json:"notes"`
	// Current is the index of the step to do now; -1 when there is none.
	Current int `json:"current"`
	Settled int `json:"settled"`
	// SettledAt is when the last step was settled, of those that are.
	SettledAt time.Time `json:"settledAt" ts_type:"string"`
}

// AllSettled reports whether there are steps, and nothing is left to do about any.
func (v PlanView) AllSettled() bool { return len(v.Steps) > 0 && v.Settled == len(v.Steps) }

// CheckResult is what a command printed that says whether the software holds.
type CheckResult struct {
	// Step is the number of the step it is about; empty for the whole project.
	Step    string `json:"step"`
	Command string `json:"command"`
	Exit    int    `json:"exit"`
	Output  string `json:"output"` // the end of it, where it is long
	// Path and Version name the document that keeps it whole.
	Path    string    `json:"path"`
	Version int       `json:"version"`
	By      Author    `json:"by"`
	At      time.Time `json:"at" ts_type:"string"`
}

// Green reports whether the check has passed.
func (c CheckResult) Green() bool { return c.Exit == 0 && !c.At.IsZero() }

// RoundStatus is where the rounds of a phase, or of a loop, stand.
type RoundStatus struct {
	// Phase is the one that rounds are counted at: the first of the loop.
	Phase  string   `json:"phase"`
	Phases []string `json:"phases"`
	Number int      `json:"number"` // from 1
	Cap    int      `json:"cap"`    // 0 for none
	Ends   LoopEnd  `json:"ends"`
	// Ready says that the next round may begin; Why is what it waits for, as a sentence.
	Ready bool   `json:"ready"`
	Why   string `json:"why"`
	// Over says that more rounds are past the cap, and need a reason.
	Over bool `json:"over"`
	// Verdict is "plateau", "growing" or empty, and Advice says it to a person.
	Verdict string `json:"verdict"`
	Advice  string `json:"advice"`
	// Curve is what the rounds have found.
	Curve []LedgerRound `json:"curve"`
}

// Thread is a first run with what was made of it: repairs, answers to its
// questions, and refinements. Starting over ends it; it stays as evidence.
type Thread struct {
	ID        string `json:"id"` // of its first run
	ProjectID string `json:"projectId"`
	Phase     string `json:"phase"`
	Step      string `json:"step"` // its number; empty where it is about no step
	Title     string `json:"title"`
	Runs      []Run  `json:"runs"` // the oldest first
	// Refinements counts those there are, Limit how many there may be without a
	// reason, and WarnAt from which one on to look up.
	Refinements int `json:"refinements"`
	Limit       int `json:"limit"`
	WarnAt      int `json:"warnAt"`
	// Warning says what to think about; empty before.
	Warning string `json:"warning"`
	// Full says that another refinement needs a reason; Overridden is the last one given.
	Full       bool   `json:"full"`
	Overridden string `json:"overridden"`
	// Over says that it was started over from, into Next.
	Over bool   `json:"over"`
	Next string `json:"next"`
	// Questions are what its last answer asks in the place of code.
	Questions []string `json:"questions"`
}

// DueItem is a thing that has become due outside the order of the phases.
type DueItem struct {
	Kind     string `json:"kind"` // trigger, practice or undone
	ID       string `json:"id"`   // of the trigger, of the prompt, or of the phase
	Title    string `json:"title"`
	Phase    string `json:"phase"`
	PromptID string `json:"promptId"`
	// Why says what has happened, Help what to do, each as sentences.
	Why  string    `json:"why"`
	Help string    `json:"help"`
	At   time.Time `json:"at" ts_type:"string"`
	// NewRound says that the next round of the phase has to begin first.
	NewRound bool `json:"newRound"`
}

// ToDo is the one thing to do now.
type ToDo struct {
	ProjectID string `json:"projectId"`
	Project   string `json:"project"`
	// Kind says what sort of thing it is; a door makes its button of it.
	Kind ToDoKind `json:"kind"`
	// Text is the thing, and Why the reason, each as a sentence.
	Text string `json:"text"`
	Why  string `json:"why"`
	// Phase, Step, RunID, PromptID and Path are what it is about, where there is one.
	Phase    string `json:"phase"`
	Step     string `json:"step"`
	RunID    string `json:"runId"`
	PromptID string `json:"promptId"`
	Path     string `json:"path"`
	// Command is how to do it on the command line.
	Command string `json:"command"`
	// Due are the other things that are due.
	Due []DueItem `json:"due"`
}

// ToDoKind says what sort of thing is to be done.
type ToDoKind string

// The kinds of things to do.
const (
	DoWait    ToDoKind = "wait"    // a model is writing
	DoDecide  ToDoKind = "decide"  // an answer waits to be accepted
	DoPaste   ToDoKind = "paste"   // a copied prompt waits for its answer
	DoAnswer  ToDoKind = "answer"  // questions came in the place of code
	DoRun     ToDoKind = "run"     // the prompt of a phase
	DoWrite   ToDoKind = "write"   // a document without a prompt
	DoStep    ToDoKind = "step"    // of the plan
	DoRound   ToDoKind = "round"   // the next one begins
	DoRestart ToDoKind = "restart" // a thread that was refined often enough
	DoTick    ToDoKind = "tick"
	DoSign    ToDoKind = "sign"
	DoCheck   ToDoKind = "check"
	DoStale   ToDoKind = "stale" // run again, or say that it is still valid
	DoGate    ToDoKind = "gate"  // the first condition that is missing
	DoPass    ToDoKind = "pass"
	DoNothing ToDoKind = "nothing" // every gate is passed
)

// Effort is how much work of people went into a phase or a step.
type Effort struct {
	ProjectID string `json:"projectId"`
	Phase     string `json:"phase"`
	Step      string `json:"step"` // empty for the phase itself
	// Seconds were worked, as the timer counted them; Correction is what a person added or took off.
	Seconds    int `json:"seconds"`
	Correction int `json:"correction"`
	// Estimate and Without are what a person expected, in minutes: with and without a model.
	Estimate int `json:"estimate"`
	Without  int `json:"without"`
	// TouchedAt is when somebody was last at work on it.
	TouchedAt time.Time `json:"touchedAt" ts_type:"string"`
}

// EffortRow is what a phase or a step has cost.
type EffortRow struct {
	Effort Effort `json:"effort"`
	Title  string `json:"title"`
	// Worked is the time after correction, in seconds.
	Worked int `json:"worked"`
	// Runs, tokens and the time of the models, in milliseconds, are summed over the runs.
	Runs         int `json:"runs"`
	PromptTokens int `json:"promptTokens"`
	AnswerTokens int `json:"answerTokens"`
	ModelMillis  int `json:"modelMillis"`
}

// Refinement asks for another answer in a thread.
type Refinement struct {
	// Off names what has to be corrected: tests, imports, style, behaviour.
	Off []string `json:"off"`
	// Output is what failed; empty for that of the newest check that did.
	Output string `json:"output"`
	Notes  string `json:"notes"`
	Files  string `json:"files"`
	// Answers are those to the questions that came back. With them nothing is
	// refined: the prompt is sent again, and the answers with it.
	Answers string `json:"answers"`
	// Reason is why to refine once more than is advised.
	Reason string `json:"reason"`
	Model  string `json:"model"`
	// Copy leaves the prompt to be copied, instead of running it.
	Copy bool `json:"copy"`
}

// Restart asks what a thread has taught, to start it over.
type Restart struct {
	// Why is diverged, confused or muddied.
	Why   string `json:"why"`
	Notes string `json:"notes"`
	Model string `json:"model"`
	Copy  bool   `json:"copy"`
}

// StepOrder runs the prompt of a step.
type StepOrder struct {
	// Values fill variables for this step; what is not named keeps its value.
	Values map[string]string `json:"values"`
	Model  string            `json:"model"`
	Copy   bool              `json:"copy"`
}

// StepDetail is a step of the plan in full.
type StepDetail struct {
	Step PlanStep `json:"step"`
	// Text is what the plan says of it, HTML the same rendered.
	Text   string        `json:"text"`
	HTML   string        `json:"html"`
	Thread Thread        `json:"thread"`
	Older  []Thread      `json:"older"` // the newest first
	Checks []CheckResult `json:"checks"`
	Effort EffortRow     `json:"effort"`
}

// NewSteps are findings of the ledger, by their ids or numbers, to be put into the
// plan as the next steps.
type NewSteps struct {
	Findings []string `json:"findings"`
}
