package handoff

import (
	"fmt"
	"path"
	"strings"

	"plumbline/backend/workflow"
)

// archive writes what a person or a model needs to go on without Plumbline: a README
// that leads through it, the documents, the prompts, the gates and the findings.
func (w *writing) archive() {
	dir := w.slug() + w.suffix() + "/"
	documents := w.wanted()
	prompts := w.prompts(dir)
	w.add(dir+"README.md", w.readme(documents, prompts))
	for _, d := range documents {
		w.files = append(w.files, File{Path: dir + "documents/" + d.Path, Body: d.Body}) // byte for byte
	}
	for _, p := range prompts {
		w.files = append(w.files, File{Path: dir + p.file, Body: p.Prompt})
	}
	w.add(dir+"gates.md", fmt.Sprintf("# Gates of %s\n\n%s", inline(w.name), w.gates("##")))
	w.add(dir+"findings.md", fmt.Sprintf("# Open findings of %s\n\n%s", inline(w.name), w.findings()))
	w.note("The archive holds what is there now: older versions, runs and drafts are left out. “plumbline export” takes them along.")
}

type promptFile struct {
	Phase
	file string
}

// prompts are those that can be pasted into a chat; what one lacks is noted.
func (w *writing) prompts(dir string) []promptFile {
	list, lacking := []promptFile{}, []string{}
	for i, p := range w.Phases {
		if w.Only != "" && p.ID != w.Only || p.Prompt == "" {
			continue
		}
		file := fmt.Sprintf("prompts/%02d-%s.md", i+1, orElse(workflow.Slug(p.ID), "phase"))
		if workflow.CheckPath(dir+file) != nil {
			file = fmt.Sprintf("prompts/%02d.md", i+1)
		}
		if len(p.Missing) > 0 {
			lacking = append(lacking, fmt.Sprintf("%s (%s)", oneLine(p.Title), listed(p.Missing, 6)))
		}
		list = append(list, promptFile{p, file})
	}
	if len(lacking) > 0 {
		w.note("Some prompts still lack what they are filled with: %s.", strings.Join(lacking, ", "))
	}
	return list
}

func (w *writing) readme(documents []Document, prompts []promptFile) string {
	var b strings.Builder
	what := "project"
	title := w.name
	for _, p := range w.Phases {
		if p.ID == w.Only && w.Only != "" {
			what, title = "phase", w.name+": "+oneLine(p.Title)
		}
	}
	fmt.Fprintf(&b, "# %s\n\n", inline(title))
	if w.Summary != "" {
		b.WriteString(inline(w.Summary) + "\n\n")
	}
	fmt.Fprintf(&b, "This is the hand-off of a %s: everything that is needed to go on with it in any editor and any chat. Nothing in it needs Plumbline, where it comes from.\n", what)
	if w.Made != "" {
		b.WriteString("\n" + inline(w.Made) + "\n")
	}
	b.WriteString("\n## How to go on\n\n")
	if w.Next != "" && (w.Only == "" || w.Only == w.Current) {
		fmt.Fprintf(&b, "What comes next: **%s**\n\n", inline(w.Next))
	}
	b.WriteString("1. Read the documents below, in their order. Where two differ, the specification decides.\n")
	if len(prompts) > 0 {
		b.WriteString("2. Copy the whole text of a prompt into a chat. It holds what it needs; the answer is the next document.\n3. Hold the answer against the conditions in [gates.md](gates.md).\n")
	} else {
		b.WriteString("2. Hold the work against the conditions in [gates.md](gates.md).\n")
	}
	b.WriteString("\n## Documents\n\n" + documentTable(documents))
	if len(prompts) > 0 {
		b.WriteString("\n## Prompts, ready to paste\n\n| Phase | Prompt | File |\n|---|---|---|\n")
		for _, p := range prompts {
			lacks := ""
			if len(p.Missing) > 0 {
				lacks = " (still lacks: " + cell(listed(p.Missing, 6)) + ")"
			}
			fmt.Fprintf(&b, "| %s | %s%s | %s |\n", cell(p.Title), cell(p.PromptTitle), lacks, link(p.file))
		}
	}
	b.WriteString("\n## Gates\n\n| Gate | Stands |\n|---|---|\n")
	for _, p := range w.Phases {
		if w.Only == "" || p.ID == w.Only {
			fmt.Fprintf(&b, "| %s | %s |\n", cell(gateTitle(p)), gateWord(p))
		}
	}
	fmt.Fprintf(&b, "\n## Open findings\n\n%s\n", orElse(w.findingLine(), "None."))
	return b.String()
}

func (w *writing) findingLine() string {
	if len(w.Findings) == 0 {
		return ""
	}
	return workflow.Plural(len(w.Findings), "is", "are") + " open: see [findings.md](findings.md)."
}

func documentTable(documents []Document) string {
	if len(documents) == 0 {
		return "None is written yet.\n"
	}
	var b strings.Builder
	b.WriteString("| Document | Version | File |\n|---|---|---|\n")
	for _, d := range documents {
		version := "–"
		if d.Version > 0 {
			version = fmt.Sprintf("v%d", d.Version)
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", cell(orElse(d.Title, path.Base(d.Path))), version, link("documents/"+d.Path))
	}
	return b.String()
}

// link leads to a file whose path may hold anything that a path may.
func link(file string) string {
	target := strings.NewReplacer("%", "%25", " ", "%20", "(", "%28", ")", "%29", "#", "%23").Replace(file)
	return "[" + strings.ReplaceAll(cell(file), "]", `\]`) + "](" + target + ")"
}
