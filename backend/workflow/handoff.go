package workflow

// HandoffFormat is a form in which a project is handed to people and programs that
// have no Plumbline.
type HandoffFormat string

// The formats.
const (
	HandoffSpecKit  HandoffFormat = "speckit"  // specs/001-name/, as Spec Kit has it
	HandoffOpenSpec HandoffFormat = "openspec" // openspec/changes/name/, as OpenSpec has it
	HandoffAgents   HandoffFormat = "agents"   // a block of an AGENTS.md
	HandoffZip      HandoffFormat = "zip"      // documents, prompts, gates and findings in one archive
	HandoffMarkdown HandoffFormat = "markdown" // one page
)

// HandoffFormats lists the formats in the order in which they are offered.
func HandoffFormats() []HandoffFormat {
	return []HandoffFormat{HandoffMarkdown, HandoffZip, HandoffAgents, HandoffSpecKit, HandoffOpenSpec}
}

// Phased reports whether a single phase can be handed off in the format.
func (f HandoffFormat) Phased() bool { return f == HandoffZip || f == HandoffMarkdown }

// HandoffAsk says what to hand off, and where to. Without a place it is only returned.
type HandoffAsk struct {
	Format HandoffFormat `json:"format"`
	Phase  string        `json:"phase"` // empty for the whole project
	// To is the file or the folder that is written.
	To string `json:"to"`
	// Over says that files may be there already: the person was asked.
	Over bool `json:"over"`
	// Dry says that nothing is to be written.
	Dry bool `json:"dry"`
}

// HandoffState says what writing a file means to what is in its place.
type HandoffState string

// The states of a file that is to be written.
const (
	HandoffNew     HandoffState = "new"
	HandoffSame    HandoffState = "same"    // it is there just so
	HandoffChanged HandoffState = "changed" // something else is there
)

// HandoffFile is one file of a hand-off.
type HandoffFile struct {
	Path    string `json:"path"`
	Size    int    `json:"size"`    // bytes
	Content string `json:"content"` // left out where only the outline was asked for
	// State is empty as long as no place is named.
	State HandoffState `json:"state"`
}

// Handoff is a project, or a phase of one, in a format of its own.
type Handoff struct {
	Format HandoffFormat `json:"format"`
	// Name is what its one file is called: the page, or the archive of all files.
	Name  string        `json:"name"`
	Files []HandoffFile `json:"files"`
	// Notes say what the format cannot express, and why, as sentences.
	Notes []string `json:"notes"`
	// Path is the file or the folder that was written; empty when nothing was.
	Path string `json:"path"`
	// Size is that of all files together, in bytes.
	Size int `json:"size"`
}
