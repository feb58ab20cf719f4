package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// The states of a check.
const (
	checkOK      = "ok"
	checkWarning = "warning"
	checkFailed  = "failed"
)

// Doctor checks what is installed, reachable and writable, and says what to do
// about what is not.
func (e *Engine) Doctor(ctx context.Context) ([]workflow.Check, error) {
	return []workflow.Check{
		e.checkFolder(), e.checkDatabase(), e.checkHistory(ctx), e.checkBackups(ctx), e.checkSettings(), e.checkLibrary(), e.checkModels(ctx), checkGit(),
	}, nil
}

// DoctorOutside is what can be checked without the data, which could not be
// opened because of cause.
func DoctorOutside(cause error) []workflow.Check {
	e := workflow.Describe(cause)
	return []workflow.Check{{ID: "data", Title: "Data", State: checkFailed, Message: e.Message, Hint: e.Hint}, checkGit()}
}

func (e *Engine) checkFolder() workflow.Check {
	c := workflow.Check{ID: "folder", Title: "Data folder", State: checkOK, Message: e.opt.Dir}
	if err := tryToWrite(e.opt.Dir); err != nil {
		c.State, c.Message = checkFailed, fmt.Sprintf("%s cannot be written: %v", e.opt.Dir, err)
		c.Hint = "Make room on its disk, give yourself the right to write there, or set PLUMBLINE_HOME to another folder."
	}
	return c
}

// doctorsBite is how many bytes there has to be room for. An empty file can be
// made on a disk that is full.
const doctorsBite = 64 << 10

// tryToWrite writes a file into a folder and takes it away again.
func tryToWrite(dir string) error {
	f, err := os.CreateTemp(dir, ".doctor-*")
	if err != nil {
		return err
	}
	_, err = f.Write(make([]byte, doctorsBite))
	if err == nil {
		err = f.Sync() // where some disks notice first
	}
	if path := (*fs.PathError)(nil); errors.As(err, &path) { // which names the file in the folder
		err = path.Err
	}
	return errors.Join(err, f.Close(), os.Remove(f.Name()))
}

func (e *Engine) checkDatabase() workflow.Check {
	c := workflow.Check{ID: "database", Title: "Database", State: checkOK}
	projects, versions := 0, 0
	err := e.store.View(func(tx *store.Tx) error {
		list, err := tx.Projects()
		if err != nil {
			return err
		}
		projects = len(list)
		for _, p := range list {
			pic, err := e.picture(tx, p.ID)
			if err != nil {
				return err
			}
			for _, v := range pic.heads {
				versions += v.Number
			}
		}
		return nil
	})
	if err != nil {
		c.State, c.Message = checkFailed, workflow.Describe(err).Message
		c.Hint = "Copy the data folder to a safe place before anything else. The git histories in it hold every version."
		return c
	}
	c.Message = fmt.Sprintf("%s with %d versions, read without errors", workflow.Plural(projects, "project", "projects"), versions)
	return c
}

// checkHistory compares what the database believes of git with what is there.
func (e *Engine) checkHistory(ctx context.Context) workflow.Check {
	c := workflow.Check{ID: "history", Title: "Git history", State: checkOK, Message: "Every version is in git."}
	fail := func(message string) workflow.Check {
		c.State, c.Message = checkFailed, message
		c.Hint = "Everything you saved is in the database. Plumbline writes the history anew with the next change."
		return c
	}
	if err := e.drainer.flush(ctx); err != nil {
		return fail(workflow.Describe(err).Message)
	}
	var projects []workflow.Project
	if err := e.store.View(func(tx *store.Tx) (err error) {
		projects, err = tx.Projects()
		return err
	}); err != nil {
		return fail(workflow.Describe(err).Message)
	}
	for _, p := range projects {
		want, err := e.store.GitHead(p.ID)
		if err != nil {
			return fail(workflow.Describe(err).Message)
		}
		tip, err := e.history.Tip(ctx, p.ID)
		if err != nil {
			return fail(workflow.Describe(err).Message)
		}
		if tip != want {
			return fail(fmt.Sprintf("The history of %s is at commit %.10s; %.10s was expected.", p.Name, tip, want))
		}
	}
	return c
}

