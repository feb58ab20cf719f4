package handoff

// Project is a project as its documents say it.
type Project struct {
	Name, Slug string
	Documents  []Document
}

// Document is one document of a project, under Plumbline's own path.
type Document struct {
	Path, Title, Phase, Body string
	Version                  int
}

// File is a text file of another tool, by its path with slashes.
type File struct{ Path, Body string }
