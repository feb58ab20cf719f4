package handoff

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"plumbline/backend/workflow"
)

// The lines between which an AGENTS.md is ours.
const (
	AgentsStart = "<!-- plumbline:start -->"
	AgentsEnd   = "<!-- plumbline:end -->"
)

// agents is our block of an AGENTS.md, with its markers.
func (w *writing) agents() string {
	var b strings.Builder
	slug := w.slug()
	fmt.Fprintf(&b, "## %s\n", inline(w.name))
	if w.Summary != "" {
		b.WriteString("\n" + inline(w.Summary) + "\n")
	}
	fmt.Fprintf(&b, "\nPlumbline keeps this block: `plumbline handoff %s --as agents --to AGENTS.md` writes it anew. All else in this file is yours.\n", slug)
	if len(w.Facts) > 0 {
		b.WriteString("\n### Facts\n\n" + w.facts("####"))
	}
	b.WriteString("\n### Commands\n\n")
	for _, command := range w.Commands {
		fmt.Fprintf(&b, "- Check: %s\n", code(command))
	}
	fmt.Fprintf(&b, "- What to do now: `plumbline next %s`\n- What the gate still lacks: `plumbline gate %s`\n- A document: `plumbline artifact show %s spec.md`\n", slug, slug, slug)
	b.WriteString("\n### Documents, the one that decides first\n\n" + w.deciding())
	b.WriteString("\n### Where the work is\n\n" + w.where())
	b.WriteString("\n### Rules\n\n" + w.rules())
	block := strings.NewReplacer("<!--", `\<!--`, "-->", `--\>`).Replace(b.String())
	if w.Made == "" && len(w.Documents) == 0 {
		w.note("No document is written yet: the block holds facts, phase and rules alone.")
	}
	w.leaveOutOfAgents()
	return AgentsStart + "\n" + strings.TrimRight(block, "\n") + "\n" + AgentsEnd + "\n"
}

func (w *writing) leaveOutOfAgents() {
	if len(w.Documents) > 0 {
		w.note("The block names the documents with their versions; their texts are read with the command it gives.")
	}
	if len(w.Findings) > 0 {
		w.note("Open findings are counted, not listed.")
	}
}

// deciding lists the documents in the order in which they decide: the specification
// before what it was made from, then the plan.
func (w *writing) deciding() string {
	var b strings.Builder
	n := 0
	for _, one := range []struct{ path, why string }{
		{specPath, "the single source of truth"},
		{workflow.PlanPath, "the steps and their order"},
		{requestPath, "what people need; where it differs, the specification decides"},
		{workflow.AcceptancePath, "what the software is accepted by"},
		{ideaPath, "where it began"},
	} {
		d := w.doc(one.path)
		if d.Path == "" {
			continue
		}
		n++
		fmt.Fprintf(&b, "%d. %s v%d%s: %s\n", n, code(d.Path), d.Version, w.frozen(d.Path), one.why)
	}
	if n == 0 {
		return "None is written yet.\n"
	}
	return b.String()
}

func (w *writing) frozen(path string) string {
	for _, p := range w.Phases {
		if p.Output == path && p.Frozen {
			return ", signed and frozen"
		}
	}
	return ""
}

// where says the phase, what its gate lacks, and what to do now.
func (w *writing) where() string {
	var b strings.Builder
	if w.Current == "" && len(w.Phases) > 0 {
		b.WriteString("- Every gate is passed.\n")
	}
	for _, p := range w.Phases {
		if p.ID != w.Current {
			continue
		}
		fmt.Fprintf(&b, "- **Phase:** %s. %s\n", inline(p.Title), inline(p.Summary))
		for _, c := range p.Gate.Conditions {
			if c.State != workflow.CondMet && c.Missing != "" {
				fmt.Fprintf(&b, "- **Still missing:** %s\n", inline(c.Missing))
			}
		}
	}
	if w.Next != "" {
		fmt.Fprintf(&b, "- **Next:** %s\n", inline(w.Next))
	}
	if n := len(w.Findings); n > 0 {
		fmt.Fprintf(&b, "- **Open findings:** %d (`plumbline findings list %s`)\n", n, w.slug())
	}
	return orElse(b.String(), "- Nothing is known of it.\n")
}

