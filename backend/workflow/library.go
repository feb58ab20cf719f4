package workflow

import "time"

// LibraryID is the id under which the user's own prompts, and runs that belong to
// no project, are kept: like a project, but in no list of them and without a workflow.
const LibraryID = "library"

// PromptCard is a prompt as lists show it.
type PromptCard struct {
	ID      string   `json:"id"`
	Title   string   `json:"title"`
	Summary string   `json:"summary"`
	Phase   string   `json:"phase"`
	Group   string   `json:"group"`
	Tags    []string `json:"tags"`
	Source  Source   `json:"source"`
	// Path is that of a prompt of the user's within the library: "prompts/tidy.md".
	Path string `json:"path"`
	// Overlays says that it takes the place of a built-in prompt, and Behind that
	// this one has changed since.
	Overlays  bool `json:"overlays"`
	Behind    bool `json:"behind"`
	Favourite bool `json:"favourite"`
	// Meta says that it turns a text into the next prompt.
	Meta bool `json:"meta"`
	// Tokens is the estimate for its text without what fills it.
	Tokens int       `json:"tokens"`
	Uses   int       `json:"uses"` // runs and copies
	UsedAt time.Time `json:"usedAt" ts_type:"string"`
	// Version is that of a prompt of the user's in its history; 0 for a built-in one.
	Version int `json:"version"`
}

// Shelf is the whole library as its screen lists it.
type Shelf struct {
	Prompts  []PromptCard     `json:"prompts"`
	Problems []LibraryProblem `json:"problems"`
	Personas []Persona        `json:"personas"`
	Packs    []Pack           `json:"packs"`
	// Removed are the user's prompts whose files are gone. Their versions are kept.
	Removed []PromptCard `json:"removed"`
	// Dir is the folder of the user's files.
	Dir string `json:"dir"`
}

// LibraryProblem is a file of the library that is left out, or something doubtful in one.
type LibraryProblem struct {
	File    string `json:"file"`
	Line    int    `json:"line"` // 0 when it is about the whole file
	Message string `json:"message"`
	Hint    string `json:"hint"`
	// Doubt says that the file is used all the same.
	Doubt bool `json:"doubt"`
}

// PromptDetail is a prompt in full.
type PromptDetail struct {
	Card      PromptCard `json:"card"`
	Purpose   string     `json:"purpose"`
	Variables []Variable `json:"variables"`
	Contract  Contract   `json:"contract"`
	Takes     []TextKind `json:"takes"`
	Follows   []string   `json:"follows"`
	Due       Due        `json:"due"`
	Reserve   int        `json:"reserve"`
	Revision  string     `json:"revision"`
	// Text is the file, front matter and all; Body the template, and HTML the body rendered.
	Text string `json:"text"`
	Body string `json:"body"`
	HTML string `json:"html"`
	// Lint are doubts about it, as sentences.
	Lint []string `json:"lint"`
	// Origin says where an imported prompt comes from.
	Origin string `json:"origin"`
}

// Given is a text that a prompt is applied to: the answer of a run, a document, or
// a text that was pasted.
type Given struct {
	RunID     string `json:"runId"`
	ProjectID string `json:"projectId"` // of a document
	Path      string `json:"path"`
	Version   int    `json:"version"` // of a document; 0 means the current one
	// Text is a pasted one. A run that was made of it keeps it in its prompt.
	Text  string `json:"text,omitempty"`
	Title string `json:"title"`
	Hash  string `json:"hash"`
}

// PromptOrder is a prompt of the library with what it is to be filled with.
type PromptOrder struct {
	// PromptID names a prompt of the library. Instead, Prompt may be a document of the
	// project that is a prompt itself: one that a meta-prompt wrote.
	PromptID string `json:"promptId"`
	Prompt   string `json:"prompt"` // path
	// ProjectID is the project it runs in; empty or LibraryID for none.
	ProjectID string            `json:"projectId"`
	Values    map[string]string `json:"values"` // typed; sources fill the rest
	Given     *Given            `json:"given,omitempty"`
	Persona   string            `json:"persona"` // id
	Model     string            `json:"model"`
}

// FilledPrompt is a prompt of the library with its assembled text. Required
// variables without a value stand in the text as “[Label]”.
type FilledPrompt struct {
	PromptID  string           `json:"promptId"`
	ProjectID string           `json:"projectId"`
	Title     string           `json:"title"`
	Variables []FilledVariable `json:"variables"`
	Missing   []string         `json:"missing"` // labels
	Text      string           `json:"text"`
	Spans     []PromptSpan     `json:"spans"`
	Hash      string           `json:"hash"`
	Size      int              `json:"size"`
	Context   ContextPlan      `json:"context"`
	Model     string           `json:"model"`
}

// PromptHit is a prompt that a search has found.
type PromptHit struct {
	ID string `json:"id"`
	// Title and Summary are the parts of these that match, as byte offsets, two for each part.
	Title   []int `json:"title"`
	Summary []int `json:"summary"`
}

// NextPrompt says which meta-prompts fit a text.
type NextPrompt struct {
	Kind    TextKind `json:"kind"`    // what the text is
	Default string   `json:"default"` // id of the meta-prompt that fits best
	Prompts []string `json:"prompts"` // all meta-prompts, the fitting ones first
}

// ChainLink is one step of a chain of prompts: a text and the run that made it.
type ChainLink struct {
	Kind  string    `json:"kind"` // run, document, text
	Title string    `json:"title"`
	RunID string    `json:"runId"`
	Path  string    `json:"path"`
	At    time.Time `json:"at" ts_type:"string"`
	State RunState  `json:"state"`
}

