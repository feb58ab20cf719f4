package engine

import (
	"plumbline/backend/prompt"
	"plumbline/backend/workflow"
	"plumbline/prompts"
)

// Lint says what is wrong with or doubtful about files of a library, each a
// “prompt” or a “workflow”, that need not be in it yet.
func Lint(kind string, files []workflow.ImportFile) ([]workflow.LibraryProblem, error) {
	named := make([]prompt.Named, 0, len(files))
	for _, f := range files {
		data, err := contentOf(f)
		if err != nil {
			return nil, err
		}
		named = append(named, prompt.Named{File: f.Path, Data: data})
	}
	found := []workflow.LibraryProblem{}
	for _, p := range prompt.Check(prompts.Files, prompt.Kind(kind), named) {
		found = append(found, libraryProblem(p))
	}
	return found, nil
}

// Schema returns the JSON Schema of the front matter of a “prompt” or a “workflow”.
func Schema(kind string) ([]byte, error) {
	return prompts.Schemas.ReadFile(kind + ".schema.json")
}

func libraryProblem(p prompt.Problem) workflow.LibraryProblem {
	return workflow.LibraryProblem{File: p.File, Line: p.Line, Message: p.Message, Hint: p.Hint, Doubt: p.Doubt}
}
