package workflow

// Diff compares two texts by line, with the changed words inside changed lines.
type Diff struct {
	Added   int `json:"added"` // lines
	Removed int `json:"removed"`
	// Ticked and Unticked count the boxes whose mark alone has changed. They are no changed lines.
	Ticked   int    `json:"ticked"`
	Unticked int    `json:"unticked"`
	Hunks    []Hunk `json:"hunks"`
	// Moves are the sections that stand elsewhere in the new text, in the order of the old one.
	Moves []Move `json:"moves"`
}

// Move is a section that stands elsewhere, and what has changed in it.
type Move struct {
	Title   string `json:"title"`
	OldLine int    `json:"oldLine"` // of its heading
	NewLine int    `json:"newLine"`
	Lines   int    `json:"lines"` // at its new place
	Added   int    `json:"added"`
	Removed int    `json:"removed"`
}

// Hunk is a run of rows that are all unchanged or belong to one change.
type Hunk struct {
	Same bool `json:"same"`
	// Move is the number from 1 of the move that the rows belong to, at the new
	// place. Without rows the hunk is the place that the section has left.
	Move int       `json:"move"`
	Rows []DiffRow `json:"rows"`
}

// What a row can say of a box whose mark alone has changed.
const (
	DiffTicked   = "ticked"
	DiffUnticked = "unticked"
)

// DiffRow is one line of the old text beside one of the new. A number of 0
// means that the side has no line here.
type DiffRow struct {
	OldLine int       `json:"oldLine"`
	NewLine int       `json:"newLine"`
	Old     []Segment `json:"old"`
	New     []Segment `json:"new"`
	// Tick is DiffTicked or DiffUnticked when nothing but the mark of a box differs.
	Tick string `json:"tick"`
}

// Segment is a part of a line; Changed parts differ from the other side.
type Segment struct {
	Text    string `json:"text"`
	Changed bool   `json:"changed"`
}

// SectionChange is one section of a candidate against the current version.
// Sections are those of level 1 and 2, and the text before the first.
type SectionChange struct {
	// ID names the section in a choice: its number in the merged order.
	ID    int    `json:"id"`
	Title string `json:"title"`
	Kind  string `json:"kind"` // same, changed, added, removed
	Diff  Diff   `json:"diff"`
	// Since says who has changed it since the run began: SinceAnswer, SinceYours or
	// SinceBoth; empty where nobody has edited the document in between.
	Since string `json:"since"`
	// Clash says that both have changed the same lines in different ways.
	Clash bool `json:"clash"`
	// Take says that taking the section overwrites nothing of a person's.
	Take bool `json:"take"`
}

// Who has changed a section since the run of a candidate began.
const (
	SinceAnswer = "answer"
	SinceYours  = "yours"
	SinceBoth   = "both"
)

// CandidateReview is a candidate against the current version.
type CandidateReview struct {
	Candidate Candidate `json:"candidate"`
	Run       Run       `json:"run"`
	// Current is the version it is compared with; its number is 0 when there is none.
	Current Version `json:"current"`
	// Moved says that the current version is newer than the one the run began from.
	Moved bool `json:"moved"`
	// Edited says that a person has changed more than ticks in between: the review is
	// three-way, and Base is the version that the run began from.
	Edited bool    `json:"edited"`
	Base   Version `json:"base"`
	// Merges says that both fit together: nothing clashes.
	Merges   bool            `json:"merges"`
	Sections []SectionChange `json:"sections"`
	Added    int             `json:"added"`
	Removed  int             `json:"removed"`
}
