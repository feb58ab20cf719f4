package engine

import (
	"context"
	"net/url"
	"os/user"
	"strconv"
	"strings"
	"unicode/utf8"

	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// currentSettings returns the settings in force.
func (e *Engine) currentSettings() workflow.Settings { return *e.settings.Load() }

// loadSettings reads the settings once, at Open. Ones that are damaged are told
// of, left where they are, and stood in for by those of a first start until a
// setting is changed.
func (e *Engine) loadSettings() {
	s := firstSettings()
	err := e.store.View(func(tx *store.Tx) error {
		kept, ok, err := tx.Settings()
		if err == nil && ok {
			s = kept
		}
		return err
	})
	e.settings.Store(&s)
	if err != nil {
		e.settingsProblem = err
		e.notify("warning", "The settings could not be read: "+workflow.Describe(err).Message, settingsHint)
	}
}

const settingsHint = "Plumbline uses the usual ones. Changing any setting writes them anew. Your projects are not affected."

func firstSettings() workflow.Settings {
	s := workflow.DefaultSettings()
	if u, err := user.Current(); err == nil {
		s.AuthorName = u.Name
		if s.AuthorName == "" {
			s.AuthorName = u.Username
		}
	}
	return s
}

// Settings returns the settings in force.
func (e *Engine) Settings(context.Context) (workflow.Settings, error) {
	return e.currentSettings(), nil
}

// SetSetting changes one setting by its JSON name.
func (e *Engine) SetSetting(_ context.Context, key, value string) (workflow.Settings, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	s := e.currentSettings()
	if err := applySetting(&s, key, strings.TrimSpace(value)); err != nil {
		return e.currentSettings(), err
	}
	if err := e.update(func(tx *store.Tx) error { return tx.PutSettings(s) }); err != nil {
		return e.currentSettings(), err
	}
	e.settings.Store(&s)
	e.settingsProblem = nil
	e.hub.emit(workflow.Event{Settings: &s})
	e.models.chosen()
	return s, nil
}

func applySetting(s *workflow.Settings, key, value string) (err error) {
	switch key {
	case "theme":
		s.Theme, err = oneOf("theme", value, "system", "light", "dark")
	case "textSize":
		s.TextSize, err = oneOf("text size", value, "small", "normal", "large")
	case "ollamaUrl":
		s.OllamaURL, err = serverURL(value)
	case "defaultModel":
		s.DefaultModel = value
	case "authorName":
		if value == "" || utf8.RuneCountInString(value) > workflow.MaxName || strings.ContainsAny(value, "<>\n") {
			return workflow.Errorf(workflow.Invalid, "Your name needs 1 to %d characters, without < and >.", workflow.MaxName).
				WithHint("It is written into the history as the author of your versions.")
		}
		s.AuthorName = value
	case "openQuestions":
		s.OpenQuestions, err = count(value, 99, "It is how many open questions a specification may keep.")
	case "dailyBackups":
		s.DailyBackups, err = count(value, 366, "It is for how many days the automatic backup is kept.")
	case "weeklyBackups":
		s.WeeklyBackups, err = count(value, 520, "It is for how many weeks the automatic backup is kept.")
	case "refinements":
		s.Refinements, err = count(value, 99, "It is how often a thread is refined before it is started over; 0 means the usual 3.")
	case "refinementsWarn":
		s.RefinementsWarn, err = count(value, 99, "It is from which refinement on there is a warning; 0 means the usual 2.")
	case "stepFiles":
		s.StepFiles, err = count(value, 999, "It is how many files a step of a plan may touch; 0 means the usual 20.")
	case "singleKeys":
		s.SingleKeys, err = strconv.ParseBool(value)
		if err != nil {
			return workflow.Errorf(workflow.Invalid, "“%s” is neither true nor false.", value).
				WithHint("true switches shortcuts of one key on, false off.")
		}
	default:
		return workflow.Errorf(workflow.NotFound, "There is no setting “%s”.", key).
			WithHint("There are theme, textSize, ollamaUrl, defaultModel, authorName, openQuestions, dailyBackups, weeklyBackups, refinements, refinementsWarn, stepFiles and singleKeys.")
	}
	return err
}

// count reads a number from 0 to most.
func count(value string, most int, hint string) (int, error) {
	n, err := strconv.Atoi(value)
	if err != nil || n < 0 || n > most {
		return 0, workflow.Errorf(workflow.Invalid, "“%s” is not a number from 0 to %d.", value, most).WithHint("%s", hint)
	}
	return n, nil
}

func oneOf(what, value string, allowed ...string) (string, error) {
	for _, a := range allowed {
		if value == a {
			return value, nil
		}
	}
	return "", workflow.Errorf(workflow.Invalid, "“%s” is not a %s.", value, what).WithHint("It can be %s.", strings.Join(allowed, ", "))
}

func serverURL(value string) (string, error) {
	if value == "" {
		return workflow.DefaultSettings().OllamaURL, nil
	}
	if !strings.Contains(value, "://") {
		value = "http://" + value
	}
	u, err := url.Parse(value)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" {
		return "", workflow.Errorf(workflow.Invalid, "“%s” is not the address of a server.", value).
			WithHint("It looks like http://127.0.0.1:11434.")
	}
	if u.User != nil {
		return "", workflow.Errorf(workflow.Invalid, "The address must not hold a password.").WithHint("Leave out what is before the @.")
	}
	if u.Port() == "" && u.Scheme == "http" {
		u.Host += ":11434"
	}
	return strings.TrimRight(u.String(), "/"), nil
}
