package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mattn/go-isatty"
)

// printer writes for people, with colours on terminals only.
type printer struct {
	w      io.Writer
	term   bool
	colour bool
	err    error // the first one of writing
}

func newPrinter(w io.Writer, getenv func(string) string) *printer {
	f, ok := w.(*os.File)
	term := ok && (isatty.IsTerminal(f.Fd()) || isatty.IsCygwinTerminal(f.Fd()))
	return &printer{w: w, term: term, colour: term && getenv("NO_COLOR") == "" && getenv("TERM") != "dumb"}
}

func (p *printer) line(format string, args ...any) { p.text(fmt.Sprintf(format, args...) + "\n") }

// text writes s as it is.
func (p *printer) text(s string) {
	if _, err := io.WriteString(p.w, s); err != nil && p.err == nil {
		p.err = err
	}
}

// document writes a text that is not ours: on a terminal, without what could steer it.
func (p *printer) document(s string) {
	if p.term {
		s = clean(s)
	}
	p.text(s)
}

func (p *printer) paint(code, s string) string {
	if !p.colour || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (p *printer) bold(s string) string   { return p.paint("1", s) }
func (p *printer) dim(s string) string    { return p.paint("2", s) }
func (p *printer) red(s string) string    { return p.paint("31", s) }
func (p *printer) green(s string) string  { return p.paint("32", s) }
func (p *printer) yellow(s string) string { return p.paint("33", s) }

// table writes rows in columns as wide as they need to be.
func (p *printer) table(head []string, rows [][]string) {
	width := make([]int, len(head))
	for _, row := range append([][]string{head}, rows...) {
		for i, cell := range row {
			width[i] = max(width[i], utf8.RuneCountInString(cell))
		}
	}
	write := func(row []string, style func(string) string) {
		var b strings.Builder
		for i, cell := range row {
			b.WriteString(cell)
			if i < len(row)-1 {
				b.WriteString(strings.Repeat(" ", width[i]-utf8.RuneCountInString(cell)+2))
			}
		}
		p.line("%s", style(strings.TrimRight(b.String(), " ")))
	}
	write(head, p.dim)
	for _, row := range rows {
		write(row, func(s string) string { return s })
	}
}

// clean takes control characters out of a text, so that it cannot steer a terminal.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
			return -1
		}
		return r
	}, s)
}