func (w *writing) rules() string {
	rules := []string{
		"Do one step of the plan at a time, in its order, and with its tests.",
		"Follow the specification to the letter. Where it is silent or wrong, ask; do not guess.",
		"Never change a signed document. A change to it is a request to a person.",
		"Tick no boxes: a person does, or evidence such as a command with its exit code.",
		"Run the checks before you say that something is done, and show what they printed.",
	}
	if _, fact := w.fact("Conventions"); fact {
		rules = append(rules, "Keep to the conventions above.")
	}
	return "- " + strings.Join(rules, "\n- ") + "\n"
}

func (w *writing) fact(title string) (string, bool) {
	for _, f := range w.Facts {
		if f.Title == title {
			return f.Text, true
		}
	}
	return "", false
}

// facts are those of one line as a list, then those that need more, with headings.
func (w *writing) facts(marks string) string {
	var short, long strings.Builder
	for _, f := range w.Facts {
		text := strings.TrimSpace(strings.ReplaceAll(f.Text, "\r\n", "\n"))
		switch {
		case text == "":
		case !strings.Contains(text, "\n"):
			fmt.Fprintf(&short, "- **%s:** %s\n", inline(f.Title), inline(text))
		default:
			fmt.Fprintf(&long, "\n%s %s\n\n%s\n", marks, inline(f.Title), closed(shift(text, len(marks))))
		}
	}
	if short.Len() == 0 {
		return strings.TrimPrefix(long.String(), "\n")
	}
	return short.String() + long.String()
}

// InsertAgents puts our block into the text of an AGENTS.md: in the place of the one
// that is there, else at its end. Every other byte stays as it is; the block takes the
// line ends of the file. Markers that do not pair, or stand there twice, are an error.
func InsertAgents(text, block string) (string, error) {
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return "", workflow.Errorf(workflow.Invalid, "The AGENTS.md that is there is not UTF-8. Nothing was changed.").
			WithHint("Save it as UTF-8, then try again.")
	}
	newline := "\n"
	if i := strings.IndexByte(text, '\n'); i > 0 && text[i-1] == '\r' {
		newline = "\r\n"
	}
	block = strings.ReplaceAll(strings.TrimRight(block, "\n"), "\n", newline)
	starts, ends := markerLines(text, AgentsStart), markerLines(text, AgentsEnd)
	switch {
	case len(starts) == 1 && len(ends) == 1 && starts[0] < ends[0]:
		return text[:starts[0]] + block + text[ends[0]+len(AgentsEnd):], nil
	case len(starts) > 1 || len(ends) > 1:
		return "", unpaired("There are two blocks of Plumbline in the AGENTS.md, or a marker of it twice.")
	case len(starts) == 1 && len(ends) == 1:
		return "", unpaired("The block of Plumbline in the AGENTS.md ends before it begins.")
	case len(starts) == 1:
		return "", unpaired("The block of Plumbline in the AGENTS.md has no end.")
	case len(ends) == 1:
		return "", unpaired("The block of Plumbline in the AGENTS.md has no beginning.")
	case strings.TrimPrefix(text, "\ufeff") == "":
		return text + block + newline, nil
	}
	if end := unended(strings.ReplaceAll(text, "\r\n", "\n")); end != "" {
		return "", workflow.Errorf(workflow.Conflict, "The AGENTS.md ends within a block of code or a comment, which would swallow ours. Nothing was changed.").
			WithHint("End it with a line “%s”.", end)
	}
	for !strings.HasSuffix(text, newline+newline) {
		text += newline
	}
	return text + block + newline, nil
}

func unpaired(what string) error {
	return workflow.Errorf(workflow.Conflict, "%s Nothing was changed.", what).
		WithHint("Keep one line “%s” and after it one line “%s”, or remove both.", AgentsStart, AgentsEnd)
}

// markerLines returns where a marker stands alone on a line that is not code.
func markerLines(text, marker string) []int {
	all := []int{}
	at, fence := 0, ""
	for line := range strings.Lines(text) {
		start := at
		at += len(line)
		trimmed := strings.TrimLeft(strings.TrimPrefix(strings.TrimRight(line, " \t\r\n"), "\ufeff"), " ")
		mark := fenceOf(trimmed)
		switch {
		case fence == "" && mark != "":
			fence = mark
		case fence != "" && strings.HasPrefix(mark, fence) && strings.Trim(trimmed, mark[:1]) == "":
			fence = ""
		case fence == "" && trimmed == marker:
			all = append(all, start+strings.Index(line, marker))
		}
	}
	return all
}
