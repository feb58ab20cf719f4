package prompt

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"plumbline/backend/pattern"
	"plumbline/backend/workflow"
)

// Write returns the file of a prompt: its keys in a fixed order, without those
// that say what goes without saying, and with quotes where they are needed.
// Parse reads the same prompt from it, save for its revision. What is zero takes
// the value that Parse gives to what is left out.
func Write(p Prompt) []byte {
	w := &frontWriter{}
	w.text("id", p.ID)
	w.text("title", p.Title)
	w.text("summary", p.Summary)
	w.text("purpose", p.Purpose)
	w.text("phase", p.Phase)
	w.text("group", p.Group)
	w.list("tags", p.Tags)
	if p.Version > 1 {
		w.raw("version", strconv.Itoa(p.Version))
	}
	if p.Temperature != nil {
		w.raw("temperature", strconv.FormatFloat(*p.Temperature, 'f', -1, 64))
	}
	if p.Reserve > 0 && p.Reserve != defaultReserve {
		w.raw("reserve", strconv.Itoa(p.Reserve))
	}
	takes := []string{}
	for _, kind := range p.Takes {
		takes = append(takes, string(kind))
	}
	w.list("takes", takes)
	w.list("follows", p.Follows)
	if p.Due.Every != "" {
		w.raw("due", "{every: "+p.Due.Every+"}")
	} else if p.Due.Launch != 0 {
		w.raw("due", fmt.Sprintf("{launch: %d}", p.Due.Launch))
	}
	if p.Base != "" {
		w.raw("base", p.Base)
	}
	if p.Origin != (Origin{}) {
		w.open("origin")
		w.text("format", p.Origin.Format)
		w.text("from", p.Origin.From)
		w.close()
	}
	w.variables(p.Variables)
	w.contract(p.Contract)
	w.extra(p.Extra)
	return []byte("---\n" + w.out.String() + "---\n\n" + p.Body + "\n")
}

// frontWriter writes front matter.
type frontWriter struct {
	out    strings.Builder
	indent string
	dash   bool // the next key begins an item of a list
}

func (w *frontWriter) key(name string) {
	indent := w.indent
	if w.dash {
		indent, w.dash = strings.TrimSuffix(indent, "  ")+"- ", false
	}
	w.out.WriteString(indent + name + ":")
}

// raw writes a value as it is.
func (w *frontWriter) raw(name, value string) {
	w.key(name)
	w.out.WriteString(" " + value + "\n")
}

// open begins a mapping or a list under a key.
func (w *frontWriter) open(name string) {
	w.key(name)
	w.out.WriteByte('\n')
	w.indent += "  "
}

func (w *frontWriter) close() { w.indent = strings.TrimSuffix(w.indent, "  ") }

// longLine is where a long text is folded.
const longLine = 100

// text writes a text, unless it is empty.
func (w *frontWriter) text(name, value string) {
	switch {
	case value == "":
	case strings.Contains(value, "\n") && blockRE.MatchString(value):
		w.open(name)
		block := w.out.String()
		w.out.Reset()
		w.out.WriteString(strings.TrimSuffix(block, "\n") + " |-\n")
		for line := range strings.SplitSeq(value, "\n") {
			if line != "" {
				line = w.indent + line
			}
			w.out.WriteString(line + "\n")
		}
		w.close()
	case len(value) > longLine && foldRE.MatchString(value) && !strings.Contains(value, "  "):
		w.key(name)
		w.out.WriteString(" >-\n" + fold(value, w.indent+"  ", longLine))
	default:
		w.raw(name, scalar(value))
	}
}

// list writes a list on one line, unless it is empty.
func (w *frontWriter) list(name string, values []string) {
	if len(values) == 0 {
		return
	}
	quotedValues := make([]string, len(values))
	length := 0
	for i, v := range values {
		quotedValues[i] = item(v)
		length += len(quotedValues[i])
	}
	if length <= longLine {
		w.raw(name, "["+strings.Join(quotedValues, ", ")+"]")
		return
	}
	w.open(name)
	for _, v := range quotedValues {
		w.out.WriteString(w.indent + "- " + v + "\n")
	}
	w.close()
}

func (w *frontWriter) variables(all []workflow.Variable) {
	if len(all) == 0 {
		return
	}
	w.open("variables")
	w.indent += "  "
	for _, v := range all {
		w.dash = true
		w.text("name", v.Name)
		w.raw("type", string(v.Type))
		w.text("label", v.Label)
		w.text("help", v.Help)
		if v.Required {
			w.raw("required", "true")
		}
		if v.Type == workflow.VarNumber && numRE.MatchString(v.Default) {
			w.raw("default", v.Default)
		} else {
			w.text("default", v.Default)
		}
		w.list("options", v.Options)
		w.text("source", v.Source)
		w.text("example", v.Example)
	}
	w.close()
	w.close()
}

