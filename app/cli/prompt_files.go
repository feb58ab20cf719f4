package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"plumbline/backend/workflow"
)

type promptNewCmd struct {
	File string `arg:"" help:"The file of the prompt: Markdown with front matter; - is standard input."`
}

func (promptNewCmd) examples() []string { return []string{"plumbline prompt new tidy.md"} }

func (c *promptNewCmd) Run(ctx context.Context, s *session) error {
	text, err := s.readFile(c.File)
	if err != nil {
		return err
	}
	cl, err := s.connect(ctx)
	if err != nil {
		return err
	}
	var d workflow.PromptDetail
	if err := cl.do(ctx, "POST", inLibrary([]string{"prompts"}), workflow.SavePrompt{Text: text}, &d); err != nil {
		return err
	}
	return s.print(d, func(out *printer) { out.line("Added %s: %s", d.Card.ID, clean(d.Card.Title)) })
}

type promptCustomiseCmd struct {
	ID string `arg:"" help:"The built-in prompt."`
}

func (c *promptCustomiseCmd) Run(ctx context.Context, s *session) error {
	shelf, cl, err := s.shelf(ctx)
	if err != nil {
		return err
	}
	var card workflow.PromptCard
	if err := cl.call(ctx, "Library/Customise", &card, c.ID); err != nil {
		return err
	}
	return s.print(card, func(out *printer) {
		out.line("%s is yours now. Edit %s.", card.ID, filepath.Join(shelf.Dir, filepath.FromSlash(card.Path)))
	})
}

type promptRemoveCmd struct {
	ID string `arg:"" help:"The prompt."`
}

func (c *promptRemoveCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.connect(ctx)
	if err != nil {
		return err
	}
	done := false
	if err := cl.call(ctx, "Library/Remove", &done, c.ID); err != nil {
		return err
	}
	return s.print(done, func(out *printer) { out.line("%s is out of the library. Its versions are kept.", c.ID) })
}

type promptLintCmd struct {
	Files []string `arg:"" optional:"" help:"Prompt files; without any, the whole library."`
}

func (promptLintCmd) examples() []string {
	return []string{"plumbline prompt lint", "plumbline prompt lint prompts/*.md"}
}

// Run fails when something cannot be used; doubts alone are only told.
func (c *promptLintCmd) Run(ctx context.Context, s *session) error {
	return s.lint(ctx, "prompt", c.Files)
}

func (s *session) lint(ctx context.Context, kind string, files []string) error {
	found := []workflow.LibraryProblem{}
	if len(files) == 0 {
		shelf, _, err := s.shelf(ctx)
		if err != nil {
			return err
		}
		found = shelf.Problems
	}
	cl := s.withoutData(ctx)
	for _, file := range files {
		text, err := s.readFile(file)
		if err != nil {
			return err
		}
		var of []workflow.LibraryProblem
		in := map[string]string{"kind": kind, "file": file, "text": text}
		if err := cl.do(ctx, "POST", data([]string{"lint"}), in, &of); err != nil {
			return err
		}
		found = append(found, of...)
	}
	return s.tellProblems(found)
}

func (s *session) tellProblems(found []workflow.LibraryProblem) error {
	bad := 0
	for _, p := range found {
		if !p.Doubt {
			bad++
		}
	}
	err := s.print(found, func(out *printer) {
		for _, p := range found {
			word := out.red("error:")
			if p.Doubt {
				word = out.yellow("warning:")
			}
			out.line("%s %s", word, clean(problemLine(p)))
		}
		if len(found) == 0 {
			out.line("Nothing to complain about.")
		}
	})
	if bad > 0 {
		return errors.Join(err, workflow.Errorf(workflow.Invalid, "%s cannot be used.", plural(bad, "file")))
	}
	return err
}

type promptImportCmd struct {
	Path string   `arg:"" help:"A file, a folder or a zip archive."`
	Dry  bool     `name:"dry-run" help:"Only say what would come in."`
	Only []string `help:"Only these, by the ids that the preview shows." placeholder:"ID"`
	All  bool     `help:"Duplicates, too."`
}

func (promptImportCmd) examples() []string {
	return []string{"plumbline prompt import ~/.claude/commands --dry-run", "plumbline prompt import patterns.zip"}
}

func (c *promptImportCmd) Run(ctx context.Context, s *session) error {
	path, err := filepath.Abs(c.Path)
	if err != nil {
		return fmt.Errorf("find %s: %w", c.Path, err)
	}
	cl, err := s.connect(ctx)
	if err != nil {
		return err
	}
	var preview workflow.ImportPreview
	if err := cl.do(ctx, "POST", inLibrary([]string{"import"}), map[string]string{"path": path}, &preview); err != nil {
		return err
	}
	if c.Dry {
		return s.print(preview, func(out *printer) { printPreview(out, preview) })
	}
	items := []workflow.ImportItem{}
	for _, item := range preview.Items {
		item.Take = (item.Take || c.All) && (len(c.Only) == 0 || contains(c.Only, item.ID))
		items = append(items, item)
	}
	var cards []workflow.PromptCard
	if err := cl.do(ctx, "POST", inLibrary([]string{"take"}), items, &cards); err != nil {
		return err
	}
	return s.print(cards, func(out *printer) {
		for _, p := range preview.Problems {
			s.say("%s %s", s.err.yellow("warning:"), clean(problemLine(p)))
		}
		out.line("%s came in.", plural(len(cards), "prompt"))
	})
}

