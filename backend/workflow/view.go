package workflow

import "time"

// AppInfo says which Plumbline this is and where its data lives.
type AppInfo struct {
	Version  string `json:"version"`
	Epoch    string `json:"epoch"`
	DataDir  string `json:"dataDir"`
	Platform string `json:"platform"`
	// Door is how this process is used: window, serve or command.
	Door string `json:"door"`
}

// Check is one line of the doctor's report.
type Check struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	State   string `json:"state"` // ok, warning, failed
	Message string `json:"message"`
	Hint    string `json:"hint"`
}

// VerifyProgress tells how far the search for damage has come.
type VerifyProgress struct {
	Done  int    `json:"done"` // of the database and the histories, one for each project
	Total int    `json:"total"`
	Title string `json:"title"` // what is being read
}

// VerifyUpdate is one line of what a search for damage tells while it goes on: how
// far it has come and, last, what was checked or the error.
type VerifyUpdate struct {
	Progress *VerifyProgress `json:"progress,omitempty"`
	Checks   []Check         `json:"checks,omitempty"`
	Error    *Error          `json:"error,omitempty"`
}

// Document is one version of an artifact, to be read and ticked.
type Document struct {
	Artifact Artifact `json:"artifact"`
	Version  Version  `json:"version"` // its number is 0 when nothing is written
	Markdown string   `json:"markdown"`
	HTML     string   `json:"html"` // sanitised
	Items    []Item   `json:"items"`
}

// VersionText is one version of an artifact as it was written, to be read by a program.
type VersionText struct {
	Version  Version `json:"version"`
	Markdown string  `json:"markdown"`
}

// VersionDiff compares two versions of an artifact.
type VersionDiff struct {
	From Version `json:"from"`
	To   Version `json:"to"`
	Diff Diff    `json:"diff"`
}

// PromptText is the prompt of a phase with its assembled text, in full.
type PromptText struct {
	Prompt PhasePrompt `json:"prompt"`
	Text   string      `json:"text"`
	// Spans say which variable each part of the text comes from, in order.
	Spans []PromptSpan `json:"spans"`
}

// PromptSpan is a part of an assembled prompt, in bytes.
type PromptSpan struct {
	Name  string `json:"name"` // of the variable; empty for the template's own text
	Start int    `json:"start"`
	End   int    `json:"end"`
}

// RunDetail is a run with its texts.
type RunDetail struct {
	Run       Run       `json:"run"`
	Candidate Candidate `json:"candidate"` // its RunID is empty when there is none
	Prompt    string    `json:"prompt"`
	Answer    string    `json:"answer"`
	Thinking  string    `json:"thinking"`
	HTML      string    `json:"html"` // of the answer
}

// RunBlocks are the rendered blocks of a run's answer from a given number on.
type RunBlocks struct {
	Run    Run        `json:"run"`
	From   int        `json:"from"`
	Blocks []RunBlock `json:"blocks"`
	// End is where the last finished block ends in the answer, in bytes; Tail is what follows.
	End  int    `json:"end"`
	Tail string `json:"tail"`
	// Thinking is what the model has thought so far, when no answer text has come yet.
	Thinking string `json:"thinking"`
	// HTML is the final rendering, once the run has ended; the blocks are then empty.
	HTML string `json:"html"`
}

// RunBlock is one finished block.
type RunBlock struct {
	Start int    `json:"start"`
	End   int    `json:"end"`
	HTML  string `json:"html"`
}

// EventBatch is what happened since a number. With Resync everything must be fetched again.
type EventBatch struct {
	Epoch  string  `json:"epoch"`
	Seq    uint64  `json:"seq"`
	Resync bool    `json:"resync"`
	Events []Event `json:"events"`
}

// NewProject is what a project is made from.
type NewProject struct {
	Name       string `json:"name"`
	Idea       string `json:"idea"`
	WorkflowID string `json:"workflowId"`
}

// SaveDocument is a text to be saved as a version.
type SaveDocument struct {
	Path string `json:"path"`
	// Base is the number of the version the text was edited from; 0 for none.
	Base    int    `json:"base"`
	Body    string `json:"body"`
	Message string `json:"message"`
	// KeepDraft says that the text does not come from the editor: a draft of the
	// document is somebody's typing that it does not hold, and stays.
	KeepDraft bool `json:"keepDraft,omitempty"`
}

// PastedAnswer is an answer that came by way of the clipboard.
type PastedAnswer struct {
	Text string `json:"text"`
	// Model is where it came from, if the user said.
	Model string `json:"model"`
	// Anyway takes an answer that the contract finds wanting or that looks cut.
	Anyway bool `json:"anyway"`
}

// AcceptCandidate says what to take of a candidate: everything, some sections, or an edited text.
type AcceptCandidate struct {
	// Sections are ids of section changes; All takes every one.
	All      bool  `json:"all"`
	Sections []int `json:"sections"`
	// Merge takes everything that nobody has changed in between, and what both have
	// changed in different places. It is a conflict where the two clash.
	Merge bool `json:"merge"`
	// Body is the text to save instead, edited from the candidate; empty means as it is.
	Body string `json:"body"`
	// Base is the current version the choice was made against; 0 for none.
	Base int `json:"base"`
	// Message describes the version; empty means a usual one.
	Message string `json:"message"`
}

// OwnerInfo is what the process that owns the data tells others about itself.
type OwnerInfo struct {
	PID     int       `json:"pid"`
	Version string    `json:"version"`
	Door    string    `json:"door"`
	Since   time.Time `json:"since" ts_type:"string"`
}

// Repaired says what was done to a damaged data folder, in sentences.
type Repaired struct {
	Done []string `json:"done"`
	// Lost names what could not be saved.
	Lost []string `json:"lost"`
}

// Backup is a file that holds everything as it was at one moment.
type Backup struct {
	Path string    `json:"path"`
	At   time.Time `json:"at" ts_type:"string"`
	Size int64     `json:"size"` // bytes
	// Auto says that it was made without being asked for, and goes when newer ones come.
	Auto bool `json:"auto"`
}