// staleBackup is how old the newest backup may be before somebody should make one.
const staleBackup = 7 * 24 * time.Hour

// checkBackups looks at the newest backup in the data folder.
func (e *Engine) checkBackups(ctx context.Context) workflow.Check {
	c := workflow.Check{ID: "backups", Title: "Backups", State: checkOK}
	list, err := e.Backups(ctx)
	projects, projectsErr := e.projectList()
	old := func(at time.Time) bool { return e.opt.Now().Sub(at) > staleBackup }
	switch {
	case err != nil || projectsErr != nil:
		c.State, c.Message = checkWarning, workflow.Describe(errors.Join(err, projectsErr)).Message
		c.Hint = "Check that you may read the data folder."
	case len(list) == 0 && slices.ContainsFunc(projects, func(p workflow.Project) bool { return old(p.CreatedAt) }):
		c.State, c.Message = checkWarning, "There is no backup in the data folder yet."
		c.Hint = "“plumbline backup” makes one. While Plumbline is open it makes one a day by itself."
	case len(list) == 0:
		c.Message = "None yet. Plumbline makes one a day while it is open."
	case old(list[0].At):
		c.State, c.Message = checkWarning, fmt.Sprintf("The newest backup is of %s.", day(list[0].At))
		c.Hint = "“plumbline backup” makes a new one."
	default:
		c.Message = fmt.Sprintf("%s, the newest of %s", workflow.Plural(len(list), "backup", "backups"), moment(list[0].At))
	}
	return c
}

func (e *Engine) checkSettings() workflow.Check {
	e.mu.Lock()
	defer e.mu.Unlock()
	c := workflow.Check{ID: "settings", Title: "Settings", State: checkOK, Message: "Read without errors."}
	if e.settingsProblem != nil {
		c.State, c.Message, c.Hint = checkWarning, workflow.Describe(e.settingsProblem).Message, settingsHint
	}
	return c
}

func (e *Engine) checkLibrary() workflow.Check {
	c := workflow.Check{ID: "library", Title: "Prompt library", State: checkOK}
	c.Message = fmt.Sprintf("%s, %s", workflow.Plural(len(e.lib().Prompts()), "prompt", "prompts"), workflow.Plural(len(e.lib().Workflows()), "workflow", "workflows"))
	if problems := e.lib().Problems(); len(problems) > 0 && !problems[0].Doubt {
		c.State, c.Message, c.Hint = checkWarning, workflow.Describe(problems[0]).Message, "The rest of the library is loaded."
	}
	return c
}

func (e *Engine) checkModels(ctx context.Context) workflow.Check {
	c := workflow.Check{ID: "models", Title: "Local models", State: checkOK}
	status, err := e.Models(ctx, true)
	switch {
	case err != nil:
		c.State, c.Message = checkWarning, workflow.Describe(err).Message
	case !status.Running:
		c.State, c.Message, c.Hint = checkWarning, status.Message, status.Hint
		if _, err := exec.LookPath("ollama"); err != nil && strings.Contains(status.Hint, "“ollama serve”") {
			c.Hint = "No “ollama” is installed here. Get it from https://ollama.com, or copy the prompt and paste the answer."
		}
	case len(status.Models) == 0:
		c.State, c.Message = checkWarning, fmt.Sprintf("Ollama %s answers, but has no model.", status.Version)
		c.Hint = "Get one with “ollama pull qwen2.5-coder:7b”. Copy and paste works without."
	default:
		c.Message = fmt.Sprintf("Ollama %s answers at %s with %s. Run uses %s.", status.Version, status.URL,
			workflow.Plural(len(status.Models), "model", "models"), status.Default)
	}
	return c
}

// checkGit looks for the git command. Plumbline does without it; people may want it to read the history.
func checkGit() workflow.Check {
	c := workflow.Check{ID: "git", Title: "The git command", State: checkOK}
	path, err := exec.LookPath("git")
	if err != nil {
		c.State, c.Message = checkWarning, "git is not installed. Plumbline works without it."
		c.Hint = "Install it if you want to read the histories with your own tools."
		return c
	}
	c.Message = path
	return c
}
