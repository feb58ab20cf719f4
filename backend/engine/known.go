package engine

import (
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// curve is what the rounds of a phase have found.
func (e *Engine) curve(_ *store.Tx, _ picture, _ workflow.Phase) (workflow.LedgerCurve, error) {
	return workflow.LedgerCurve{Rounds: []workflow.LedgerRound{}}, nil
}

// unresolved lists the findings that are open, each in a line.
func (e *Engine) unresolved(_ *store.Tx, _ picture) []string { return nil }