// Batch is one prompt that was run once for each of several personas.
type Batch struct {
	ID        string `json:"id"`
	ProjectID string `json:"projectId"`
	Runs      []Run  `json:"runs"`
	// Findings are those of all answers; the same one, found by several, is listed once.
	Findings []SharedFinding `json:"findings"`
	// Notes are doubts of the parser, as sentences.
	Notes []string `json:"notes"`
	Done  bool     `json:"done"` // every run has ended
	// Markdown is the merged findings as a document.
	Markdown string `json:"markdown"`
	HTML     string `json:"html"`
}

// SharedFinding is a finding with who found it.
type SharedFinding struct {
	Title    string   `json:"title"`
	Severity Severity `json:"severity"` // empty when nobody said
	Category string   `json:"category"`
	Where    string   `json:"where"`
	Problem  string   `json:"problem"`
	Fix      string   `json:"fix"`
	By       []string `json:"by"` // titles of the personas
}

// Practice is a practice prompt with when it is due.
type Practice struct {
	PromptID  string `json:"promptId"`
	Title     string `json:"title"`
	Summary   string `json:"summary"`
	ProjectID string `json:"projectId"` // empty for one that belongs to no project
	Project   string `json:"project"`   // its name
	// Rhythm is how often, in words: "Every day".
	Rhythm string    `json:"rhythm"`
	LastAt time.Time `json:"lastAt" ts_type:"string"`
	// LastRun is the id of the last run, if any.
	LastRun string    `json:"lastRun"`
	DueAt   time.Time `json:"dueAt" ts_type:"string"`
	Due     bool      `json:"due"` // now
}

// ImportItem is one thing that an import would bring in.
type ImportItem struct {
	File   string `json:"file"`
	Format string `json:"format"`
	ID     string `json:"id"`
	Title  string `json:"title"`
	// Path is where it would be kept.
	Path string `json:"path"`
	// Text is the prompt in our format.
	Text string `json:"text"`
	// Variables are the names of those it was found to have.
	Variables []string `json:"variables"`
	// Extra is kept as it is, Dropped is not, Inert could run something and comes in as
	// plain text; each as sentences.
	Extra   []string `json:"extra"`
	Dropped []string `json:"dropped"`
	Inert   []string `json:"inert"`
	// Duplicate names the prompt of the library with the same content, if any.
	Duplicate string `json:"duplicate"`
	// Replaces names the built-in prompt that it takes the place of: it is a customised
	// one that was brought from elsewhere. Empty for every other.
	Replaces string `json:"replaces"`
	// Clash says that the id is taken by another prompt; it comes in under a free one.
	Clash bool `json:"clash"`
	Take  bool `json:"take"` // whether it is taken unless somebody says otherwise
}

// ImportPreview says what an import would bring in. Nothing is changed yet.
type ImportPreview struct {
	Items    []ImportItem     `json:"items"`
	Problems []LibraryProblem `json:"problems"`
}

// ExportedFile is one file of an export.
type ExportedFile struct {
	Path    string `json:"path"`
	Content string `json:"content"`
}

// ImportFile is a file that was dropped on the window.
type ImportFile struct {
	Path    string `json:"path"`
	Content string `json:"content"`
	Base64  bool   `json:"base64"` // the content is no text
}

// Exported is prompts in another format.
type Exported struct {
	Format string         `json:"format"`
	Files  []ExportedFile `json:"files"`
	// Lost is what the format cannot hold, as sentences.
	Lost []string `json:"lost"`
	// Path is the file or the folder that was written; empty when nothing was.
	Path string `json:"path"`
}

// SavePrompt is the text of a prompt file, to be kept as a new version.
type SavePrompt struct {
	Text    string `json:"text"`
	Message string `json:"message"`
	// Base is the version that was edited; 0 for none.
	Base int `json:"base"`
}

// Upgrade holds a customised prompt against what it was made from and against the
// built-in one of this Plumbline.
type Upgrade struct {
	Card PromptCard `json:"card"`
	// From is the built-in text it was made from, Yours and BuiltIn those of today.
	From    string `json:"from"`
	Yours   string `json:"yours"`
	BuiltIn string `json:"builtIn"`
	// Theirs says what changed in the built-in one, Own what you changed.
	Theirs Diff `json:"theirs"`
	Own    Diff `json:"own"`
	// Merged is yours with what can be taken over; Conflicts are the parts that both
	// changed, which stay as yours are.
	Merged    string   `json:"merged"`
	Conflicts []string `json:"conflicts"`
}

// PromptBatch is a prompt to be run once for each of several personas.
type PromptBatch struct {
	Order    PromptOrder `json:"order"`
	Personas []string    `json:"personas"` // ids
}

// ExportPrompts says which prompts to write in which format, and where to. Without a
// place they are only returned.
type ExportPrompts struct {
	IDs    []string `json:"ids"`
	Format string   `json:"format"`
	// Folder is where the files are written, each under its own path.
	Folder string `json:"folder"`
	// File is the one file that is written instead: a prompt as it is, or an archive
	// of all of them.
	File string `json:"file"`
	// Over says that File may be there already: the person was asked.
	Over bool `json:"over"`
}

// OwnChecklist is a checklist that belongs to a person rather than to a project.
type OwnChecklist struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	// Version is that of the person's copy; 0 before the first tick.
	Version int    `json:"version"`
	HTML    string `json:"html"`
	Items   []Item `json:"items"`
	Done    int    `json:"done"`
}

// TickOwn is a tick in a checklist of one's own.
type TickOwn struct {
	ID      string `json:"id"`
	Offset  int    `json:"offset"`
	Version int    `json:"version"`
	Done    bool   `json:"done"`
}