func contains(list []string, one string) bool {
	for _, s := range list {
		if s == one {
			return true
		}
	}
	return false
}

func printPreview(out *printer, preview workflow.ImportPreview) {
	for _, item := range preview.Items {
		note := ""
		switch {
		case item.Duplicate != "":
			note = "  the same as " + item.Duplicate
		case item.Clash:
			note = "  under another id: the one it has is taken"
		}
		out.line("%s  %s  %s%s", out.bold(clean(item.ID)), item.Format, clean(item.Title), note)
		for _, list := range [][]string{item.Extra, item.Dropped, item.Inert} {
			for _, sentence := range list {
				out.line("    %s", clean(sentence))
			}
		}
	}
	for _, p := range preview.Problems {
		out.line("%s %s", out.yellow("warning:"), clean(problemLine(p)))
	}
	out.line("%s, nothing was changed.", plural(len(preview.Items), "prompt"))
}

type promptExportCmd struct {
	IDs    []string `arg:"" optional:"" name:"id" help:"The prompts; without any, all of yours."`
	Format string   `help:"The format: ${enum}." enum:"plumbline,skill,claude,vscode,cursor,cursor-rule,fabric,llm,markdown" default:"plumbline" xor:"what"`
	To     string   `help:"The folder to write into." placeholder:"DIR" xor:"where"`
	Readme string   `help:"Instead, write the section “when each prompt is used” into this README; - prints it." placeholder:"FILE" xor:"where"`
}

func (promptExportCmd) examples() []string {
	return []string{"plumbline prompt export fix-prompt --format claude --to .claude/commands", "plumbline prompt export --readme README.md"}
}

func (c *promptExportCmd) Run(ctx context.Context, s *session) error {
	if c.Readme != "" {
		return c.readme(ctx, s)
	}
	if c.To == "" {
		return usageError{workflow.Errorf(workflow.Invalid, "Where to?").WithHint("Name a folder with --to.")}
	}
	cl, err := s.connect(ctx)
	if err != nil {
		return err
	}
	var x workflow.Exported
	if err := cl.do(ctx, "POST", inLibrary([]string{"export"}), workflow.ExportPrompts{IDs: c.IDs, Format: c.Format}, &x); err != nil {
		return err
	}
	if err := writeFiles(c.To, x.Files); err != nil {
		return err
	}
	return s.print(x, func(out *printer) {
		for _, lost := range x.Lost {
			s.say("%s %s", s.err.yellow("warning:"), clean(lost))
		}
		out.line("%s written into %s.", plural(len(x.Files), "file"), c.To)
	})
}

// writeFiles writes files below a folder, and refuses to write over any that is there.
func writeFiles(dir string, files []workflow.ExportedFile) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return workflow.Errorf(workflow.Invalid, "The folder %s cannot be made: %w.", dir, err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return workflow.Errorf(workflow.Invalid, "The folder %s cannot be opened: %w.", dir, err)
	}
	defer root.Close()
	for _, f := range files {
		if _, err := root.Lstat(f.Path); !errors.Is(err, fs.ErrNotExist) {
			return workflow.Errorf(workflow.Conflict, "%s is there already. Nothing was written.", filepath.Join(dir, f.Path)).
				WithHint("Choose another folder, or move it away.")
		}
	}
	for _, f := range files {
		if at := strings.LastIndexByte(f.Path, '/'); at > 0 {
			if err := root.MkdirAll(f.Path[:at], 0o755); err != nil {
				return workflow.Errorf(workflow.Invalid, "The folder of %s cannot be made: %w.", f.Path, err)
			}
		}
		if err := root.WriteFile(f.Path, []byte(f.Content), 0o644); err != nil {
			return workflow.Errorf(workflow.Invalid, "%s cannot be written: %w.", f.Path, err)
		}
	}
	return nil
}

// readme writes the section into a README, between the marks that are ours.
func (c *promptExportCmd) readme(ctx context.Context, s *session) error {
	cl, err := s.connect(ctx)
	if err != nil {
		return err
	}
	before := ""
	if c.Readme != "-" {
		if before, err = s.readFile(c.Readme); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	var out struct {
		Text string `json:"text"`
	}
	if err := cl.do(ctx, "POST", inLibrary([]string{"readme"}), map[string]string{"readme": before}, &out); err != nil {
		return err
	}
	if c.Readme == "-" {
		return s.print(out, func(p *printer) { p.document(out.Text) })
	}
	if err := os.WriteFile(c.Readme, []byte(out.Text), 0o644); err != nil {
		return workflow.Errorf(workflow.Invalid, "%s cannot be written: %w.", c.Readme, err)
	}
	return s.print(out, func(p *printer) { p.line("The section is in %s.", c.Readme) })
}
