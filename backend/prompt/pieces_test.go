package prompt

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

func TestPiecesTakeABodyApart(t *testing.T) {
	got, err := Pieces("a {{ b }}\n{{#c}}\n\\{{x}} {{/c}}{{^d}}{{/d}}")
	if err != nil {
		t.Fatal(err)
	}
	want := []Piece{
		{Text: "a "}, {Kind: PieceValue, Name: "b"}, {Text: "\n"}, {Kind: PieceSection, Name: "c"}, {Text: "\n{{x}} "},
		{Kind: PieceEnd, Name: "c"}, {}, {Kind: PieceInverted, Name: "d"}, {}, {Kind: PieceEnd, Name: "d"}, {},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	if _, err := Pieces("{{#a}}"); err == nil {
		t.Error("an open section is let through")
	}
}

func TestPiecesJoinToWhatTheyWere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var pieces []Piece
		for _, s := range rapid.SliceOfN(rapid.SampledFrom([]string{"{", "{{", "\\", "a", "}}", "{{{", "@", "@"}), 0, 12).Draw(t, "parts") {
			p := Piece{Text: s}
			if s == "@" {
				p = Piece{Kind: PieceValue, Name: "v"}
			}
			pieces = append(pieces, p)
		}
		body, spaced := JoinPieces(pieces)
		again, err := Pieces(body)
		if err != nil {
			t.Fatalf("%q: %v", body, err)
		}
		if text := flat(again); spaced == 0 && text != flat(pieces) {
			t.Errorf("%q came back as %q", flat(pieces), text)
		}
		if twice, n := JoinPieces(again); twice != body || n != 0 {
			t.Errorf("%q is %q when joined again", body, twice)
		}
	})
}

func flat(pieces []Piece) string {
	s := ""
	for _, p := range pieces {
		s += p.Text
		if p.Kind != PieceText {
			s += "<" + p.Name + ">"
		}
	}
	return s
}
