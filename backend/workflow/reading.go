package workflow

// ChecklistRead is what was read from a checklist.
type ChecklistRead struct {
	Title string `json:"title"`
	// Items are all task boxes, in the order they are written.
	Items []Item `json:"items"`
	// Marked is how many of them are marked.
	Marked int `json:"marked"`
	// Notes say what is doubtful about the reading, in sentences for a person.
	Notes []string `json:"notes"`
}

// Feature is one box of a request: what a person can do, or a detail of it.
type Feature struct {
	Text     string `json:"text"`
	Category string `json:"category"` // the heading or entry that it stands under
	// Depth is 0 for a feature, and more for a detail of one; Parent is the index of
	// the feature it is a detail of, -1 for none.
	Depth  int  `json:"depth"`
	Parent int  `json:"parent"`
	Marked bool `json:"marked"`
	Box    int  `json:"box"`  // the index of the box
	Mark   int  `json:"mark"` // the byte of the mark
	// Start and End are the bytes of the text it was read from, in whole lines.
	Start int `json:"start"`
	End   int `json:"end"`
	Line  int `json:"line"` // from 1
}

// RequestRead is what was read from a request.
type RequestRead struct {
	Name     string    `json:"name"`
	Features []Feature `json:"features"`
	// Acceptance are the boxes that judge the request itself.
	Acceptance []Item `json:"acceptance"`
	// Questions are those that are still open.
	Questions []string `json:"questions"`
	// Notes say what is doubtful about the reading, in sentences for a person.
	Notes []string `json:"notes"`
}

// Reading is what was read from an answer, as far as its contract asks.
type Reading struct {
	Text     string
	Sections []Section
	// Findings, Plan, Checklist and Request are read only where the contract names them.
	Findings  FindingsRead
	Plan      PlanRead
	Checklist ChecklistRead
	Request   RequestRead
	// None says that the phrase which reports that there are no findings stands
	// alone on a line, outside of code and quotes.
	None bool
}

// CheckedPlan is a plan with what is wrong with it.
type CheckedPlan struct {
	PlanRead
	Problems []PlanProblem `json:"problems"`
}

// ContractRead is how an answer holds against the contract of a prompt.
type ContractRead struct {
	Prompt string `json:"prompt"` // its id
	Title  string `json:"title"`
	Holds  bool   `json:"holds"`
	// Missing says what the answer lacks, in sentences for a person.
	Missing []string `json:"missing"`
	// Reads is the parser that had to be able to read the answer, and Found how many
	// findings, steps, boxes or features it found.
	Reads ContractReads `json:"reads"`
	Found int           `json:"found"`
	// Whole says that the answer does not look cut.
	Whole bool `json:"whole"`
}
