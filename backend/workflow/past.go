package workflow

import "time"

// foldTicks is how far the ticks of one line of a log may be apart.
const foldTicks = 2 * time.Minute

// LogLine is one line of the log of an artifact: a version, or the ticks that
// one author made within two minutes.
type LogLine struct {
	// Versions are newest first; more than one only for ticks.
	Versions []Version `json:"versions"`
	Added    int       `json:"added"` // lines
	Removed  int       `json:"removed"`
	// Signed says that a sign-off that is in force is of one of them.
	Signed bool `json:"signed"`
}

// Log is a page of the log of an artifact, newest first.
type Log struct {
	Path  string    `json:"path"`
	Lines []LogLine `json:"lines"`
	// Total counts all versions of the artifact.
	Total int `json:"total"`
	// Next is the version to ask for what is older with; 0 at the end.
	Next int `json:"next"`
}

// LogQuery says which page of a log is wanted.
type LogQuery struct {
	// Before asks for versions older than this one; 0 for the newest.
	Before int
	// Lines is the most lines of the page; 0 for the usual number.
	Lines int
	// Author leaves out what others wrote; empty for everyone.
	Author AuthorKind
}

// FoldTicks puts versions, newest first, into lines.
func FoldTicks(versions []Version) []LogLine {
	lines := []LogLine{}
	for _, v := range versions {
		if n := len(lines); n > 0 && FoldsInto(lines[n-1].Versions[0], v) {
			l := &lines[n-1]
			l.Versions, l.Added, l.Removed = append(l.Versions, v), l.Added+v.Added, l.Removed+v.Removed
			continue
		}
		lines = append(lines, LogLine{Versions: []Version{v}, Added: v.Added, Removed: v.Removed})
	}
	return lines
}

// FoldsInto reports whether a version belongs to the line that begins with a newer one.
func FoldsInto(newest, v Version) bool {
	return newest.Kind == VersionTicked && v.Kind == VersionTicked && newest.Author == v.Author && newest.At.Sub(v.At) <= foldTicks
}

// Restored is what bringing an old text back has made.
type Restored struct {
	Version Version `json:"version"`
	// Stale are the titles of the phases whose output became stale by it.
	Stale []string `json:"stale"`
}

// Heading is a heading of a version of a document.
type Heading struct {
	Title string `json:"title"`
	Level int    `json:"level"`
	Line  int    `json:"line"` // from 1
}

// Blame says of every passage of a version who wrote it last.
type Blame struct {
	Version  Version   `json:"version"`
	Passages []Passage `json:"passages"`
	// Origins are what the passages come from, newest first.
	Origins []Origin `json:"origins"`
	// Since is the oldest version that had to be looked at, or could be in a very
	// long history: what is told to be of it may then be older.
	Since int `json:"since"`
}

// Passage is a block of a document: a paragraph, a heading, an item of a list.
type Passage struct {
	Kind  PassageKind `json:"kind"`
	Line  int         `json:"line"` // from 1
	Lines int         `json:"lines"`
	Text  string      `json:"text"` // its beginning
	// Origin is the index of its origin in Blame.
	Origin int `json:"origin"`
}

// Origin is the version that wrote a passage last, and the run behind it. Ticks
// write nothing, what has moved keeps its origin, and what a restored version
// brought back has the one it had.
type Origin struct {
	// Author is a person or a model: of the words, also where a person accepted them with edits elsewhere.
	Author  Author  `json:"author"`
	Version Version `json:"version"`
	// RunID is the run whose answer the words are of; empty for a person's.
	RunID          string `json:"runId"`
	PromptID       string `json:"promptId"`
	PromptRevision string `json:"promptRevision"`
}

// Moment is a point in the time of a project that has a name.
type Moment struct {
	// ID is that of the gate record; empty for the start of the project.
	ID     string     `json:"id"`
	Title  string     `json:"title"` // "Spec signed"
	Phase  string     `json:"phase"`
	Action GateAction `json:"action"`
	By     Author     `json:"by"`
	At     time.Time  `json:"at" ts_type:"string"`
}

// ProjectAt is a project as it was at a moment.
type ProjectAt struct {
	Project Project   `json:"project"`
	At      time.Time `json:"at" ts_type:"string"`
	// Moment is the last one that had a name by then.
	Moment    Moment       `json:"moment"`
	Artifacts []ArtifactAt `json:"artifacts"`
	// Phases and Current are as the gates stood then. A tick that was taken back since is not known any more:
	// its box counts as ticked by the model.
	Phases  []PhaseStatus `json:"phases"`
	Current string        `json:"current"`
}

// ArtifactAt is the version that an artifact had at a moment.
type ArtifactAt struct {
	Path    string  `json:"path"`
	Title   string  `json:"title"`
	Phase   string  `json:"phase"`
	Version Version `json:"version"`
	// Now is the number of the current version.
	Now int `json:"now"`
	// Same says that the current text is the same, ticks aside.
	Same bool `json:"same"`
}
