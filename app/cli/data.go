package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"plumbline/app/owner"
	"plumbline/backend/engine"
	"plumbline/backend/workflow"
)

type verifyCmd struct {
	Deep bool `help:"Read every object of every history, too. It takes longer."`
}

func (verifyCmd) Help() string {
	return "Looks for damage in the database and in the git histories, also while Plumbline is open, and in data that cannot be opened. Nothing is changed."
}

func (c *verifyCmd) Run(ctx context.Context, s *session) error {
	var checks []workflow.Check
	cl, err := s.connect(ctx)
	switch {
	case err == nil:
		err = cl.call(ctx, "Data/Verify", &checks, c.Deep)
	case isDamage(err):
		var opt engine.Options
		if opt, err = s.options(engine.DoorCommand); err == nil {
			checks, err = engine.Examine(ctx, opt, c.Deep)
		}
	}
	if err != nil {
		return err
	}
	return s.printChecks(checks)
}

// isDamage reports whether data could not be opened because something in it is wrong.
func isDamage(err error) bool {
	code := workflow.CodeOf(err)
	return code == workflow.Invalid || code == workflow.NotFound || code == workflow.Internal
}

// printChecks prints checks and fails when one of them has failed.
func (s *session) printChecks(checks []workflow.Check) error {
	err := s.print(checks, func(out *printer) {
		for _, c := range checks {
			out.line("%s %s  %s", checkMark(out, c.State), out.bold(clean(c.Title)), clean(c.Message))
			if c.Hint != "" && c.State != "ok" {
				out.line("    %s", out.dim(clean(c.Hint)))
			}
		}
	})
	if err == nil && slices.ContainsFunc(checks, func(c workflow.Check) bool { return c.State == "failed" }) {
		return quiet(exitFailed)
	}
	return err
}

type backupCmd struct {
	File string `arg:"" optional:"" help:"Where to write it; without, into the folder “backups” of the data folder."`
	List bool   `help:"List the backups in the data folder instead."`
}

func (backupCmd) Help() string {
	return "Writes the database and the history of every project into one file, and reads it back before it gets its name. Work goes on meanwhile. " +
		"Plumbline also makes one a day by itself while it is open; the settings dailyBackups and weeklyBackups say how many are kept."
}

func (backupCmd) examples() []string {
	return []string{"plumbline backup", "plumbline backup /media/stick/plumbline.zip", "plumbline backup --list"}
}

func (c *backupCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.connect(ctx)
	if err != nil {
		return err
	}
	if c.List {
		return s.listBackups(ctx, cl)
	}
	path, err := absolute(c.File)
	if err != nil {
		return err
	}
	var b workflow.Backup
	if err := cl.call(ctx, "Data/Backup", &b, path); err != nil {
		return err
	}
	return s.print(b, func(out *printer) {
		out.line("Everything is in %s, %s, and was read back.", clean(b.Path), fileSize(b.Size))
	})
}

func (s *session) listBackups(ctx context.Context, cl *client) error {
	var list []workflow.Backup
	if err := cl.call(ctx, "Data/Backups", &list); err != nil {
		return err
	}
	return s.print(list, func(out *printer) {
		if len(list) == 0 {
			out.line("There is no backup yet. Make one with: plumbline backup")
			return
		}
		var rows [][]string
		for _, b := range list {
			kind := map[bool]string{true: "by itself", false: "asked for"}[b.Auto]
			rows = append(rows, []string{ago(b.At), fileSize(b.Size), kind, clean(b.Path)})
		}
		out.table([]string{"MADE", "SIZE", "HOW", "FILE"}, rows)
	})
}

// absolute makes a path whole; an empty one stays empty.
func absolute(path string) (string, error) {
	if path == "" {
		return "", nil
	}
	whole, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("find %s: %w", path, err)
	}
	return whole, nil
}

