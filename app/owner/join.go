package owner

import (
	"context"
	"errors"
	"time"

	"plumbline/backend/engine"
	"plumbline/backend/workflow"
)

const (
	// joinPatience is how long Join waits for a process that is just opening or closing the data.
	joinPatience = 5 * time.Second
	joinInterval = 20 * time.Millisecond
)

// Join opens the data folder, or finds the process that has it open: exactly
// one of engine and owner is returned. An owner of another version is refused.
func Join(ctx context.Context, opt engine.Options) (*engine.Engine, *Process, error) {
	deadline := time.Now().Add(joinPatience)
	for {
		owner, err := Dial(ctx, opt.Dir)
		if err == nil {
			return nil, owner, sameVersion(owner.Info, opt.Version)
		}
		if !errors.Is(err, ErrNobody) {
			return nil, nil, err
		}
		e, err := engine.Open(ctx, opt)
		if err == nil {
			return e, nil, nil
		}
		if workflow.CodeOf(err) != workflow.Conflict || time.Now().After(deadline) {
			return nil, nil, err
		}
		select {
		case <-ctx.Done():
			return nil, nil, ctx.Err()
		case <-time.After(joinInterval):
		}
	}
}

func sameVersion(owner workflow.OwnerInfo, version string) error {
	if owner.Version == version {
		return nil
	}
	return workflow.Errorf(workflow.Conflict, "Plumbline %s has the data open, and this is version %s.", owner.Version, version).
		WithHint("Close the other one, or use the same version.")
}
