package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"plumbline/backend/workflow"
)

type artifactLogCmd struct {
	artifactArgs
	Lines  int    `default:"50" help:"How many lines." placeholder:"N"`
	Before int    `help:"Go on with what is older than this version." placeholder:"N"`
	Author string `enum:",person,model" default:"" help:"Only what a person wrote, or a model: person, model." placeholder:"KIND"`
}

func (artifactLogCmd) examples() []string {
	return []string{"plumbline artifact log book-club spec.md", "plumbline artifact log book-club spec.md --author person --json"}
}

func (c *artifactLogCmd) Run(ctx context.Context, s *session) error {
	cl, project, path, err := c.find(ctx, s)
	if err != nil {
		return err
	}
	var log workflow.Log
	query := []string{"path", path, "lines", positive(c.Lines), "before", positive(c.Before), "author", c.Author}
	if err := cl.get(ctx, inProject(project, "log", query...), &log); err != nil {
		return err
	}
	return s.print(log, func(out *printer) {
		var rows [][]string
		for _, line := range log.Lines {
			rows = append(rows, logRow(line))
		}
		out.table([]string{"VERSION", "KIND", "BY", "LINES", "WHEN", "COMMIT", "MESSAGE"}, rows)
		if log.Next > 0 {
			s.say("%s plumbline artifact log %s %s --before %d", s.err.dim("older:"), c.Project, path, log.Next)
		}
	})
}

func logRow(line workflow.LogLine) []string {
	v, oldest := line.Versions[0], line.Versions[len(line.Versions)-1]
	name, message := fmt.Sprintf("v%d", v.Number), firstLine(v.Message)
	if n := len(line.Versions); n > 1 {
		name, message = fmt.Sprintf("v%d–v%d", oldest.Number, v.Number), plural(n, "tick")
	}
	if line.Signed {
		message += " (signed)"
	}
	return []string{name, string(v.Kind), clean(v.Author.Name), fmt.Sprintf("+%d −%d", line.Added, line.Removed), ago(v.At), short(v.Commit), message}
}

func positive(n int) string {
	if n <= 0 {
		return ""
	}
	return strconv.Itoa(n)
}

type blameCmd struct {
	artifactArgs
	Number int `name:"version" help:"An older version." placeholder:"N"`
}

func (blameCmd) examples() []string {
	return []string{"plumbline blame book-club spec.md", "plumbline blame book-club spec --version 3 --json"}
}

func (c *blameCmd) Run(ctx context.Context, s *session) error {
	cl, project, path, err := c.find(ctx, s)
	if err != nil {
		return err
	}
	var blame workflow.Blame
	if err := cl.get(ctx, inProject(project, "blame", "path", path, "version", positive(c.Number)), &blame); err != nil {
		return err
	}
	return s.print(blame, func(out *printer) {
		var rows [][]string
		for _, p := range blame.Passages {
			o := blame.Origins[p.Origin]
			prompt := o.PromptID
			if o.PromptRevision != "" {
				prompt += "@" + short(o.PromptRevision)
			}
			rows = append(rows, []string{strconv.Itoa(p.Line), fmt.Sprintf("v%d", o.Version.Number), clean(o.Author.Name), ago(o.Version.At), prompt,
				clean(shorten(p.Text, 60))})
		}
		out.table([]string{"LINE", "VERSION", "BY", "WHEN", "PROMPT", "PASSAGE"}, rows)
	})
}

// shorten cuts a text to so many characters.
func shorten(text string, max int) string {
	if runes := []rune(text); len(runes) > max {
		return string(runes[:max-1]) + "…"
	}
	return text
}

type historyCmd struct {
	Project string `arg:"" help:"The project."`
	At      string `help:"Show the project as it was at this time, for example “2026-11-20 14:00”; a day means its end." placeholder:"TIME" xor:"when"`
	Gate    string `help:"Show the project as it was when this phase's gate was passed last." placeholder:"PHASE" xor:"when"`
}

func (historyCmd) examples() []string {
	return []string{"plumbline history book-club", `plumbline history book-club --at "2026-11-20 14:00"`, "plumbline history book-club --gate spec --json"}
}

func (c *historyCmd) Run(ctx context.Context, s *session) error {
	cl, o, err := s.project(ctx, c.Project)
	if err != nil {
		return err
	}
	var moments []workflow.Moment
	if err := cl.get(ctx, inProject(o.Project.ID, "moments"), &moments); err != nil {
		return err
	}
	if c.At == "" && c.Gate == "" {
		return s.print(moments, func(out *printer) { printMoments(out, moments) })
	}
	at, err := c.when(o, moments)
	if err != nil {
		return err
	}
	var past workflow.ProjectAt
	if err := cl.get(ctx, inProject(o.Project.ID, "at", "time", at.UTC().Format(time.RFC3339Nano)), &past); err != nil {
		return err
	}
	return s.print(past, func(out *printer) {
		printPast(out, past)
		s.say("%s plumbline artifact diff %s DOCUMENT --from VERSION", s.err.dim("what has changed since:"), o.Project.Slug)
	})
}

// when finds the moment that the flags name.
func (c *historyCmd) when(o workflow.Overview, moments []workflow.Moment) (time.Time, error) {
	if c.Gate == "" {
		return parseTime(c.At)
	}
	phase, err := findPhase(o, c.Gate)
	if err != nil {
		return time.Time{}, err
	}
	for _, m := range moments {
		if m.Phase == phase.ID && (m.Action == workflow.ActPass || m.Action == workflow.ActWaive) {
			return m.At, nil
		}
	}
	return time.Time{}, workflow.Errorf(workflow.NotFound, "The gate of %s has not been passed yet.", phase.Title).
		WithHint("“plumbline history %s” lists the moments there are.", o.Project.Slug)
}

