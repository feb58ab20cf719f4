package history

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"plumbline/backend/workflow"
)

// documents are those of a made-up project.
type documents struct {
	random *rand.Rand
	paths  []string
	lines  map[string][]string
	answer int // lines of the answer of a run
}

var words = strings.Fields(`the a of to and in is that for with tide table harbor moon offline sailor must should when
 user page shows height time curve station cache sync error empty loading accepts returns stores clear button list view setting
 local network model prompt answer version history gate phase step plan audit finding severity evidence checklist item box`)

// newDocuments makes some of 4 to 40 KB, or so many times smaller ones.
func newDocuments(smaller int) *documents {
	d := &documents{random: rand.New(rand.NewPCG(7, 7)), lines: map[string][]string{}, answer: 40 / smaller}
	for i, path := range []string{"request.md", "spec.md", "plan.md", "checklists/request.md", "checklists/spec.md", "steps/01.md", "steps/02.md", "steps/03.md", "audits/security-01.md"} {
		d.paths = append(d.paths, path)
		size := (4000 + 36000*i/9) / smaller
		for size > 0 {
			line := d.line()
			d.lines[path] = append(d.lines[path], line)
			size -= len(line)
		}
	}
	return d
}

// line is one of a document: a sentence, or an item with a box.
func (d *documents) line() string {
	var b strings.Builder
	if d.random.IntN(3) == 0 {
		b.WriteString("- [ ] ")
	}
	for range 4 + d.random.IntN(14) {
		b.WriteString(words[d.random.IntN(len(words))])
		b.WriteByte(' ')
	}
	fmt.Fprintf(&b, "%d.\n", d.random.IntN(1000))
	return b.String()
}

// edit changes what one commit changes.
func (d *documents) edit(number int) []workflow.File {
	path := d.paths[d.random.IntN(len(d.paths))]
	lines := d.lines[path]
	at := d.random.IntN(len(lines))
	switch d.random.IntN(10) {
	case 0: // a run, which quotes a document, and answers
		answer := strings.Builder{}
		for range d.answer {
			answer.WriteString(d.line())
		}
		text := fmt.Sprintf("---\nid: %026d\nmodel: qwen3:8b\n---\n\n# Prompt\n\n%s\n\n# Answer\n\n%s", number, strings.Join(lines, ""), answer.String())
		return []workflow.File{{Path: fmt.Sprintf("runs/2026-%02d/%026d.md", 1+number/2000%12, number), Content: []byte(text)}}
	case 1, 2: // some lines more, and some less
		fresh := []string{d.line(), d.line(), d.line()}
		lines = append(append(append([]string{}, lines[:at]...), fresh...), lines[min(at+3, len(lines)):]...)
	case 3, 4, 5: // a tick
		for i := range lines {
			if line := lines[(at+i)%len(lines)]; strings.HasPrefix(line, "- [") {
				mark := map[byte]string{' ': "x", 'x': " "}[line[3]]
				lines[(at+i)%len(lines)] = line[:3] + mark + line[4:]
				break
			}
		}
	default:
		lines[at] = d.line()
	}
	d.lines[path] = lines
	return []workflow.File{{Path: path, Content: []byte(strings.Join(lines, ""))}}
}
