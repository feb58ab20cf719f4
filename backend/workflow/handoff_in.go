package workflow

// HandoffSource is where specifications of another tool are: at a path of this
// machine, or in files that were dropped on the window.
type HandoffSource struct {
	Path  string       `json:"path"`
	Files []ImportFile `json:"files"`
	// Choose are the names of those that become projects.
	Choose []string `json:"choose"`
}

// HandoffItem is one project that an import would make of a feature or a change.
type HandoffItem struct {
	// Name is that of its folder, by which it is chosen.
	Name   string `json:"name"`
	Folder string `json:"folder"`
	Format string `json:"format"` // as people call it
	// Project is the name it would get; Clash says that the one it has is taken.
	Project   string            `json:"project"`
	Clash     bool              `json:"clash"`
	Documents []HandoffDocument `json:"documents"`
	// Kept comes in beside the documents of the phases, Added was written from what is
	// there, Dropped does not come in, Inert could run something and is plain text here;
	// each as sentences.
	Kept    []string `json:"kept"`
	Added   []string `json:"added"`
	Dropped []string `json:"dropped"`
	Inert   []string `json:"inert"`
	// Duplicate names the project that was imported from the same content, if any.
	Duplicate string `json:"duplicate"`
	Archived  bool   `json:"archived"` // done and put away
	Take      bool   `json:"take"`     // whether it is chosen unless somebody says otherwise
}

// HandoffDocument is a document of a project that would come in.
type HandoffDocument struct {
	Path  string `json:"path"`
	Phase string `json:"phase"` // empty for one beside the phases
	Size  int    `json:"size"`  // bytes
	Text  string `json:"text"`
}

// HandoffPreview says what an import would make. Nothing is changed yet.
type HandoffPreview struct {
	Items    []HandoffItem    `json:"items"`
	Problems []LibraryProblem `json:"problems"`
}