// parseTime reads a time as people write it, in the zone of this machine. A day
// means its end, a minute its last moment.
func parseTime(text string) (time.Time, error) {
	for layout, rest := range map[string]time.Duration{
		time.RFC3339: 0, time.DateTime: time.Second, "2006-01-02 15:04": time.Minute, "2006-01-02T15:04": time.Minute, "2006-01-02": 24 * time.Hour,
	} {
		if at, err := time.ParseInLocation(layout, text, time.Local); err == nil {
			return at.Add(max(0, rest-time.Nanosecond)), nil
		}
	}
	return time.Time{}, workflow.Errorf(workflow.Invalid, "“%s” is not a time.", text).
		WithHint("Write it as “2026-11-20 14:00” or “2026-11-20”.")
}

func printMoments(out *printer, moments []workflow.Moment) {
	var rows [][]string
	for _, m := range moments {
		rows = append(rows, []string{m.At.Local().Format(time.DateTime), clean(m.Title), clean(m.By.Name)})
	}
	out.table([]string{"WHEN", "WHAT", "BY"}, rows)
}

func printPast(out *printer, past workflow.ProjectAt) {
	out.line("%s  %s  %s", out.bold(clean(past.Project.Name)), past.At.Local().Format(time.DateTime), out.dim("after: "+clean(past.Moment.Title)))
	o := workflow.Overview{Phases: past.Phases, Current: past.Current}
	if p, ok := currentPhase(o); ok {
		o.GateOpen = p.Missing == 0
	}
	printPhases(out, o)
	var rows [][]string
	for _, a := range past.Artifacts {
		now := fmt.Sprintf("v%d", a.Now)
		if a.Same {
			now += ", the same text"
		}
		rows = append(rows, []string{a.Path, fmt.Sprintf("v%d", a.Version.Number), clean(a.Version.Author.Name), ago(a.Version.At), now})
	}
	out.table([]string{"DOCUMENT", "VERSION", "BY", "CHANGED", "NOW"}, rows)
}

type searchCmd struct {
	Project string   `arg:"" help:"The project."`
	Words   []string `arg:"" help:"The words, which must be in one passage. Put quotes within quotes around a phrase: '\"local time\"'."`
	In      string   `help:"Only this document, or the one that this phase writes." placeholder:"DOCUMENT"`
}

func (searchCmd) examples() []string {
	return []string{"plumbline search book-club deadline", `plumbline search book-club '"local time"' zone --in spec.md`}
}

func (c *searchCmd) Run(ctx context.Context, s *session) error {
	cl, o, err := s.project(ctx, c.Project)
	if err != nil {
		return err
	}
	path := ""
	if c.In != "" {
		path = documentPath(o, c.In)
	}
	result, err := s.search(ctx, cl, inProject(o.Project.ID, "search", "words", strings.Join(c.Words, " "), "path", path))
	if err != nil {
		return err
	}
	return s.print(result, func(out *printer) { printHits(out, result) })
}

// search reads the lines of a search to the last, and tells how far it is on a terminal.
func (s *session) search(ctx context.Context, cl *client, path string) (result workflow.SearchResult, err error) {
	resp, err := cl.send(ctx, http.MethodGet, path, nil)
	if err != nil {
		return result, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return result, failure(resp)
	}
	for dec := json.NewDecoder(resp.Body); ; {
		var line workflow.SearchUpdate
		switch err := dec.Decode(&line); {
		case ctx.Err() != nil:
			return result, ctx.Err()
		case errors.Is(err, io.EOF), err != nil:
			return result, gone(err)
		case line.Error != nil:
			return result, line.Error
		case line.Result != nil:
			s.tellSearch("")
			return *line.Result, nil
		case line.Progress != nil:
			s.tellSearch(fmt.Sprintf("%d of %s", line.Progress.Done, plural(line.Progress.Total, "version")))
		}
	}
}

// tellSearch writes over the line before on a terminal.
func (s *session) tellSearch(text string) {
	if s.err.term && !s.json {
		s.err.text("\r\x1b[K" + text)
	}
}

func printHits(out *printer, result workflow.SearchResult) {
	if len(result.Hits) == 0 {
		out.line("Not found in %s.", plural(result.Versions, "version"))
	}
	for _, hit := range result.Hits {
		place := out.bold(hit.Path)
		if hit.Section != "" {
			place += "  " + clean(hit.Section)
		}
		out.line("%s", place)
		for _, in := range hit.Ranges {
			out.line("  %s  %s", rangeName(in), out.dim(rangeTime(in)))
			var text strings.Builder
			for _, part := range in.Excerpt {
				if part.Found {
					text.WriteString(out.bold(clean(part.Text)))
				} else {
					text.WriteString(clean(part.Text))
				}
			}
			out.line("    %s", text.String())
		}
	}
	if result.More {
		out.line("%s", out.dim("There is more. Search for more words, or in one document with --in."))
	}
}

func rangeName(in workflow.SearchRange) string {
	name := fmt.Sprintf("v%d", in.From)
	if in.To != in.From {
		name += fmt.Sprintf("–v%d", in.To)
	}
	if in.Current {
		name += ", current"
	}
	return name
}

func rangeTime(in workflow.SearchRange) string {
	from, to := ago(in.FromAt), ago(in.ToAt)
	switch {
	case in.Current:
		return "since " + from
	case from == to:
		return from
	}
	return from + " to " + to
}
