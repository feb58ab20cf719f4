package handoff

// Project is what is handed off or has come: documents under Plumbline's own paths,
// such as request.md, spec.md and audits/review-01.md.
type Project struct {
	Name, Slug string
	Documents  []Document
}

// Document is one document of a project at a version.
type Document struct {
	Path, Title, Phase, Body string
	Version                  int
}

// File is a file of the outcome.
type File struct {
	Path, Body string
}