func fileSize(n int64) string {
	if n < 1e6 {
		return fmt.Sprintf("%d KB", (n+999)/1000)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}

type exportCmd struct {
	Project string `arg:"" help:"The project."`
	File    string `arg:"" optional:"" help:"Where to write it; without, a file named by project and day in this folder."`
}

func (exportCmd) Help() string {
	return "Writes one project into a single file: its history as a git bundle, and what is not in it, such as drafts. “plumbline import” takes it in, here or on another machine."
}

func (exportCmd) examples() []string {
	return []string{"plumbline export book-club", "plumbline export book-club /media/stick/book-club.zip"}
}

func (c *exportCmd) Run(ctx context.Context, s *session) error {
	cl, o, err := s.project(ctx, c.Project)
	if err != nil {
		return err
	}
	if c.File == "" {
		c.File = o.Project.Slug + "-" + time.Now().Format(time.DateOnly) + ".zip"
	}
	path, err := absolute(c.File)
	if err != nil {
		return err
	}
	var b workflow.Backup
	if err := cl.call(ctx, "Data/Export", &b, o.Project.ID, path); err != nil {
		return err
	}
	return s.print(b, func(out *printer) {
		out.line("“%s” is in %s, %s.", clean(o.Project.Name), clean(b.Path), fileSize(b.Size))
		s.say("%s plumbline import %s, on the other machine", s.err.dim("next:"), filepath.Base(b.Path))
	})
}

type importCmd struct {
	File string `arg:"" help:"A file that “plumbline export” has written."`
	New  string `help:"Make it a project of its own, with this name." placeholder:"NAME"`
}

func (importCmd) Help() string {
	return "A project that is not here yet becomes one. One that is here gets what is new, if nothing has happened to it here since; if both have gone on, --new takes the file's in beside it."
}

func (importCmd) examples() []string {
	return []string{"plumbline import book-club-2026-11-25.zip", `plumbline import book-club.zip --new "Book club, as of Monday"`}
}

func (c *importCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.connect(ctx)
	if err != nil {
		return err
	}
	path, err := absolute(c.File)
	if err != nil {
		return err
	}
	var p workflow.Project
	if err := cl.call(ctx, "Data/Import", &p, path, c.New); err != nil {
		return err
	}
	return s.print(p, func(out *printer) {
		out.line("“%s” is here as %s.", clean(p.Name), p.Slug)
		s.say("%s plumbline status %s", s.err.dim("next:"), p.Slug)
	})
}

type maintainCmd struct{}

func (maintainCmd) Help() string {
	return "Merges the packs of the git histories and makes the database smaller now. While Plumbline is open it does that by itself when nobody works."
}

func (c *maintainCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.connect(ctx)
	if err != nil {
		return err
	}
	var done bool
	if err := cl.call(ctx, "Data/Maintain", &done); err != nil {
		return err
	}
	return s.print(map[string]bool{"done": done}, func(out *printer) { out.line("Everything is in good order.") })
}

// options are those for opening the data folder, or for working on it as a whole.
func (s *session) options(door string) (engine.Options, error) {
	dir, err := owner.DataDir(s.Getenv)
	if err != nil {
		return engine.Options{}, err
	}
	opt := engine.Options{Dir: dir, Version: s.Version, Door: door, Progress: s.progress}
	return owner.Careful(opt, s.Program), nil
}

// progress shows how far a long work is, on a terminal.
func (s *session) progress(sentence string) {
	if !s.json && s.err.term {
		s.err.text("\r\x1b[K" + s.err.dim(clean(sentence)+" …"))
		s.shown = true
	}
}

// whole does something to the data folder that nobody may have open meanwhile.
func (s *session) whole(ctx context.Context, do func(context.Context, engine.Options) (workflow.Repaired, error), nothing string) error {
	opt, err := s.options(engine.DoorCommand)
	if err != nil {
		return err
	}
	if p, err := owner.Dial(ctx, opt.Dir); err == nil {
		return taken(p)
	}
	report, err := do(ctx, opt)
	if s.shown {
		s.err.text("\r\x1b[K")
	}
	if err != nil {
		return err
	}
	err = s.print(report, func(out *printer) {
		for _, line := range report.Done {
			out.line("%s %s", out.green("✓"), clean(line))
		}
		for _, line := range report.Lost {
			out.line("%s Lost: %s", out.red("✗"), clean(line))
		}
		if len(report.Done)+len(report.Lost) == 0 {
			out.line("%s", nothing)
		}
	})
	if err == nil && len(report.Lost) > 0 {
		return quiet(exitFailed)
	}
	return err
}

type restoreCmd struct {
	File string `arg:"" help:"A backup that Plumbline has written."`
}

func (restoreCmd) Help() string {
	return "Puts a backup in the place of everything that is here now. What was here is kept beside it, under another name. Close Plumbline first."
}

func (c *restoreCmd) Run(ctx context.Context, s *session) error {
	path, err := absolute(c.File)
	if err != nil {
		return err
	}
	return s.whole(ctx, func(ctx context.Context, opt engine.Options) (workflow.Repaired, error) {
		return engine.Restore(ctx, opt, path)
	}, "")
}

type repairCmd struct{}

func (repairCmd) Help() string {
	return "Puts damaged data right: the database from the git histories, the histories from the database. What is damaged is kept under another name, and what could not be saved is named; then it ends with 1. Close Plumbline first."
}

func (c *repairCmd) Run(ctx context.Context, s *session) error {
	return s.whole(ctx, engine.Repair, "Nothing is damaged.")
}

type rebuildCmd struct{}

func (rebuildCmd) Help() string {
	return "Makes a database that is lost anew from the git histories. Drafts and settings do not come back. When there is a database, “plumbline repair” is the way."
}

func (c *rebuildCmd) Run(ctx context.Context, s *session) error {
	return s.whole(ctx, engine.Rebuild, "")
}

// examineCmd and salvageCmd are called by Plumbline itself, see owner.Careful.
type examineCmd struct {
	File string `arg:""`
}

func (c *examineCmd) Run(ctx context.Context, s *session) error {
	if err := engine.ExamineFile(ctx, c.File); err != nil {
		return err
	}
	return writeJSON(s.Stdout, struct{}{})
}

type salvageCmd struct {
	From string `arg:""`
	To   string `arg:""`
}

func (c *salvageCmd) Run(ctx context.Context, s *session) error {
	saved, err := engine.SalvageFile(ctx, c.From, c.To)
	if err != nil {
		return err
	}
	return writeJSON(s.Stdout, saved)
}
