package foreign

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"plumbline/backend/pattern"
	"plumbline/backend/prompt"
	"plumbline/backend/workflow"
)

// draft is a prompt on its way in.
type draft struct {
	found  Found
	doc    document
	name   string // that it goes by in its format
	title  string
	desc   string
	prompt prompt.Prompt // purpose, phase, tags, version, temperature
	extra  matter
	conv   *conversion
}

// Group is the shelf of the library that prompts of other formats come to stand on.
const Group = "imported"

func newDraft(f Format, doc document, name string) *draft {
	p := prompt.Blank()
	p.Group, p.Origin = Group, prompt.Origin{Format: string(f), From: doc.file}
	return &draft{
		doc: doc, name: name, prompt: p,
		found: Found{ImportItem: workflow.ImportItem{
			File: doc.file, Format: string(f), Variables: []string{}, Extra: []string{}, Dropped: []string{}, Inert: []string{}, Take: true,
		}},
	}
}

// lose notes, in a sentence, what does not come in.
func (d *draft) lose(format string, args ...any) {
	d.found.Dropped = append(d.found.Dropped, fmt.Sprintf(format, args...))
}

// maxInert is how many of the texts that would run something are told one by one.
const maxInert = 20

// inert notes a text that would run something where it comes from.
func (d *draft) inert(line int, text, what string) {
	switch n := len(d.found.Inert); {
	case n < maxInert:
		d.found.Inert = append(d.found.Inert, fmt.Sprintf("Line %d, “%s”: %s It comes in as plain text.", line, shorten(text, 80), what))
	case n == maxInert:
		d.found.Inert = append(d.found.Inert, "There are more of this kind. They come in as plain text, too.")
	}
}

// shorten cuts a text to about a number of bytes.
func shorten(s string, most int) string {
	s = strings.Join(strings.Fields(s[:min(len(s), 4*most)]), " ")
	if len(s) <= most {
		return s
	}
	cut := most
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	if space := strings.LastIndexByte(s[:cut], ' '); space > most/2 {
		cut = space
	}
	return s[:cut] + "…"
}

// finish makes the prompt of what was read. The id is given by the caller.
func (d *draft) finish(id string) error {
	body, spaced := prompt.JoinPieces(d.conv.pieces)
	p := d.prompt
	p.ID, p.Body, p.Variables = id, trimBody(body), d.conv.variables
	p.Title, p.Summary = d.title, d.desc
	if p.Title == "" {
		p.Title = titleOf(p.Body, id)
	}
	if p.Summary == "" {
		p.Summary = summaryOf(p.Body, p.Title)
	}
	if spaced > 0 {
		d.lose("A variable right behind a brace or a backslash got a blank before it.")
	}
	d.found.Dropped = append(d.found.Dropped, d.conv.unread...)
	if d.conv.crowded {
		d.lose("Of its placeholders, the first 200 are variables; the rest stay text.")
	}
	return d.settle(p)
}

// trimBody removes the blank lines around a body, as the reader of our files does.
func trimBody(s string) string {
	for {
		line, rest, found := strings.Cut(s, "\n")
		if strings.TrimSpace(line) != "" || !found {
			return strings.TrimRight(s, " \t\r\n")
		}
		s = rest
	}
}

var headingRE = pattern.New(`^#[ \t]+(.+?)[ \t]*#*[ \t]*$`)

// titleOf is the heading that a body begins with, else its name in words.
func titleOf(body, id string) string {
	first, _, _ := strings.Cut(body, "\n")
	if m := headingRE.FindStringSubmatch(first); m != nil && len(m[1]) <= 80 && !strings.Contains(m[1], "{{") && printable(m[1]) && !genericHeading[strings.ToLower(m[1])] {
		return strings.Join(strings.Fields(m[1]), " ")
	}
	return human(id)
}

// genericHeading are headings that begin many prompts and name none.
var genericHeading = map[string]bool{
	"identity and purpose": true, "identity": true, "purpose": true, "role": true, "task": true, "context": true, "instructions": true,
	"overview": true, "goal": true, "system": true, "prompt": true, "identity & purpose": true, "input": true,
}

func printable(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) < 0
}

// summaryOf is the first sentence of a body that is prose, else the title.
func summaryOf(body, title string) string {
	for line := range strings.Lines(body[:min(len(body), 8<<10)]) {
		line = strings.TrimSpace(line)
		if line == "" || strings.ContainsAny(line[:1], "#<>`~|-=*_{[!$@\\") || !utf8.ValidString(line) || !printable(line) || letters(line) < 8 {
			continue
		}
		if end := strings.Index(line, ". "); end > 20 {
			line = line[:end+1]
		}
		return shorten(strings.NewReplacer(`\{{`, "", "{{", "", "}}", "", "**", "", "`", "").Replace(line), 200)
	}
	return title
}

var notIDRE = pattern.New(`[^a-z0-9]+`)

// idOf makes an id of a name of a file or a folder.
func idOf(name string) string {
	id := strings.Trim(notIDRE.ReplaceAllString(strings.ToLower(name), "-"), "-")
	if len(id) > 64 {
		id = strings.TrimRight(id[:64], "-")
	}
	if id == "" {
		return "prompt"
	}
	return id
}

// settle writes the prompt in our format and reads it again, so that what comes
// in is what our own reader makes of it.
func (d *draft) settle(p prompt.Prompt) error {
	if p.Body == "" {
		return prompt.FileError(d.doc.file, d.doc.bodyLine, "the prompt has no text")
	}
	if err := d.take(string(prompt.Write(p))); err != nil {
		// Its line is one of a file that nobody has seen.
		return prompt.FileError(d.doc.file, 0, "it cannot become a prompt here: %s", strings.TrimSuffix(prompt.ProblemOf(err).Message, "."))
	}
	return nil
}

// take makes what was found of the text in our format.
func (d *draft) take(text string) error {
	read, err := prompt.Parse(d.doc.file, []byte(text))
	if err != nil {
		return err
	}
	d.found.Prompt, d.found.Hash, d.found.Placeholders = read, Hash(read), d.conv.found
	d.found.ID, d.found.Title, d.found.Text = read.ID, read.Title, text
	d.found.Path = "prompts/" + read.ID + ".md"
	for _, v := range read.Variables {
		d.found.Variables = append(d.found.Variables, v.Name)
	}
	return nil
}
