package foreign

import "strings"

// codeSpans returns the stretches of a Markdown text that are code: fenced
// blocks, and code spans within a line.
func codeSpans(text string) []span {
	var (
		all   []span
		fence string // of the open block
		start int
		at    int
	)
	for line := range strings.Lines(text) {
		mark := fenceOf(line)
		switch {
		case fence == "" && mark != "":
			fence, start = mark, at
		case fence != "" && strings.HasPrefix(mark, fence) && strings.Trim(strings.TrimSpace(line), mark[:1]) == "":
			all = append(all, span{start, at + len(line)})
			fence = ""
		case fence == "":
			all = append(all, inlineCode(line, at)...)
		}
		at += len(line)
	}
	if fence != "" {
		all = append(all, span{start, at})
	}
	return all
}

// fenceOf returns the run of marks that a line begins with if it can begin or end a fenced block.
func fenceOf(line string) string {
	line = strings.TrimLeft(line, " \t>")
	if line == "" || line[0] != '`' && line[0] != '~' {
		return ""
	}
	rest := strings.TrimLeft(line, line[:1])
	n := len(line) - len(rest)
	if n < 3 || line[0] == '`' && strings.Contains(rest, "`") {
		return ""
	}
	return line[:n]
}

// inlineCode returns the code spans of a line that begins at a place.
func inlineCode(line string, at int) []span {
	var runs []span
	for i := 0; i < len(line); {
		next := strings.IndexByte(line[i:], '`')
		if next < 0 {
			break
		}
		i += next
		end := i + len(line[i:]) - len(strings.TrimLeft(line[i:], "`"))
		runs = append(runs, span{i, end})
		i = end
	}
	// From the back: for each run, the next one of the same length.
	next, last := make([]int, len(runs)), map[int]int{}
	for i := len(runs) - 1; i >= 0; i-- {
		length := runs[i].end - runs[i].start
		next[i] = last[length]
		last[length] = i
	}
	var all []span
	for i := 0; i < len(runs); i++ {
		if close := next[i]; close > i {
			all = append(all, span{at + runs[i].start, at + runs[close].end})
			i = close
		}
	}
	return all
}
