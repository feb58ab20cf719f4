package engine

import (
	"context"

	"plumbline/backend/prompt"
	"plumbline/backend/workflow"
)

// searchLimit is more than anybody looks through.
const searchLimit = 200

// SearchPrompts finds prompts by words, the best first.
func (e *Engine) SearchPrompts(_ context.Context, query string) ([]workflow.PromptHit, error) {
	if err := e.isOpen(); err != nil {
		return []workflow.PromptHit{}, err
	}
	hits := []workflow.PromptHit{}
	for _, h := range e.shelf.index().Search(query, searchLimit, e.uses.counts()) {
		hit := workflow.PromptHit{ID: h.ID, Title: []int{}, Summary: []int{}}
		for _, r := range h.Ranges {
			switch r.Field {
			case prompt.FieldTitle:
				hit.Title = append(hit.Title, r.Start, r.End)
			case prompt.FieldSummary:
				hit.Summary = append(hit.Summary, r.Start, r.End)
			}
		}
		hits = append(hits, hit)
	}
	return hits, nil
}

// searchCards are what can be found of prompts.
func searchCards(all []prompt.Prompt) []prompt.Card {
	cards := make([]prompt.Card, len(all))
	for i, p := range all {
		cards[i] = p.Card()
	}
	return cards
}

// tokens estimates the text of a prompt. What was estimated once is kept.
func (s *shelf) tokens(p prompt.Prompt) int {
	if n, ok := s.estimates.Load(p.Revision); ok {
		return n.(int)
	}
	n := prompt.EstimateTokens(p.Body)
	s.estimates.Store(p.Revision, n)
	return n
}

// index returns the index of the library for searches, made anew when the library has changed.
func (s *shelf) index() *prompt.Index {
	s.indexing.Lock()
	defer s.indexing.Unlock()
	if lib := s.lib.Load(); s.indexed != lib {
		s.indexed, s.indexOf = lib, prompt.NewIndex(searchCards(lib.Prompts()))
	}
	return s.indexOf
}
