package engine

import (
	"plumbline/backend/prompt"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

const (
	// defaultReserve is kept for the answer when the prompt does not say.
	defaultReserve = 2048
	// cutBelow is the share of the expected tokens under which a prompt was cut (ARCHITECTURE: runs).
	cutBelow = 0.7
)

// ladder holds the windows that are asked for, in tokens. Few sizes mean that a
// model is seldom loaded again for another window.
var ladder = [...]int{4 << 10, 8 << 10, 16 << 10, 32 << 10, 64 << 10, 128 << 10}

// plan holds an assembled prompt against the window of a model. A model that is
// not known has no window, and everything fits.
func (e *Engine) plan(a assembled, info workflow.ModelInfo) workflow.ContextPlan {
	ratio := e.calibration(info.Name)
	labels := map[string]workflow.FilledVariable{}
	for _, v := range a.variables {
		labels[v.Variable.Name] = v
	}
	own := workflow.ContextPart{Label: "Prompt"}
	parts := []workflow.ContextPart{}
	for _, span := range a.rendered.Parts {
		text := a.rendered.Text[span.Start:span.End]
		tokens := scaled(prompt.EstimateTokens(text), ratio)
		v, ok := labels[span.Name]
		if !ok {
			own.Bytes += len(text)
			own.Tokens += tokens
			continue
		}
		label := v.Variable.Label
		if v.From == "artifact" {
			label = v.Label
		}
		parts = addPart(parts, workflow.ContextPart{Label: label, Path: v.Path, Version: v.Version, Bytes: len(text), Tokens: tokens})
	}
	plan := workflow.ContextPlan{Parts: append([]workflow.ContextPart{own}, parts...), Reserve: a.prompt.Reserve}
	if plan.Reserve == 0 {
		plan.Reserve = defaultReserve
	}
	for _, part := range plan.Parts {
		plan.Prompt += part.Tokens
	}
	e.choose(&plan, info)
	return plan
}

// addPart adds a part, or adds to the part of the same name.
func addPart(parts []workflow.ContextPart, part workflow.ContextPart) []workflow.ContextPart {
	for i := range parts {
		if parts[i].Label == part.Label {
			parts[i].Bytes += part.Bytes
			parts[i].Tokens += part.Tokens
			return parts
		}
	}
	return append(parts, part)
}

// choose sets the window: what is loaded if it is large enough, else the
// smallest rung that is, but never smaller than one used before.
func (e *Engine) choose(plan *workflow.ContextPlan, info workflow.ModelInfo) {
	plan.Limit, plan.Fits = info.ContextLength, true
	if info.Name == "" {
		return
	}
	need := plan.Prompt + plan.Reserve
	limit := info.ContextLength
	if limit == 0 {
		limit = ladder[len(ladder)-1]
	}
	if need > limit {
		plan.Window, plan.Fits, plan.Over = limit, false, need-limit
		return
	}
	if info.LoadedContext >= need {
		plan.Window = info.LoadedContext
		return
	}
	plan.Window = rung(max(need, e.usedWindow(info.Name)), limit)
}

func rung(need, limit int) int {
	for _, r := range ladder {
		if r >= need {
			return min(r, limit)
		}
	}
	return limit
}

func scaled(tokens int, ratio float64) int { return int(float64(tokens)*ratio + 0.5) }

// calibration is how many tokens of this model one estimated token has been, by
// what it reported; 1 before its first answer.
func (e *Engine) calibration(model string) float64 {
	ratio, known := 1.0, false
	if model == "" {
		return ratio
	}
	err := e.store.View(func(tx *store.Tx) (err error) {
		ratio, known, err = tx.Calibration(model)
		return err
	})
	if err != nil || !known || ratio <= 0 {
		return 1
	}
	return ratio
}

func (e *Engine) calibrated(model string) (known bool) {
	_ = e.store.View(func(tx *store.Tx) (err error) {
		_, known, err = tx.Calibration(model)
		return err
	})
	return known
}

func (e *Engine) usedWindow(model string) (n int) {
	_ = e.store.View(func(tx *store.Tx) (err error) {
		n, _, err = tx.NumCtx(model)
		return err
	})
	return n
}

// wasCut reports whether a model counted far fewer tokens than it was sent. A
// count that is missing says nothing, nor does one before the first calibration.
func wasCut(r workflow.Run, reported, calibrated bool) bool {
	return reported && calibrated && float64(r.PromptTokens) < cutBelow*float64(r.Context.Prompt)
}

// learn brings the calibration of a model up to date after an answer.
func (e *Engine) learn(tx *store.Tx, r workflow.Run, ratio float64) error {
	if r.Context.Prompt <= 0 || r.PromptTokens <= 0 || r.Cut {
		return nil
	}
	seen := float64(r.PromptTokens) / float64(r.Context.Prompt) * ratio
	if _, known, err := tx.Calibration(r.Model); err != nil {
		return err
	} else if known {
		seen = 0.7*ratio + 0.3*seen
	}
	if err := tx.PutCalibration(r.Model, seen); err != nil {
		return err
	}
	if n, _, err := tx.NumCtx(r.Model); err != nil || n >= r.Parameters.NumCtx {
		return err
	}
	return tx.PutNumCtx(r.Model, r.Parameters.NumCtx)
}
