package workflow

// Step is one entry of an implementation plan as the plan says it. All texts are
// without markup.
type Step struct {
	// Number is what the plan calls it: "4", "2.1", "T004".
	Number string `json:"number"`
	Title  string `json:"title"`
	Task   string `json:"task"`
	// Files are the paths it touches.
	Files []string `json:"files"`
	// Depends are the numbers of the steps that come before it.
	Depends []string `json:"depends"`
	Effort  string   `json:"effort"` // S, M or L; empty where the plan does not say
	Risk    string   `json:"risk"`   // low, medium or high; empty where the plan does not say
	RiskWhy string   `json:"riskWhy"`
	Tags    []string `json:"tags"`
	Tests   string   `json:"tests"`
	// Covers are the criteria it meets: "AC-3".
	Covers []string `json:"covers"`
	// User is what a person has to do by hand.
	User string `json:"user"`
	// Details are the entries under it that are no fields.
	Details []string `json:"details"`
	// Milestone is the index of the one it stands under, -1 for none.
	Milestone int `json:"milestone"`
	// Parallel says that the plan lets it run beside others.
	Parallel bool `json:"parallel"`
	// Marked says that its box is marked; Box is the index of that box, -1 without one,
	// and Mark the byte of the mark, -1 without one.
	Marked bool `json:"marked"`
	Box    int  `json:"box"`
	Mark   int  `json:"mark"`
	// Start and End are the bytes of the text it was read from, in whole lines.
	Start int `json:"start"`
	End   int `json:"end"`
	Line  int `json:"line"` // from 1
}

// Milestone is a heading of a plan with steps under it: a phase, a group.
type Milestone struct {
	Number string `json:"number"`
	Title  string `json:"title"`
	// Start and End are the bytes of the heading and of what stands under it.
	Start int `json:"start"`
	End   int `json:"end"`
	Line  int `json:"line"` // from 1
}

// PlanRead is what was read from a plan.
type PlanRead struct {
	Title      string      `json:"title"`
	Milestones []Milestone `json:"milestones"`
	Steps      []Step      `json:"steps"`
	// Elided says that the plan leaves steps out: "[… continues …]".
	Elided bool `json:"elided"`
	// Guessed says that nothing but the list itself speaks for these being steps.
	Guessed bool `json:"guessed"`
	// Notes say what is doubtful about the reading, in sentences for a person.
	Notes []string `json:"notes"`
}
