package workflow

// Diff compares two texts by line, with the changed words inside changed lines.
type Diff struct {
	Added   int    `json:"added"` // lines
	Removed int    `json:"removed"`
	Hunks   []Hunk `json:"hunks"`
}

// Hunk is a run of rows that are all unchanged or belong to one change.
type Hunk struct {
	Same bool      `json:"same"`
	Rows []DiffRow `json:"rows"`
}

// DiffRow is one line of the old text beside one of the new. A number of 0
// means that the side has no line here.
type DiffRow struct {
	OldLine int       `json:"oldLine"`
	NewLine int       `json:"newLine"`
	Old     []Segment `json:"old"`
	New     []Segment `json:"new"`
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
}

// CandidateReview is a candidate against the current version.
type CandidateReview struct {
	Candidate Candidate `json:"candidate"`
	Run       Run       `json:"run"`
	// Current is the version it is compared with; its number is 0 when there is none.
	Current Version `json:"current"`
	// Moved says that the current version is newer than the one the run began from.
	Moved    bool            `json:"moved"`
	Sections []SectionChange `json:"sections"`
	Added    int             `json:"added"`
	Removed  int             `json:"removed"`
}
