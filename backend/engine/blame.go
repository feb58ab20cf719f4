package engine

import (
	"context"
	"sort"
	"strings"
	"unicode/utf8"

	"plumbline/backend/markdown"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// blameText is how much of a passage a blame shows, in characters.
const blameText = 120

// maxTrace is how many different texts are read for one blame: a few seconds' worth.
const maxTrace = 5000

// Blame says of every passage of a version who wrote it last: a person, or a
// model with its run and prompt. Number 0 means the current version. It goes
// through older versions, newest first, until every passage is explained.
func (e *Engine) Blame(ctx context.Context, projectID, path string, number int) (workflow.Blame, error) {
	blame := workflow.Blame{Passages: []workflow.Passage{}, Origins: []workflow.Origin{}}
	current, err := e.headOf(projectID, path)
	if err != nil {
		return blame, err
	}
	blame.Version = current
	if number != 0 && number != current.Number {
		err = e.store.View(func(tx *store.Tx) (err error) {
			blame.Version, err = versionOf(tx, projectID, path, number)
			return err
		})
		if err != nil {
			return blame, err
		}
	}
	body, err := e.text(ctx, projectID, path, blame.Version.Number)
	if err != nil {
		return blame, err
	}
	passages := markdown.Passages(body)
	known, ok := e.blames.of(blame.Version)
	if !ok {
		known.sums = sumsOf(passages)
		if known.wrote, known.since, err = e.trace(ctx, blame.Version, known.sums, maxTrace); err != nil {
			return blame, err
		}
		e.blames.keep(blame.Version, known)
	}
	blame.Since = known.since
	return blame, e.explain(&blame, passages, known.wrote)
}

// trace finds for each passage of a version the number of the one that wrote it
// last, and the oldest version that was looked at: texts is the most it reads.
func (e *Engine) trace(ctx context.Context, v workflow.Version, sums []passageSum, texts int) (wrote []int, since int, err error) {
	t := newTracing(v, sums)
	err = e.walk(ctx, v.ProjectID, v.Path, v.Number, func(older workflow.Version) (bool, error) {
		if older.BasisHash == t.newer.BasisHash { // nothing but ticks, or not even that
			t.same(older)
			return true, nil
		}
		if known, ok := e.blames.of(older); ok {
			since = known.since
			return t.look(older, known.sums, known.wrote), nil
		}
		if texts--; texts < 0 {
			return false, nil
		}
		body, err := e.text(ctx, v.ProjectID, v.Path, older.Number)
		if err != nil {
			return false, err
		}
		return t.look(older, sumsOf(markdown.Passages(body)), nil), nil
	})
	if since == 0 || since > t.newer.Number {
		since = t.newer.Number
	}
	return t.since, since, err
}

// explain fills in what the passages of a blame come from.
func (e *Engine) explain(blame *workflow.Blame, passages []markdown.Passage, wrote []int) error {
	return e.store.View(func(tx *store.Tx) error {
		o := origins{tx: tx, blame: blame, known: map[originKey]int{}, answers: map[string]map[uint64]bool{}}
		for i, p := range passages {
			origin, err := o.of(wrote[i], p)
			if err != nil {
				return err
			}
			blame.Passages = append(blame.Passages, workflow.Passage{
				Kind: p.Kind, Line: p.Line, Lines: p.Lines, Text: cutText(p.Words, blameText), Origin: origin,
			})
		}
		o.sort()
		return nil
	})
}

// originKey tells the origins of passages apart: a version, and whether the words
// are those of a model.
type originKey struct {
	number int
	model  bool
}

// origins collects what the passages of a blame come from.
type origins struct {
	tx      *store.Tx
	blame   *workflow.Blame
	known   map[originKey]int
	answers map[string]map[uint64]bool // the passages of answers, by run
}

// of returns the index of the origin of a passage that a version wrote.
func (o *origins) of(number int, p markdown.Passage) (int, error) {
	v, err := o.tx.Version(o.blame.Version.ProjectID, o.blame.Version.Path, number)
	if err != nil {
		return 0, err
	}
	origin := workflow.Origin{Author: v.Author, Version: v}
	model, err := o.answered(v, p)
	if err != nil {
		return 0, err
	}
	key := originKey{number, model}
	if index, ok := o.known[key]; ok {
		return index, nil
	}
	if model {
		run, err := o.tx.Run(v.RunID)
		switch {
		case err == nil:
			origin.Author, origin.RunID = modelAuthor(run), run.ID
			origin.PromptID, origin.PromptRevision = run.PromptID, run.PromptRevision
		case workflow.CodeOf(err) != workflow.NotFound: // else damage has taken it
			return 0, err
		}
	}
	o.known[key] = len(o.blame.Origins)
	o.blame.Origins = append(o.blame.Origins, origin)
	return o.known[key], nil
}

// answered reports whether a passage is as the answer that a version took it
// from has it. What a person edited while accepting is that person's.
func (o *origins) answered(v workflow.Version, p markdown.Passage) (bool, error) {
	if v.RunID == "" || v.Author.Kind == workflow.Model {
		return v.RunID != "", nil
	}
	if o.answers[v.RunID] == nil {
		answer, err := o.tx.RunText(v.RunID, "answer")
		if err != nil {
			return false, err
		}
		o.answers[v.RunID] = map[uint64]bool{}
		for _, s := range sumsOf(markdown.Passages(answer)) {
			o.answers[v.RunID][s.words] = true
		}
	}
	return o.answers[v.RunID][p.Sum()], nil
}

// sort puts the newest origin first.
func (o *origins) sort() {
	order := make([]int, len(o.blame.Origins))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(i, j int) bool {
		return o.blame.Origins[order[i]].Version.Number > o.blame.Origins[order[j]].Version.Number
	})
	sorted, place := make([]workflow.Origin, len(order)), make([]int, len(order))
	for to, from := range order {
		sorted[to], place[from] = o.blame.Origins[from], to
	}
	o.blame.Origins = sorted
	for i := range o.blame.Passages {
		o.blame.Passages[i].Origin = place[o.blame.Passages[i].Origin]
	}
}

// cutText returns the beginning of a text on one line.
func cutText(text string, max int) string {
	text = strings.Join(strings.Fields(text), " ")
	if utf8.RuneCountInString(text) <= max {
		return text
	}
	return strings.TrimRight(string([]rune(text)[:max-1]), " ") + "…"
}
