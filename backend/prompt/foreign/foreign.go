// Package foreign brings prompts in from the formats of other tools, and writes
// ours into them.
//
// What comes in is text and stays text: nothing of it is run, fetched or
// followed. What a format says and ours cannot is told in sentences, in both
// directions, and front matter that means nothing to us is kept and written back.
package foreign

import (
	"plumbline/backend/prompt"
	"plumbline/backend/workflow"
)

// Format is a way to write a prompt down.
type Format string

// The formats.
const (
	Plumbline  Format = "plumbline"   // ours: Markdown with front matter
	Skill      Format = "skill"       // Agent Skills: <name>/SKILL.md
	Claude     Format = "claude"      // Claude Code commands: .claude/commands/<name>.md
	VSCode     Format = "vscode"      // VS Code prompt files: .github/prompts/<name>.prompt.md
	Cursor     Format = "cursor"      // Cursor commands: .cursor/commands/<name>.md
	CursorRule Format = "cursor-rule" // Cursor rules: .cursor/rules/<name>.mdc
	Fabric     Format = "fabric"      // fabric patterns: patterns/<name>/system.md
	LLM        Format = "llm"         // templates of the command line tool llm: <name>.yaml
	Markdown   Format = "markdown"    // plain Markdown, with no front matter
)

// Formats returns all formats, ours first.
func Formats() []Format {
	return []Format{Plumbline, Skill, Claude, VSCode, Cursor, CursorRule, Fabric, LLM, Markdown}
}

// Title is what people call the format.
func (f Format) Title() string {
	switch f {
	case Plumbline:
		return "Plumbline"
	case Skill:
		return "Agent Skills"
	case Claude:
		return "Claude Code commands"
	case VSCode:
		return "VS Code prompt files"
	case Cursor:
		return "Cursor commands"
	case CursorRule:
		return "Cursor rules"
	case Fabric:
		return "fabric patterns"
	case LLM:
		return "llm templates"
	}
	return "Plain Markdown"
}

// Options say how to read.
type Options struct {
	// Format is that of everything read; empty to recognise it file by file.
	Format Format
	// Known has the prompts that are there already: what they are called, by the
	// content hash that Hash gives.
	Known map[string]string
	// Taken says whether an id is in use, so that a prompt that comes in gets
	// another; nil when none is.
	Taken func(id string) bool
	// BuiltIn names the built-in prompt with an id, unless another one is in its place;
	// nil for none.
	BuiltIn func(id string) (title string)

	alone bool // a single file was chosen
}

// Import is what was found in a file, a folder or an archive. One that holds
// faults still gives everything that has none.
type Import struct {
	Prompts  []Found
	Problems []workflow.LibraryProblem
	// Skipped are text files that were looked at and are no prompts.
	Skipped []Skipped
}

// Found is a prompt that can come in.
type Found struct {
	workflow.ImportItem
	// Prompt is what our reader makes of the text.
	Prompt prompt.Prompt
	// Hash is of the content: two prompts with one hash say the same.
	Hash string
	// Placeholders are what stood where its variables are.
	Placeholders []Placeholder
	// Bundled are files that belong to the prompt and do not come in.
	Bundled []string
}

// Placeholder is what stood in the place of a variable.
type Placeholder struct {
	Name string // of the variable
	From string // “[FEATURE]”
	Line int    // of the file, where it first stands
}

// Skipped is a file that was looked at and is no prompt.
type Skipped struct {
	File string
	Why  string // a sentence
}

// Preview is what a person is shown before anything comes in.
func (i Import) Preview() workflow.ImportPreview {
	p := workflow.ImportPreview{Items: make([]workflow.ImportItem, len(i.Prompts)), Problems: append([]workflow.LibraryProblem{}, i.Problems...)}
	for at, found := range i.Prompts {
		p.Items[at] = found.ImportItem
	}
	return p
}
