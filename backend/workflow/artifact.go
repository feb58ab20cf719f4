package workflow

import "time"

// AuthorKind says who wrote something.
type AuthorKind string

// The kinds of authors.
const (
	Person    AuthorKind = "person"
	Model     AuthorKind = "model"
	Plumbline AuthorKind = "plumbline"
)

// Author is a person, a model by name, or Plumbline itself.
type Author struct {
	Kind AuthorKind `json:"kind"`
	Name string     `json:"name"`
}

// VersionKind says what made a version.
type VersionKind string

// The kinds of versions.
const (
	VersionCreated  VersionKind = "created"
	VersionSaved    VersionKind = "saved"
	VersionAccepted VersionKind = "accepted"
	VersionTicked   VersionKind = "ticked"
	VersionRestored VersionKind = "restored"
)

// Version is one commit of an artifact. Its body is kept beside it.
type Version struct {
	ProjectID string `json:"projectId"`
	// Path names the artifact within its project, with slashes: "request.md".
	Path    string      `json:"path"`
	Number  int         `json:"number"` // from 1, without gaps
	Kind    VersionKind `json:"kind"`
	Author  Author      `json:"author"`
	At      time.Time   `json:"at" ts_type:"string"`
	Message string      `json:"message"`
	// RunID is the run whose answer this version accepts; empty for other kinds.
	RunID string `json:"runId"`
	// BasisID is the run that the text rests on: its own or that of the version it was edited from.
	BasisID string `json:"basisId"`
	// Hash is the SHA-256 of the body, in hexadecimal.
	Hash string `json:"hash"`
	// BasisHash is the hash of the body with box marks blanked, see BlankHash.
	BasisHash string `json:"basisHash"`
	Size      int    `json:"size"`  // bytes
	Words     int    `json:"words"` // as people count them
	Added     int    `json:"added"` // lines, against the version before
	Removed   int    `json:"removed"`
	// Commit and Blob are the git object names, empty until the version has been drained into git.
	Commit string `json:"commit"`
	Blob   string `json:"blob"`
	// Lost says that the text is gone: a history was damaged, and this was not to be
	// saved. Everything else about the version is known.
	Lost bool `json:"lost,omitempty"`
}

// VersionKey names a version.
type VersionKey struct {
	Path   string `json:"path"`
	Number int    `json:"number"`
}

// Artifact is a named Markdown document of a project, at its current version.
type Artifact struct {
	ProjectID string  `json:"projectId"`
	Path      string  `json:"path"`
	Title     string  `json:"title"`
	Phase     string  `json:"phase"`
	Current   Version `json:"current"`
	Frozen    bool    `json:"frozen"`
	Stale     bool    `json:"stale"`
	// Behind counts the changes since it was made that make it stale.
	Behind int `json:"behind"`
	// HasDraft says that unsaved typing is kept for this artifact.
	HasDraft bool `json:"hasDraft"`
}

// Draft is typing that has not been saved as a version.
type Draft struct {
	ProjectID string `json:"projectId"`
	Path      string `json:"path"`
	// Base is the number of the version the draft was begun from; 0 for none.
	Base int       `json:"base"`
	Body string    `json:"body"`
	At   time.Time `json:"at" ts_type:"string"`
}

// CandidateState says what became of a candidate.
type CandidateState string

// The states of a candidate.
const (
	CandidateOpen      CandidateState = "open"
	CandidateAccepted  CandidateState = "accepted"
	CandidatePartial   CandidateState = "partial" // single sections were taken
	CandidateDiscarded CandidateState = "discarded"
)

// Candidate is a run's answer not yet accepted as a version. It has the id of its run.
type Candidate struct {
	RunID     string         `json:"runId"`
	ProjectID string         `json:"projectId"`
	Phase     string         `json:"phase"`
	Path      string         `json:"path"`
	State     CandidateState `json:"state"`
	// Base is the version of the artifact when the run was started.
	Base int `json:"base"`
	// Version is the one that accepting it made; 0 before.
	Version   int       `json:"version"`
	CreatedAt time.Time `json:"createdAt" ts_type:"string"`
	DecidedAt time.Time `json:"decidedAt" ts_type:"string"`
}

// File is a path and its new content within a commit; Delete removes it.
type File struct {
	Path    string `json:"path"`
	Content []byte `json:"content"`
	Delete  bool   `json:"delete"`
}

// Commit holds every input of one git commit, so that replaying it gives the same hash.
type Commit struct {
	Seq       uint64    `json:"seq"` // order over all projects; assigned by the store
	ProjectID string    `json:"projectId"`
	At        time.Time `json:"at"`
	Author    Author    `json:"author"`
	Message   string    `json:"message"`
	Files     []File    `json:"files"`
	// Versions are the ones this commit publishes.
	Versions []VersionKey `json:"versions"`
}

// Published is what became of a Commit in git.
type Published struct {
	Seq    uint64            `json:"seq"`
	Commit string            `json:"commit"` // object name
	Blobs  map[string]string `json:"blobs"`  // object name by path
}
