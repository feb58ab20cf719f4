package prompt

import "strings"

// extraKey holds what other formats say in their front matter and ours does not.
const extraKey = "extra:"

// cutExtra takes the value of the key “extra” out of a front matter as it is
// written. It is not parsed: what other programs write there is theirs, and
// nothing of it can go wrong here. Its lines are blanked, so that the others
// keep their numbers.
func cutExtra(file string, data []byte) (rest []byte, extra string, err error) {
	front := string(data)
	if !strings.HasPrefix(front, extraKey) && !strings.Contains(front, "\n"+extraKey) {
		return data, "", nil
	}
	var kept strings.Builder
	var value []string
	found, inside := false, false
	number := firstLine
	for line := range strings.Lines(front) {
		text := strings.TrimSuffix(line, "\n")
		begins := strings.HasPrefix(text, extraKey) && (len(text) == len(extraKey) || text[len(extraKey)] == ' ')
		switch {
		case begins && found:
			return nil, "", errorAt(file, number, "the key “extra” is there twice")
		case begins:
			found, inside = true, true
			if first := strings.Trim(text[len(extraKey):], " \t"); first != "" {
				value = append(value, first)
			}
		case inside && (blank(text) || text[0] == ' '):
			value = append(value, text)
		default:
			inside = false
			kept.WriteString(text)
		}
		if strings.HasSuffix(line, "\n") {
			kept.WriteByte('\n')
		}
		number++
	}
	return []byte(kept.String()), dedent(value), nil
}

// dedent joins lines without the indentation that all of them have, and without
// blank ones around them.
func dedent(lines []string) string {
	common := -1
	for _, line := range lines {
		if blank(line) {
			continue
		}
		if indent := len(line) - len(strings.TrimLeft(line, " ")); common < 0 || indent < common {
			common = indent
		}
	}
	if common < 0 {
		return ""
	}
	out := make([]string, len(lines))
	for i, line := range lines {
		indent := len(line) - len(strings.TrimLeft(line, " "))
		out[i] = line[min(indent, common):]
	}
	return strings.Trim(strings.Join(out, "\n"), "\n")
}

func blank(line string) bool { return strings.Trim(line, " \t") == "" }
