package cli

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"plumbline/backend/engine"
	"plumbline/backend/workflow"
)

type promptNewCmd struct {
	File string `arg:"" help:"The file of the prompt: Markdown with front matter; - is standard input."`
}

func (promptNewCmd) examples() []string { return []string{"plumbline prompt new tidy.md"} }

func (c *promptNewCmd) Run(ctx context.Context, s *session) error {
	text, err := s.readText(c.File)
	if errors.Is(err, fs.ErrNotExist) {
		return workflow.Errorf(workflow.NotFound, "There is no file %s.", c.File).
			WithHint("Write it first; “plumbline prompt show fix-prompt --raw” shows what one looks like.")
	}
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
	Files []string `arg:"" optional:"" help:"Prompt files, or folders of them; without any, the whole library."`
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
	if len(files) > 0 {
		in, err := s.toLint(files)
		if err != nil {
			return err
		}
		if err := s.withoutData(ctx).do(ctx, "POST", data([]string{"lint"}), map[string]any{"kind": kind, "files": in}, &found); err != nil {
			return err
		}
	}
	return s.tellProblems(found)
}

// mostLinted is a little more than a file may have: what is beyond it need not be sent.
const mostLinted = 1<<20 + 1

// toLint reads files, and those of folders that end in .md.
func (s *session) toLint(files []string) ([]workflow.ImportFile, error) {
	in := []workflow.ImportFile{}
	for _, file := range files {
		names := []string{file}
		if info, err := os.Stat(file); err == nil && info.IsDir() {
			if names, err = markdownIn(file); err != nil {
				return nil, err
			}
		}
		for _, name := range names {
			text, err := s.readAny(name)
			if err != nil {
				return nil, err
			}
			text = text[:min(len(text), mostLinted)]
			f := workflow.ImportFile{Path: name, Content: text}
			if !utf8.ValidString(text) {
				f.Content, f.Base64 = base64.StdEncoding.EncodeToString([]byte(text)), true
			}
			in = append(in, f)
		}
	}
	return in, nil
}

func markdownIn(dir string) ([]string, error) {
	names := []string{}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && filepath.Ext(name) == ".md" {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		return nil, workflow.Errorf(workflow.Invalid, "%s cannot be read: %w", dir, err)
	}
	return names, nil
}

func (s *session) tellProblems(found []workflow.LibraryProblem) error {
	bad := map[string]bool{} // files, each of which may have many mistakes
	for _, p := range found {
		if !p.Doubt {
			bad[p.File] = true
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
	if len(bad) > 0 {
		return errors.Join(err, workflow.Errorf(workflow.Invalid, "%s cannot be used.", plural(len(bad), "file")))
	}
	return err
}

type promptSchemaCmd struct{}

func (promptSchemaCmd) examples() []string {
	return []string{"plumbline prompt schema > prompt.schema.json"}
}

func (*promptSchemaCmd) Run(s *session) error { return s.schema("prompt") }

// schema prints a schema, which is JSON with and without --json.
func (s *session) schema(kind string) error {
	text, err := engine.Schema(kind)
	if err != nil {
		return err
	}
	return s.print(json.RawMessage(text), func(out *printer) { out.document(string(text)) })
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
		known := 0
		for _, item := range preview.Items {
			if item.Duplicate != "" && !c.All {
				known++
			}
		}
		if known > 0 {
			out.line("%s left out, whose text is there already; --all takes duplicates, too.", plural(known, "prompt"))
		}
		if len(preview.Items) == 0 {
			out.line("Nothing there was recognised as a prompt.")
		}
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
		case item.Replaces != "":
			note = "  in place of the built-in “" + clean(item.Replaces) + "”"
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
	To     string   `help:"The folder to write into, or an archive: a name that ends in .zip." placeholder:"DIR" xor:"where"`
	Readme string   `help:"Instead, write the section “when each prompt is used” into this README; - prints it." placeholder:"FILE" xor:"where"`
}

func (promptExportCmd) examples() []string {
	return []string{"plumbline prompt export fix-prompt --format skill --to ~/.claude/skills", "plumbline prompt export --to mine.zip", "plumbline prompt export --readme README.md"}
}

func (c *promptExportCmd) Run(ctx context.Context, s *session) error {
	if c.Readme != "" {
		return c.readme(ctx, s)
	}
	if c.To == "" {
		return usageError{workflow.Errorf(workflow.Invalid, "Where to?").WithHint("Name a folder with --to.")}
	}
	to, err := filepath.Abs(c.To)
	if err != nil {
		return fmt.Errorf("find %s: %w", c.To, err)
	}
	wish := workflow.ExportPrompts{IDs: c.IDs, Format: c.Format}
	if strings.EqualFold(filepath.Ext(to), ".zip") {
		wish.File = to
	} else {
		wish.Folder = to
	}
	cl, err := s.connect(ctx)
	if err != nil {
		return err
	}
	var x workflow.Exported
	if err := cl.do(ctx, "POST", inLibrary([]string{"export"}), wish, &x); err != nil {
		return err
	}
	return s.print(x, func(out *printer) {
		for _, lost := range x.Lost {
			s.say("%s %s", s.err.yellow("warning:"), clean(lost))
		}
		out.line("%s written into %s.", plural(len(x.Files), "file"), c.To)
	})
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
