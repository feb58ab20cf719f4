package markdown

import (
	"github.com/yuin/goldmark/ast"

	"plumbline/backend/workflow"
)

// Sections returns the headings of a text with what stands under them, in
// order. Text before the first heading is a section of level 0. Headings in
// code, quotes and lists do not count. Titles and points are plain text.
func Sections(src string) []workflow.Section {
	return parse(src).sections()
}

// headings returns the headings that divide the document.
func (d *document) headings() []*ast.Heading {
	headings := []*ast.Heading{}
	for n := d.root.FirstChild(); n != nil; n = n.NextSibling() {
		if h, ok := n.(*ast.Heading); ok {
			headings = append(headings, h)
		}
	}
	return headings
}

func (d *document) sections() []workflow.Section {
	sections := []workflow.Section{{Points: []workflow.Point{}, End: len(d.src)}}
	open := []int{0} // the sections that have not ended, by rising level
	for n := d.root.FirstChild(); n != nil; n = n.NextSibling() {
		heading, ok := n.(*ast.Heading)
		if !ok {
			last := &sections[len(sections)-1]
			last.Points = d.points(last.Points, n)
			continue
		}
		start := d.lineStart(d.start(heading))
		for n := len(open); n > 0; n-- {
			s := &sections[open[n-1]]
			if s.Level > 0 && s.Level < heading.Level {
				break
			}
			s.End, open = start, open[:n-1]
		}
		open = append(open, len(sections))
		sections = append(sections, workflow.Section{
			Level: heading.Level, Title: d.plain(heading), Points: []workflow.Point{},
			Start: start, Body: d.headingEnd(heading), End: len(d.src),
		})
	}
	if blank(d.src[:sections[0].End]) {
		sections = sections[1:]
	}
	for i := range sections {
		s := &sections[i]
		s.Start, s.Body, s.End = s.Start+d.skip, s.Body+d.skip, s.End+d.skip
	}
	return sections
}

// headingEnd returns the first byte after a heading and its underline, if it has one.
func (d *document) headingEnd(h *ast.Heading) int {
	start := d.start(h)
	if d.src[start] == '#' && (h.Lines().Len() == 0 || h.Lines().At(0).Start > start) {
		return d.lineEnd(start)
	}
	last := h.Lines().At(h.Lines().Len() - 1)
	return d.lineEnd(d.lineEnd(max(last.Start, last.Stop-1)))
}

// points adds the paragraphs and list items of a block.
func (d *document) points(points []workflow.Point, n ast.Node) []workflow.Point {
	switch n := n.(type) {
	case *ast.Paragraph:
		points = append(points, workflow.Point{Text: d.plain(n)})
	case *ast.List:
		points = d.itemPoints(points, n, 0)
	}
	return points
}

func (d *document) itemPoints(points []workflow.Point, list *ast.List, depth int) []workflow.Point {
	for item := list.FirstChild(); item != nil; item = item.NextSibling() {
		point := workflow.Point{Item: true, Depth: depth}
		if b := boxOf(item); b != nil {
			point.Task, point.Marked = true, b.marked
		}
		first := item.FirstChild()
		if first != nil && (first.Kind() == ast.KindTextBlock || first.Kind() == ast.KindParagraph) {
			point.Text = d.plain(first)
		}
		points = append(points, point)
		for n := first; n != nil; n = n.NextSibling() {
			if nested, ok := n.(*ast.List); ok {
				points = d.itemPoints(points, nested, depth+1)
			}
		}
	}
	return points
}

// blank reports whether a text holds nothing but white space.
func blank(src []byte) bool {
	for _, b := range src {
		if b != ' ' && b != '\t' && b != '\n' && b != '\r' {
			return false
		}
	}
	return true
}
