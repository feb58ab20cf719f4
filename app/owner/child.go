package owner

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"

	"plumbline/backend/engine"
	"plumbline/backend/workflow"
)

// The arguments by which a program is asked to do in a process of its own what a
// damaged database may not survive.
const (
	ExamineCommand = "examine-database"
	SalvageCommand = "salvage-database"
)

// Careful completes options so that a database which may be damaged is read in a
// process of its own, by program, which must know the commands above.
func Careful(opt engine.Options, program string) engine.Options {
	opt.Examine = func(ctx context.Context, path string) error {
		return child(ctx, path, new(json.RawMessage), program, ExamineCommand, path)
	}
	opt.Salvage = func(ctx context.Context, from, to string) (saved engine.Salvaged, err error) {
		return saved, child(ctx, from, &saved, program, SalvageCommand, from, to)
	}
	return opt
}

// child runs a program that prints JSON: a result, or, on standard error, a
// workflow.Error. When it crashes, the database at path is to blame.
func child(ctx context.Context, path string, out any, program string, args ...string) error {
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, program, append(args, "--json")...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		if err := json.Unmarshal(stdout.Bytes(), out); err != nil {
			return fmt.Errorf("read what %s says: %w", args[0], err)
		}
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case !errors.As(err, &exit):
		return fmt.Errorf("start %s: %w", args[0], err)
	}
	told := &workflow.Error{}
	if json.Unmarshal(stderr.Bytes(), told) == nil && told.Code != "" {
		return told
	}
	crashed := workflow.Errorf(workflow.Invalid, "The database %s is damaged: reading it ended the program that tried.", path).
		WithHint("“plumbline repair” saves what can be read; “plumbline restore FILE” puts a backup in its place.")
	crashed.Err = fmt.Errorf("%w: %s", err, bytes.TrimSpace(stderr.Bytes()[:min(stderr.Len(), 4<<10)]))
	return crashed
}
