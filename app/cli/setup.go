package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"plumbline/backend/engine"
	"plumbline/backend/workflow"
)

type modelsCmd struct {
	Refresh bool `help:"Ask the server again instead of taking what is known."`
}

func (c *modelsCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.connect(ctx)
	if err != nil {
		return err
	}
	var m workflow.ModelStatus
	if err := cl.call(ctx, "Models/Status", &m, c.Refresh); err != nil {
		return err
	}
	return s.print(m, func(out *printer) {
		if !m.Running {
			out.line("%s", clean(m.Message))
			s.say("%s %s", s.err.dim("hint:"), clean(m.Hint))
			return
		}
		out.line("Ollama %s answers at %s.", clean(m.Version), clean(m.URL))
		printModels(out, m)
	})
}

func printModels(out *printer, m workflow.ModelStatus) {
	var rows [][]string
	for _, model := range m.Models {
		note := ""
		if model.Loaded {
			note = fmt.Sprintf("loaded, window %d", model.LoadedContext)
		}
		if model.Remote {
			note = "remote"
		}
		if model.Name == m.Default {
			note = strings.TrimPrefix("default, "+note, ", ")
		}
		rows = append(rows, []string{clean(model.Name), clean(model.Parameters), fmt.Sprintf("%.1f GB", float64(model.Size)/1e9),
			fmt.Sprint(model.ContextLength), strings.TrimSuffix(note, ", ")})
	}
	out.table([]string{"MODEL", "PARAMETERS", "SIZE", "CONTEXT", ""}, rows)
}

type settingsCmd struct {
	Key   string  `arg:"" optional:"" help:"The setting to show or change."`
	Value *string `arg:"" optional:"" help:"Its new value."`
}

func (settingsCmd) examples() []string {
	return []string{"plumbline settings", "plumbline settings ollamaUrl http://127.0.0.1:11434"}
}

func (c *settingsCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.connect(ctx)
	if err != nil {
		return err
	}
	var all workflow.Settings
	if c.Value != nil {
		err = cl.call(ctx, "Settings/Set", &all, c.Key, *c.Value)
	} else {
		err = cl.call(ctx, "Settings/Show", &all)
	}
	if err != nil {
		return err
	}
	values, err := byName(all)
	if err != nil {
		return err
	}
	if c.Key != "" && values[c.Key] == "" {
		return workflow.Errorf(workflow.NotFound, "There is no setting “%s”.", c.Key).WithHint("See “plumbline settings”.")
	}
	return s.print(all, func(out *printer) {
		var rows [][]string
		for key, value := range values {
			if c.Key == "" || key == c.Key {
				rows = append(rows, []string{key, clean(value)})
			}
		}
		slices.SortFunc(rows, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
		out.table([]string{"SETTING", "VALUE"}, rows)
	})
}

// byName returns the settings as JSON values by their names.
func byName(all workflow.Settings) (map[string]string, error) {
	text, err := json.Marshal(all)
	if err != nil {
		return nil, fmt.Errorf("list the settings: %w", err)
	}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(text, &raw); err != nil {
		return nil, fmt.Errorf("list the settings: %w", err)
	}
	values := map[string]string{}
	for key, value := range raw {
		values[key] = string(value)
	}
	return values, nil
}

type doctorCmd struct{}

func (c *doctorCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.connect(ctx)
	if err != nil {
		return s.printChecks(engine.DoctorOutside(err)) // which is what the doctor was asked for
	}
	var checks []workflow.Check
	if err := cl.call(ctx, "App/Doctor", &checks); err != nil {
		return err
	}
	return s.printChecks(checks)
}

func checkMark(out *printer, state string) string {
	switch state {
	case "ok":
		return out.green("✓")
	case "warning":
		return out.yellow("!")
	}
	return out.red("✗")
}

type renderCmd struct {
	File string `arg:"" help:"The Markdown file; - is standard input."`
}

func (c *renderCmd) Run(ctx context.Context, s *session) error {
	text, err := s.readAny(c.File)
	if err != nil {
		return err
	}
	cl := s.withoutData(ctx)
	var out struct {
		HTML string `json:"html"`
	}
	if err := cl.do(ctx, "POST", data([]string{"render"}), map[string]string{"markdown": text}, &out); err != nil {
		return err
	}
	return s.print(out, func(p *printer) { p.document(endLine(out.HTML)) })
}

type versionCmd struct{}

func (c *versionCmd) Run(s *session) error {
	return s.print(map[string]string{"version": s.Version}, func(out *printer) { out.line("plumbline %s", s.Version) })
}
