package engine

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"plumbline/backend/markdown"
	"plumbline/backend/workflow"
)

const (
	// maxHits bounds the sections that a search lists, maxRanges the runs of versions of each.
	maxHits   = 200
	maxRanges = 50
	// searchStep is how many versions are looked at between two words of progress.
	searchStep = 64
	// excerptLength is how much of a passage is shown, in bytes.
	excerptLength = 200
)

// Search looks for words in every version of the documents of a project, and
// tells where they stand and in which versions they stood, the documents changed
// last first. tell is told of the progress again and again; it may be nil. A
// text that has not changed between versions is read once.
func (e *Engine) Search(ctx context.Context, projectID string, q workflow.SearchQuery, tell func(workflow.SearchProgress)) (workflow.SearchResult, error) {
	result := workflow.SearchResult{Terms: []string{}, Hits: []workflow.SearchHit{}}
	terms, err := workflow.SearchTerms(q.Words)
	if err != nil {
		return result, err
	}
	result.Terms = terms
	artifacts, err := e.searched(ctx, projectID, q.Path)
	if err != nil {
		return result, err
	}
	progress := workflow.SearchProgress{Hits: []workflow.SearchHit{}}
	for _, a := range artifacts {
		progress.Total += a.Current.Number
	}
	for _, a := range artifacts {
		s := newSearching(a, terms)
		err := e.walk(ctx, projectID, a.Path, a.Current.Number+1, func(v workflow.Version) (bool, error) {
			if progress.Done++; tell != nil && progress.Done%searchStep == 0 {
				tell(progress)
				progress.Hits = []workflow.SearchHit{}
			}
			if v.BasisHash == s.newer.BasisHash {
				s.same(v)
				return true, nil
			}
			body, err := e.text(ctx, projectID, a.Path, v.Number)
			if err != nil {
				return false, err
			}
			s.look(v, body)
			return true, nil
		})
		if err != nil {
			return result, err
		}
		room := min(len(s.hits), maxHits-len(result.Hits))
		result.More = result.More || s.more || room < len(s.hits)
		result.Hits, progress.Hits = append(result.Hits, s.hits[:room]...), append(progress.Hits, s.hits[:room]...)
	}
	result.Versions = progress.Done
	return result, nil
}

// searched returns the artifacts to search, the one changed last first.
func (e *Engine) searched(ctx context.Context, projectID, path string) ([]workflow.Artifact, error) {
	list, err := e.Artifacts(ctx, projectID)
	if err != nil {
		return nil, err
	}
	if path != "" {
		list = slices.DeleteFunc(list, func(a workflow.Artifact) bool { return a.Path != path })
		if len(list) == 0 {
			return nil, noDocument(path)
		}
	}
	slices.SortStableFunc(list, func(a, b workflow.Artifact) int { return b.Current.At.Compare(a.Current.At) })
	return list, nil
}

// searching is a search through the versions of one artifact, newest first.
type searching struct {
	artifact  workflow.Artifact
	terms     []string
	newer     workflow.Version // the one looked at before
	hits      []workflow.SearchHit
	bySection map[string]int
	more      bool
}

func newSearching(a workflow.Artifact, terms []string) *searching {
	return &searching{artifact: a, terms: terms, bySection: map[string]int{}}
}

// same takes a version whose text is that of the newer one.
func (s *searching) same(v workflow.Version) {
	for i := range s.hits {
		if last := &s.hits[i].Ranges[len(s.hits[i].Ranges)-1]; last.From == s.newer.Number {
			last.From, last.FromAt = v.Number, v.At
		}
	}
	s.newer = v
}

// look takes a version with a text of its own.
func (s *searching) look(v workflow.Version, body string) {
	if s.may(body) {
		seen := map[string]bool{}
		for _, p := range markdown.Passages(body) {
			if lower := strings.ToLower(strings.Join(strings.Fields(p.Words), " ")); !seen[p.Section] && containsAll(lower, s.terms) {
				seen[p.Section] = true
				s.found(v, p)
			}
		}
	}
	s.newer = v
}

