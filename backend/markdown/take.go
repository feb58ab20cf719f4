package markdown

import "strings"

// TakeSection brings a section of an old text back into the current one: the
// heading at a line and what is under it. It takes the place of the section that
// it became. One that is gone is put where it belongs by the order of the old
// text: behind the section it followed, else before the one that followed it,
// else at the end of the section around it. The rest stays as it is. ok is false
// when no heading is at the line.
func TakeSection(current, old string, line int) (merged, title string, ok bool) {
	a, b := parts(old), parts(current)
	at := -1
	for i, p := range a.list {
		if p.level > 0 && p.from+1 == line {
			at = i
		}
	}
	if at < 0 {
		return "", "", false
	}
	pairs := a.pair(b)
	from, to := 0, 0
	if j := pairs[at]; j > 0 {
		from, to = b.offset(j), b.offset(b.below(j))
	} else {
		from = a.place(b, pairs, at)
		to = from
	}
	start, end := a.offset(at), a.offset(a.below(at))
	section := &chunk{text: strings.TrimPrefix(old[start:end], byteOrderMark), source: &old, end: end, last: end == len(old)}
	joint := joint{}
	joint.add(&chunk{text: current[:from], source: &current, end: from, last: from == len(current)})
	joint.add(section)
	if to == len(current) {
		merged = strings.TrimRight(joint.String(), "\r\n") + ending(current, old)
	} else {
		joint.add(&chunk{text: current[to:], source: &current, end: len(current), last: true})
		merged = joint.String()
	}
	return merged, plainTitle(a.list[at].title), true
}

// ending returns how the last line ends.
func ending(current, old string) string {
	if strings.Contains(current+old, "\r\n") {
		return "\r\n"
	}
	return "\n"
}

// offset returns the byte at which a part begins; that of the part after the last is the end.
func (p partList) offset(i int) int {
	if i == len(p.list) {
		return p.size
	}
	return p.starts[p.list[i].from]
}

// below returns the number of the first part that is not under this one.
func (p partList) below(i int) int {
	for j := i + 1; j < len(p.list); j++ {
		if p.list[j].level <= p.list[i].level {
			return j
		}
	}
	return len(p.list)
}

// parent returns the part around this one; 0, the beginning of the text, for none.
func (p partList) parent(i int) int {
	for j := i - 1; j > 0; j-- {
		if p.list[j].level < p.list[i].level {
			return j
		}
	}
	return 0
}

// place returns where in the current text a part of the old one belongs that is not there.
func (p partList) place(current partList, pairs pairing, at int) int {
	around := p.parent(at)
	for i := at - 1; i > around; i-- {
		if p.parent(i) == around && pairs[i] > 0 {
			return current.offset(current.below(pairs[i]))
		}
	}
	for i := p.below(at); i < len(p.list) && p.parent(i) == around; i = p.below(i) {
		if pairs[i] > 0 {
			return current.offset(pairs[i])
		}
	}
	switch {
	case around == 0:
		return current.size
	case pairs[around] > 0:
		return current.offset(current.below(pairs[around]))
	}
	return p.place(current, pairs, around)
}

// Heading is a heading of a text by its line.
type Heading struct {
	Title string
	Level int
	Line  int // from 1
}

// Headings returns the headings of a text whose sections TakeSection can take.
func Headings(src string) []Heading {
	list := []Heading{}
	for _, p := range parts(src).list[1:] {
		list = append(list, Heading{Title: plainTitle(p.title), Level: p.level, Line: p.from + 1})
	}
	return list
}
