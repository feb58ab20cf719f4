package engine

import (
	"context"
	"slices"
	"strings"
	"time"

	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// factsKey names the facts of a project among the variables of its phases.
const factsKey = "project_facts"

// The facts with a meaning of their own.
const (
	packFact   = "pack"   // id of the domain pack
	launchFact = "launch" // date
)

// factNames lists what a project can say of itself, see CATALOGUE §6.
func factNames() []string {
	return []string{"stack", "modules", "schema", "auth", "constraints", "branching", "secrets", "alerts", "environments",
		"slos", "kpis", launchFact, "volume", "conventions", packFact}
}

// Facts returns what a project says of itself, by the names of its facts.
func (e *Engine) Facts(_ context.Context, projectID string) (facts map[string]string, err error) {
	err = e.store.View(func(tx *store.Tx) error {
		if _, err := e.outline(tx, projectID); err != nil {
			return err
		}
		facts, err = tx.Variables(projectID, factsKey)
		return err
	})
	return facts, err
}

// SetFact changes one fact of a project; an empty value forgets it.
func (e *Engine) SetFact(ctx context.Context, projectID, name, value string) (map[string]string, error) {
	value = strings.TrimSpace(value)
	if err := e.checkFact(name, value); err != nil {
		return nil, err
	}
	err := e.change(projectID, e.person(), "Note a fact of the project: "+name, func(w *write) error {
		old, err := w.tx.Variables(projectID, factsKey)
		if err != nil {
			return err
		}
		merged, same := merge(old, map[string]string{name: value})
		w.idle = same
		if err := w.tx.PutVariables(projectID, factsKey, merged); err != nil {
			return err
		}
		p, err := w.tx.Project(projectID)
		if err != nil || projectID == workflow.LibraryID {
			return err
		}
		return e.pages(w.tx, p)
	})
	if err != nil {
		return nil, err
	}
	return e.Facts(ctx, projectID)
}

func (e *Engine) checkFact(name, value string) error {
	if !slices.Contains(factNames(), name) {
		return workflow.Errorf(workflow.NotFound, "A project has no fact “%s”.", name).
			WithHint("There are %s.", strings.Join(factNames(), ", "))
	}
	if err := checkText("“"+name+"”", value, MaxVariable, "Shorten it, or keep it in a document."); err != nil {
		return err
	}
	if value == "" {
		return nil
	}
	switch name {
	case launchFact:
		if _, err := time.Parse(time.DateOnly, value); err != nil {
			return workflow.Errorf(workflow.Invalid, "“%s” is not a date; one such as 2030-01-31 is expected.", value).
				WithHint("Year, month and day, with dashes.")
		}
	case packFact:
		if _, ok := e.lib().Pack(value); !ok {
			return workflow.Errorf(workflow.NotFound, "There is no domain pack “%s” in the library.", value).
				WithHint("A pack is a file in the folder “packs” of the library.")
		}
	}
	return nil
}
