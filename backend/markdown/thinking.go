package markdown

import (
	"strings"

	"plumbline/backend/pattern"
)

var (
	thinkingOpen = pattern.New(`(?i)^\s*<(think|thinking|thought|thoughts|reasoning|reflection|scratchpad|brainstorming|[a-z_]*planning[a-z_]*)>`)
	// A model whose template opens the block itself sends only its end.
	thinkingEnd = pattern.New(`(?i)(?:^|\n)[ \t]*</(?:think|thinking|reasoning)>[ \t]*(?:\r?\n|$)`)
	wrapOpen    = pattern.New("^\\s*(`{3,}|~{3,})[ \\t]*(?i:markdown|md)[ \\t]*\\r?\\n")
	fenceLine   = pattern.New("^ {0,3}(`{3,}|~{3,})[ \\t]*([^`\\r\\n]*?)[ \\t]*\\r?$")
)

// SplitThinking takes what a model thought aloud before its answer, in <think>
// and like blocks, from the answer. A block that is never closed is all
// thinking. An answer that is as a whole one ```markdown fence is unwrapped.
// An answer with neither is returned as it is.
func SplitThinking(answer string) (thinking, text string) {
	thoughts := []string{}
	text = answer
	for {
		m := thinkingOpen.FindStringSubmatchIndex(text)
		if m == nil {
			break
		}
		end := "</" + strings.ToLower(text[m[2]:m[3]]) + ">"
		body := text[m[1]:]
		at := indexFold(body, end)
		if at < 0 {
			thoughts, text = append(thoughts, strings.TrimSpace(body)), ""
			break
		}
		thoughts = append(thoughts, strings.TrimSpace(body[:at]))
		text = strings.TrimLeft(body[at+len(end):], " \t\r\n")
	}
	if len(thoughts) == 0 && strings.Contains(text, "</") {
		if m := thinkingEnd.FindStringIndex(text); m != nil && !inFence(text[:m[0]]) {
			end := strings.LastIndex(text[:m[1]], "</")
			thoughts = append(thoughts, strings.TrimSpace(text[:end]))
			text = strings.TrimLeft(text[m[1]:], " \t\r\n")
		}
	}
	return strings.TrimSpace(strings.Join(thoughts, "\n\n")), unwrap(text)
}

// indexFold is strings.Index for an ASCII needle in lower case, whatever the
// case of the text.
func indexFold(s, needle string) int {
	for at := 0; ; at++ {
		next := strings.IndexByte(s[at:], needle[0])
		if next < 0 || len(s)-at-next < len(needle) {
			return -1
		}
		at += next
		if strings.EqualFold(s[at:at+len(needle)], needle) {
			return at
		}
	}
}

// unwrap takes a ```markdown fence off a text that is nothing else. Fences
// inside may be written without a longer outer one, as models do.
func unwrap(text string) string {
	m := wrapOpen.FindStringSubmatchIndex(text)
	if m == nil {
		return text
	}
	fence, body := text[m[2]:m[3]], text[m[1]:]
	lines := strings.SplitAfter(strings.TrimRight(body, " \t\r\n"), "\n")
	inner := ""  // the fence that is open inside
	sure := true // no fence inside could be the end of the outer one
	for i, line := range lines {
		f := fenceLine.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
		switch {
		case f == nil || inner == "" && f[1][0] != fence[0]:
		case inner != "":
			if f[2] == "" && f[1][0] == inner[0] && len(f[1]) >= len(inner) {
				inner = ""
			}
		case f[2] == "" && len(f[1]) >= len(fence) && i == len(lines)-1:
			return strings.Join(lines[:i], "")
		default:
			inner = f[1]
			sure = sure && f[2] != ""
		}
	}
	if sure {
		return body // the answer broke off before the fence was closed
	}
	return text
}

// inFence reports whether a text ends inside a code fence.
func inFence(text string) bool {
	open := ""
	for line := range strings.Lines(text) {
		open = fenceAfter(open, line)
	}
	return open != ""
}

// fenceAfter returns the code fence that is open after a line, given the one
// that was open before it; empty for none.
func fenceAfter(open, line string) string {
	f := fenceLine.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
	switch {
	case f == nil:
		return open
	case open == "" && (f[1][0] == '~' || !strings.Contains(f[2], "`")):
		return f[1]
	case f[2] == "" && f[1][0] == open[0] && len(f[1]) >= len(open):
		return ""
	}
	return open
}