// may reports whether a text holds every word that is looked for, wherever.
func (s *searching) may(body string) bool {
	lower := strings.ToLower(body)
	for _, term := range s.terms {
		if !containsAll(lower, strings.Fields(term)) {
			return false
		}
	}
	return true
}

func containsAll(text string, terms []string) bool {
	for _, term := range terms {
		if !strings.Contains(text, term) {
			return false
		}
	}
	return true
}

// found notes that the words stand in a passage of a version.
func (s *searching) found(v workflow.Version, p markdown.Passage) {
	at, known := s.bySection[p.Section]
	if !known {
		if len(s.hits) == maxHits {
			s.more = true
			return
		}
		at = len(s.hits)
		s.bySection[p.Section] = at
		s.hits = append(s.hits, workflow.SearchHit{Path: v.Path, Title: s.artifact.Title, Section: p.Section, Ranges: []workflow.SearchRange{}})
	}
	hit := &s.hits[at]
	if n := len(hit.Ranges); n > 0 && hit.Ranges[n-1].From == s.newer.Number {
		hit.Ranges[n-1].From, hit.Ranges[n-1].FromAt = v.Number, v.At
		return
	}
	if len(hit.Ranges) == maxRanges {
		s.more = true
		return
	}
	hit.Ranges = append(hit.Ranges, workflow.SearchRange{
		From: v.Number, FromAt: v.At, To: v.Number, ToAt: v.At, Current: v.Number == s.artifact.Current.Number,
		Line: p.Line, Excerpt: excerpt(said(p), s.terms),
	})
}

// said returns the words of a passage without the marks it begins with.
func said(p markdown.Passage) string {
	switch p.Kind {
	case workflow.PassageItem:
		return strings.TrimPrefix(strings.TrimPrefix(p.Words, "- "), "[ ] ")
	case workflow.PassageHeading:
		return strings.TrimLeft(p.Words, "# ")
	}
	return p.Words
}

// excerpt returns a part of a text around the first term, with what was found marked.
func excerpt(text string, terms []string) []workflow.Excerpt {
	text = strings.Join(strings.Fields(text), " ")
	lower := strings.ToLower(text)
	if len(lower) != len(text) { // in some scripts letters change their length
		return []workflow.Excerpt{{Text: cutText(text, excerptLength)}}
	}
	first := len(text)
	for _, term := range terms {
		if at := strings.Index(lower, term); at >= 0 {
			first = min(first, at)
		}
	}
	from, to := window(text, first)
	parts := []workflow.Excerpt{}
	add := func(part string, found bool) {
		if part != "" {
			parts = append(parts, workflow.Excerpt{Text: part, Found: found})
		}
	}
	if from > 0 {
		add("… ", false)
	}
	for from < to {
		at, length := nextTerm(lower[from:to], terms)
		add(text[from:from+at], false)
		add(text[from+at:from+at+length], true)
		from += at + length
	}
	if to < len(text) {
		add(" …", false)
	}
	return parts
}

// nextTerm returns where the first term of a text is; behind its end when there is none.
func nextTerm(lower string, terms []string) (at, length int) {
	at = len(lower)
	for _, term := range terms {
		if i := strings.Index(lower, term); i >= 0 && cmp.Or(cmp.Compare(i, at), cmp.Compare(length, len(term))) < 0 {
			at, length = i, len(term)
		}
	}
	return at, length
}

// window returns a part of a text around a place, cut at words where there are any.
func window(text string, at int) (from, to int) {
	if from = max(0, at-excerptLength/3); from > 0 {
		if space := strings.IndexByte(text[from:at], ' '); space >= 0 {
			from += space + 1
		}
	}
	if to = min(len(text), from+excerptLength); to < len(text) {
		if space := strings.LastIndexByte(text[at:to], ' '); space > 0 {
			to = at + space
		}
	}
	for from < at && !utf8.RuneStart(text[from]) {
		from++
	}
	for to < len(text) && !utf8.RuneStart(text[to]) {
		to++
	}
	return from, to
}