func (w *frontWriter) contract(c workflow.Contract) {
	if (c.Reads == workflow.ReadsText || c.Reads == "") && c.None == "" && c.Phrase == "" && len(c.Sections) == 0 {
		return
	}
	w.open("contract")
	if c.Reads != workflow.ReadsText {
		w.text("reads", string(c.Reads))
	}
	w.text("none", c.None)
	w.text("phrase", c.Phrase)
	if len(c.Sections) > 0 {
		w.open("sections")
		w.indent += "  "
		for _, s := range c.Sections {
			w.dash = true
			w.text("title", s.Title)
			w.list("also", s.Also)
			w.count("tasks", s.Tasks)
			w.count("items", s.Items)
			w.text("prefix", s.Prefix)
		}
		w.close()
		w.close()
	}
	w.close()
}

func (w *frontWriter) count(name string, n int) {
	if n > 0 {
		w.raw(name, strconv.Itoa(n))
	}
}

// extra writes what other formats say as it is, which cutExtra takes out again.
func (w *frontWriter) extra(text string) {
	text = dedent(strings.Split(text, "\n"))
	if text == "" {
		return
	}
	w.out.WriteString(extraKey + "\n")
	for line := range strings.SplitSeq(text, "\n") {
		if line != "" {
			line = "  " + line
		}
		w.out.WriteString(line + "\n")
	}
}

var (
	// plainRE is a text that means itself without quotes; words that mean something
	// else are in notText.
	plainRE = pattern.New(`^[\p{L}_/(“][\p{L}\p{N} _/.,;+…“”’()!?&*=@%{}\[\]|<>"'$^~\x60#:-]*$`)
	notText = pattern.New(`^(?i:null|true|false|yes|no|on|off|y|n|\.inf|\.nan)$`)
	// blockRE is a text of several lines that can stand as they are.
	blockRE = pattern.New(`^[^ \t\n][^\t\p{C}\p{Z}]*(?:[ \n]+[^\t\p{C}\p{Z}]+)*$`)
	// foldRE is a text of one line that can be folded at its spaces.
	foldRE = pattern.New(`^[^ \t\n#][^\t\p{C}\p{Z}]*(?: [^\t\p{C}\p{Z}]+)*$`)
	numRE  = pattern.New(`^-?(0|[1-9][0-9]{0,8})(\.[0-9]{1,6})?$`)
)

// scalar writes a text on one line, with quotes where it needs them.
func scalar(s string) string {
	plain := plainRE.MatchString(s) && !notText.MatchString(s) && !strings.Contains(s, ": ") && !strings.Contains(s, " #") &&
		!strings.HasSuffix(s, ":") && !strings.HasSuffix(s, " ")
	if plain {
		return s
	}
	return quote(s)
}

// item writes a text inside brackets.
func item(s string) string {
	if strings.ContainsAny(s, ",[]{}") {
		return quote(s)
	}
	return scalar(s)
}

// quote writes a text in double quotes.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r > 0xFFFF:
			fmt.Fprintf(&b, `\U%08X`, r)
		default:
			fmt.Fprintf(&b, `\u%04X`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// fold breaks a text at its spaces.
func fold(s, indent string, width int) string {
	var b strings.Builder
	length := 0
	for i, word := range strings.Split(s, " ") {
		switch {
		case i == 0:
			b.WriteString(indent)
		case length+len(word) > width:
			b.WriteString("\n" + indent)
			length = 0
		default:
			b.WriteByte(' ')
			length++
		}
		b.WriteString(word)
		length += len(word)
	}
	return b.String() + "\n"
}

// WithBase returns the text of a file with the revision of the built-in file that
// it was made from as its “base”. All else of it stays as it is written.
func WithBase(data []byte, revision string) ([]byte, error) {
	text, err := plain("", data)
	if err != nil {
		return nil, err
	}
	doc, err := split("", []byte(text))
	if err != nil {
		return nil, err
	}
	lines := strings.SplitAfter(text, "\n")
	end := 1 + strings.Count(string(doc.front), "\n")
	lines = slices.DeleteFunc(lines[:end:end], func(line string) bool { return strings.HasPrefix(line, "base:") })
	at := 1 + max(slices.IndexFunc(lines, func(line string) bool { return strings.HasPrefix(line, "id:") }), 0)
	lines = slices.Insert(lines, at, "base: "+revision+"\n")
	head := strings.Join(lines, "")
	rest := strings.Join(strings.SplitAfter(text, "\n")[end:], "")
	return []byte(head + rest), nil
}
