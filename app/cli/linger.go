package cli

import (
	"context"
	"slices"

	"plumbline/backend/workflow"
)

// linger keeps the data open until the runs have ended that others have started
// through this process. The user can stop that by ending ctx.
func (s *session) linger(ctx context.Context) error {
	if ctx.Err() != nil {
		return nil
	}
	events, err := s.client.events(ctx)
	if err != nil {
		return err
	}
	defer events.close()
	for said := false; ; said = true {
		busy, err := s.busy(ctx)
		if err != nil || !busy {
			return err
		}
		if !said {
			s.say("%s another command runs a prompt through this one; it ends with it. Ctrl C stops both.", s.err.dim("waiting:"))
		}
		for e := (workflow.Event{}); e.Run == nil || !e.Run.State.Ended(); {
			if e, err = events.next(); err != nil {
				return err
			}
		}
	}
}

// busy reports whether any run is being written.
func (s *session) busy(ctx context.Context) (bool, error) {
	all, err := s.overviews(ctx)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(all, func(o workflow.Overview) bool {
		return slices.ContainsFunc(o.Phases, func(p workflow.PhaseStatus) bool {
			return p.RunState == workflow.RunQueued || p.RunState == workflow.RunRunning
		})
	}), nil
}
