package prompt

import "strings"

// PieceKind sorts the pieces of a body.
type PieceKind int

// The kinds of pieces.
const (
	PieceText     PieceKind = iota
	PieceValue              // {{name}}
	PieceSection            // {{#name}}
	PieceInverted           // {{^name}}
	PieceEnd                // {{/name}}
)

// Piece is a stretch of a body: text as it reads when rendered, or a tag.
type Piece struct {
	Kind PieceKind
	Text string // of PieceText
	Name string // of the variable, in all others
}

var signs = map[string]PieceKind{"": PieceValue, "#": PieceSection, "^": PieceInverted, "/": PieceEnd}

// Pieces takes a body apart, in order and without nesting. JoinPieces puts it
// together again, with the tags in their plainest spelling.
func Pieces(body string) ([]Piece, error) {
	if _, err := parseTemplate("the text", body, 1); err != nil {
		return nil, err
	}
	var (
		all  []Piece
		text strings.Builder
	)
	for at := 0; ; {
		next := strings.Index(body[at:], "{{")
		if next < 0 {
			text.WriteString(body[at:])
			return append(all, Piece{Text: text.String()}), nil
		}
		next += at
		if next > at && body[next-1] == '\\' {
			text.WriteString(body[at:next-1] + "{{")
			at = next + 2
			continue
		}
		text.WriteString(body[at:next])
		all = append(all, Piece{Text: text.String()})
		text.Reset()
		tag := tagRE.FindStringSubmatch(body[next:])
		all = append(all, Piece{Kind: signs[tag[1]], Name: tag[2]})
		at = next + len(tag[0])
	}
}

// JoinPieces makes a body. Braces in texts are escaped. What a body cannot say
// is a tag right behind an opening brace or a backslash: there a blank is put
// between, and spaced counts them.
func JoinPieces(pieces []Piece) (body string, spaced int) {
	var out, text strings.Builder
	flush := func(tag bool) {
		s := text.String()
		text.Reset()
		braces := len(s) - len(strings.TrimRight(s, "{"))
		out.WriteString(strings.ReplaceAll(s, "{{", `\{{`))
		if tag && (braces%2 == 1 || strings.HasSuffix(s, `\`)) {
			out.WriteByte(' ')
			spaced++
		}
	}
	for _, p := range pieces {
		if p.Kind == PieceText {
			text.WriteString(p.Text)
			continue
		}
		flush(true)
		out.WriteString(p.tag())
	}
	flush(false)
	return out.String(), spaced
}

func (p Piece) tag() string {
	sign := ""
	for s, kind := range signs {
		if kind == p.Kind {
			sign = s
		}
	}
	return "{{" + sign + p.Name + "}}"
}
