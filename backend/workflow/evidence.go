package workflow

// EvidenceKind says what an item is done by.
type EvidenceKind string

// The kinds of evidence.
const (
	EvidenceCommand  EvidenceKind = "command"  // it was run, and ended with 0
	EvidenceCommit   EvidenceKind = "commit"   // it is in the code
	EvidenceFinding  EvidenceKind = "finding"  // of the ledger, closed
	EvidenceSentence EvidenceKind = "sentence" // of a person
)

// Evidence is why an item is done.
type Evidence struct {
	Kind EvidenceKind `json:"kind"`
	// Text is the command, the subject of the commit, the title of the finding or the sentence.
	Text string `json:"text"`
	// Exit is what the command ended with, and Output the end of what it printed.
	Exit   int    `json:"exit"`
	Output string `json:"output"`
	// Ref is the name of the commit or the id of the finding.
	Ref string `json:"ref"`
	// Inputs are the texts that it was judged by. When one of them changes, the item is to be checked again.
	Inputs []Input `json:"inputs"`
}

// Proof is evidence for the box at a byte offset of a version, which is the current one.
type Proof struct {
	Path     string   `json:"path"`
	Offset   int      `json:"offset"`
	Version  int      `json:"version"`
	Evidence Evidence `json:"evidence"`
}
