package cli

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"plumbline/backend/workflow"
)

// promptCmd is everything about the prompt library.
type promptCmd struct {
	List      promptListCmd      `cmd:"" help:"List the prompts, or search them."`
	Show      promptShowCmd      `cmd:"" help:"Show a prompt with its variables."`
	Render    promptRenderCmd    `cmd:"" help:"Print exactly what would be sent."`
	Copy      promptCopyCmd      `cmd:"" help:"Put a filled prompt on the clipboard."`
	Run       promptRunCmd       `cmd:"" help:"Run a prompt on a model, in a project or alone."`
	Runs      promptRunsCmd      `cmd:"" help:"List the runs of prompts alone, outside of projects."`
	Next      promptNextCmd      `cmd:"" help:"Turn an answer or a text into the next prompt."`
	New       promptNewCmd       `cmd:"" help:"Add a prompt of your own."`
	Customise promptCustomiseCmd `cmd:"" help:"Make a copy of a built-in prompt that takes its place."`
	Remove    promptRemoveCmd    `cmd:"" help:"Take a prompt of yours out of the library; its versions are kept."`
	Lint      promptLintCmd      `cmd:"" help:"Check prompt files, or the whole library."`
	Schema    promptSchemaCmd    `cmd:"" help:"Print the JSON Schema of the front matter, for editors."`
	Import    promptImportCmd    `cmd:"" help:"Take in prompts of other programs."`
	Export    promptExportCmd    `cmd:"" help:"Write prompts in the format of another program."`
	Phase     promptPhaseCmd     `cmd:"" help:"Print the prompt of a phase as it will be sent."`
}

type promptListCmd struct {
	Search []string `arg:"" optional:"" help:"Words to look for; the best matches come first."`
	Group  string   `help:"Only one shelf, such as audits." placeholder:"NAME"`
	Phase  string   `help:"Only prompts of a phase." placeholder:"ID"`
	Tag    string   `help:"Only prompts with a tag." placeholder:"TAG"`
	Source string   `help:"Only built-in, yours or imported." enum:",built-in,yours,imported" default:"" placeholder:"SOURCE"`
}

func (promptListCmd) examples() []string {
	return []string{"plumbline prompt list", "plumbline prompt list securty audit", "plumbline prompt list --group meta --json"}
}

func (c *promptListCmd) Run(ctx context.Context, s *session) error {
	shelf, cl, err := s.shelf(ctx)
	if err != nil {
		return err
	}
	cards := shelf.Prompts
	if len(c.Search) > 0 {
		if cards, err = found(ctx, cl, shelf, strings.Join(c.Search, " ")); err != nil {
			return err
		}
	}
	wanted := []workflow.PromptCard{}
	for _, card := range cards {
		if c.wants(card) {
			wanted = append(wanted, card)
		}
	}
	return s.print(wanted, func(out *printer) {
		rows := [][]string{}
		for _, card := range wanted {
			rows = append(rows, []string{card.ID, clean(card.Group), string(card.Source), fmt.Sprint(card.Tokens), clean(card.Summary)})
		}
		out.table([]string{"PROMPT", "GROUP", "SOURCE", "TOKENS", "FOR"}, rows)
		for _, p := range shelf.Problems {
			s.say("%s %s", s.err.yellow("warning:"), clean(problemLine(p)))
		}
	})
}

func (c *promptListCmd) wants(card workflow.PromptCard) bool {
	tagged := c.Tag == ""
	for _, tag := range card.Tags {
		tagged = tagged || strings.EqualFold(tag, c.Tag)
	}
	return tagged && (c.Group == "" || card.Group == c.Group) && (c.Phase == "" || card.Phase == c.Phase) &&
		(c.Source == "" || string(card.Source) == c.Source)
}

// shelf connects and lists the library.
func (s *session) shelf(ctx context.Context) (workflow.Shelf, *client, error) {
	var shelf workflow.Shelf
	cl, err := s.connect(ctx)
	if err != nil {
		return shelf, nil, err
	}
	return shelf, cl, cl.get(ctx, inLibrary(nil), &shelf)
}

// inLibrary is the path of a part of the library under /data.
func inLibrary(parts []string, query ...string) string {
	return data(append([]string{"library"}, parts...), query...)
}

// found returns the cards that a search finds, the best first.
func found(ctx context.Context, cl *client, shelf workflow.Shelf, words string) ([]workflow.PromptCard, error) {
	var hits []workflow.PromptHit
	if err := cl.get(ctx, inLibrary([]string{"search"}, "q", words), &hits); err != nil {
		return nil, err
	}
	byID := map[string]workflow.PromptCard{}
	for _, card := range shelf.Prompts {
		byID[card.ID] = card
	}
	cards := []workflow.PromptCard{}
	for _, hit := range hits {
		cards = append(cards, byID[hit.ID])
	}
	return cards, nil
}

func problemLine(p workflow.LibraryProblem) string {
	switch {
	case p.File == "":
		return p.Message
	case p.Line == 0:
		return p.File + ": " + p.Message
	}
	return fmt.Sprintf("%s, line %d: %s", p.File, p.Line, p.Message)
}

type promptShowCmd struct {
	ID  string `arg:"" help:"The prompt."`
	Raw bool   `help:"Print the file as it is."`
}

