package handoff

import (
	"strings"
	"testing"

	"plumbline/backend/workflow"
)

func TestAgentsBlockLeavesAllElseAsItIs(t *testing.T) {
	block := AgentsStart + "\nnew\n" + AgentsEnd + "\n"
	bare := strings.TrimSuffix(block, "\n")
	old := AgentsStart + "\nold\n\n" + AgentsEnd
	crlf := func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }
	for name, test := range map[string]struct{ text, want string }{
		"empty":         {"", block},
		"only a BOM":    {"\ufeff", "\ufeff" + block},
		"no block":      {"# Mine\n", "# Mine\n\n" + block},
		"no line end":   {"# Mine", "# Mine\n\n" + block},
		"spaces at end": {"# Mine  \n\n\n", "# Mine  \n\n\n" + block},
		"a block":       {"a\n" + old + "\nb", "a\n" + bare + "\nb"},
		"at once":       {old, bare},
		"CRLF":          {crlf("a\n" + old + "\nb\n"), crlf("a\n" + bare + "\nb\n")},
		"CRLF, none":    {"a\r\n", "a\r\n\r\n" + crlf(block)},
		"BOM":           {"\ufeff" + old + "\nb", "\ufeff" + bare + "\nb"},
		"mixed ends":    {"a\nb\r\n" + old + "\r\nc\r", "a\nb\r\n" + bare + "\r\nc\r"},
		"in code":       {"```\n" + old + "\n```\n", "```\n" + old + "\n```\n\n" + block},
		"in a line":     {"see " + AgentsStart + "\n", "see " + AgentsStart + "\n\n" + block},
		"indented":      {"  " + AgentsStart + "\nx\n" + AgentsEnd + "  \n", "  " + bare + "  \n"},
	} {
		got, err := InsertAgents(test.text, block)
		if err != nil || got != test.want {
			t.Errorf("%s: got %q, %v; want %q", name, got, err, test.want)
			continue
		}
		if again, err := InsertAgents(got, block); err != nil || again != got {
			t.Errorf("%s: a second time it is %q, %v", name, again, err)
		}
	}
}

func TestAgentsMarkersThatDoNotPair(t *testing.T) {
	old := AgentsStart + "\nold\n" + AgentsEnd + "\n"
	for text, want := range map[string]string{
		AgentsStart + "\n":                       "has no end",
		AgentsEnd + "\n":                         "has no beginning",
		AgentsEnd + "\n" + AgentsStart + "\n":    "ends before it begins",
		old + old:                                "two blocks",
		old + AgentsEnd:                          "or a marker of it twice",
		AgentsStart + "\n```\n" + AgentsEnd:      "has no end",
		"```\nopen\n":                            "ends within a block of code",
		"<!-- open\n":                            "or a comment",
		"\xff\xfe#\x00":                          "is not UTF-8",
		"# Mine\n" + AgentsStart + "\r\nold\r\n": "has no end",
	} {
		got, err := InsertAgents(text, "new")
		if code := workflow.CodeOf(err); err == nil || got != "" || code != workflow.Conflict && code != workflow.Invalid ||
			!strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "Nothing was changed.") {
			t.Errorf("%q: got %q, %v; want %q", text, got, err, want)
		}
	}
}

func TestAgentsBlockHoldsNoMarkerOfItsOwn(t *testing.T) {
	p, s := sample(t)
	p.Name += " " + AgentsStart
	files, _, err := Write(workflow.HandoffAgents, p, s)
	if err != nil {
		t.Fatal(err)
	}
	body := files[0].Body
	if strings.Count(body, AgentsStart) != 1 || strings.Count(body, AgentsEnd) != 1 {
		t.Errorf("the block is %s", body)
	}
	text, err := InsertAgents("# Mine\n", body)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := InsertAgents(text, body); err != nil || again != text {
		t.Errorf("a second time it is %q, %v", again, err)
	}
}