func (c *promptShowCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.connect(ctx)
	if err != nil {
		return err
	}
	var d workflow.PromptDetail
	if err := cl.get(ctx, inLibrary([]string{"prompts", c.ID}), &d); err != nil {
		return err
	}
	return s.print(d, func(out *printer) {
		if c.Raw {
			out.document(d.Text)
			return
		}
		out.line("%s  %s", out.bold(clean(d.Card.Title)), out.dim(fmt.Sprintf("%s, %s, about %d tokens", clean(d.Card.Group), d.Card.Source, d.Card.Tokens)))
		out.line("%s", clean(cmp.Or(d.Purpose, d.Card.Summary)))
		rows := [][]string{}
		for _, v := range d.Variables {
			need := ""
			if v.Required {
				need = "required"
			}
			rows = append(rows, []string{v.Name, string(v.Type), need, clean(v.Source), firstLine(v.Help)})
		}
		if len(rows) > 0 {
			out.line("")
			out.table([]string{"VARIABLE", "TYPE", "", "FROM", "WHAT"}, rows)
		}
		out.line("")
		out.document(endLine(d.Body))
		for _, doubt := range d.Lint {
			s.say("%s %s", s.err.yellow("warning:"), clean(doubt))
		}
	})
}

// fillArgs say what a prompt is filled with.
type fillArgs struct {
	Project string   `help:"Fill it from this project; without one it stands alone." placeholder:"PROJECT"`
	Var     []string `help:"A variable and its value: name=value, or name=@FILE; the same name again adds a line, such as another choice." placeholder:"NAME=VALUE" sep:"none"`
	Given   string   `help:"Apply it to the text of a file; - is standard input." placeholder:"FILE" xor:"given"`
	Answer  string   `help:"Apply it to the answer of a run." placeholder:"RUN" xor:"given"`
	Doc     string   `help:"Apply it to a document of the project." placeholder:"PATH" xor:"given"`
	Persona string   `help:"Look as this persona." placeholder:"ID"`
}

// order makes an order of the arguments. Without --var, what was typed before counts.
func (a fillArgs) order(ctx context.Context, s *session, id string) (*client, workflow.PromptOrder, error) {
	o := workflow.PromptOrder{PromptID: id, Persona: a.Persona}
	values, err := s.values(a.Var)
	if err != nil {
		return nil, o, err
	}
	if len(values) > 0 {
		o.Values = values
	}
	cl, err := s.connect(ctx)
	if err == nil && a.Project != "" {
		var view workflow.Overview
		cl, view, err = s.project(ctx, a.Project)
		o.ProjectID = view.Project.ID
	}
	if err == nil {
		o.Given, err = a.given(s, o.ProjectID)
	}
	return cl, o, err
}

func (a fillArgs) given(s *session, project string) (*workflow.Given, error) {
	switch {
	case a.Given != "":
		text, err := s.readText(a.Given)
		title := "Text of " + a.Given
		if a.Given == "-" {
			title = "Text of standard input"
		}
		return &workflow.Given{Text: text, Title: title}, err
	case a.Answer != "":
		return &workflow.Given{RunID: a.Answer}, nil
	case a.Doc != "" && project == "":
		return nil, usageError{workflow.Errorf(workflow.Invalid, "--doc names a document of a project.").WithHint("Name the project with --project.")}
	case a.Doc != "":
		return &workflow.Given{ProjectID: project, Path: a.Doc}, nil
	}
	return nil, nil
}

// values reads pairs of names and values.
func (s *session) values(pairs []string) (map[string]string, error) {
	values := map[string]string{}
	for _, pair := range pairs {
		name, value, found := strings.Cut(pair, "=")
		if !found || name == "" {
			return nil, usageError{workflow.Errorf(workflow.Invalid, "“%s” is not a name with a value.", pair).
				WithHint("Write it as name=value or name=@file.")}
		}
		if file, ok := strings.CutPrefix(value, "@"); ok {
			var err error
			if value, err = s.readText(file); err != nil {
				return nil, err
			}
		}
		if before, again := values[name]; again {
			value = before + "\n" + value
		}
		values[name] = value
	}
	return values, nil
}

type promptRenderCmd struct {
	ID string `arg:"" help:"The prompt."`
	fillArgs
}

func (promptRenderCmd) examples() []string {
	return []string{
		"plumbline prompt render spec --project book-club",
		"plumbline prompt render start-rest-api --var resource=Books --var stack=@stack.md",
	}
}

func (c *promptRenderCmd) Run(ctx context.Context, s *session) error {
	cl, o, err := c.order(ctx, s, c.ID)
	if err != nil {
		return err
	}
	f, err := filled(ctx, cl, o)
	if err != nil {
		return err
	}
	return s.print(f, func(out *printer) {
		out.document(f.Text)
		if out.term {
			out.document(endLine(f.Text)[len(f.Text):])
		}
		s.say("%s about %d tokens, %d bytes, hash %s", s.err.dim("prompt:"), f.Context.Prompt, f.Size, short(f.Hash))
	})
}

// filled assembles a prompt, and refuses one that is not whole.
func filled(ctx context.Context, cl *client, o workflow.PromptOrder) (workflow.FilledPrompt, error) {
	var f workflow.FilledPrompt
	if err := cl.do(ctx, "POST", inLibrary([]string{"fill"}), o, &f); err != nil {
		return f, err
	}
	if len(f.Missing) > 0 {
		names := []string{}
		for _, v := range f.Variables {
			if v.Missing {
				names = append(names, "--var "+v.Variable.Name+"=…")
			}
		}
		return f, workflow.Errorf(workflow.Invalid, "The prompt still needs: %s.", strings.Join(f.Missing, ", ")).
			WithHint("Give it with %s.", strings.Join(names, " "))
	}
	return f, nil
}
