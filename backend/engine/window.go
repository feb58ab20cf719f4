package engine

import (
	"cmp"

	"plumbline/backend/llm"
	"plumbline/backend/prompt"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

const (
	// defaultReserve is kept for the answer when the prompt does not say.
	defaultReserve = 2048
	// cutBelow is the share of the expected tokens under which a prompt was cut.
	cutBelow = 0.7
	// leastRatio and mostRatio bound what is believed of a model: outside, its
	// count was not one of the whole prompt, or its vocabulary is none.
	leastRatio, mostRatio = 0.5, 8
	// newWeight is the weight of an answer against all before it.
	newWeight = 0.3
)

// scale is how many tokens of a model one estimated token has been, by what it
// reported; 1 before its first answer.
type scale struct {
	ratio float64
	known bool
}

// lesson is what a run teaches about the size of prompts and the window of its model.
type lesson struct {
	ratio  float64 // tokens to one estimated; 0 for nothing learned
	least  bool    // it is at least that
	window int     // that the model was loaded with; 0 when it was not
}

// ladder holds the windows that are asked for, in tokens. Few sizes mean that a
// model is seldom loaded again for another window.
var ladder = [...]int{4 << 10, 8 << 10, 16 << 10, 32 << 10, 64 << 10, 128 << 10}

// plan holds an assembled prompt against the window of a model. A model that is
// not known has no window, and everything fits.
func (e *Engine) plan(a assembled, info workflow.ModelInfo, by scale) workflow.ContextPlan {
	labels := map[string]workflow.FilledVariable{}
	for _, v := range a.variables {
		labels[v.Variable.Name] = v
	}
	own := workflow.ContextPart{Label: "Prompt"}
	parts := []workflow.ContextPart{}
	for _, span := range a.rendered.Parts {
		text := a.rendered.Text[span.Start:span.End]
		tokens := scaled(prompt.EstimateTokens(text), by.ratio)
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
	plan := workflow.ContextPlan{Parts: append([]workflow.ContextPart{own}, parts...), Reserve: cmp.Or(a.prompt.Reserve, defaultReserve)}
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
	limit := cmp.Or(info.ContextLength, ladder[len(ladder)-1])
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

// scaleOf returns what is known of a model's way to count.
func (e *Engine) scaleOf(model string) scale {
	by := scale{ratio: 1}
	if model == "" {
		return by
	}
	err := e.store.View(func(tx *store.Tx) (err error) {
		by.ratio, by.known, err = tx.Calibration(model)
		return err
	})
	if err != nil || !by.known || by.ratio <= 0 { // an estimate does without
		return scale{ratio: 1}
	}
	return by
}

func (e *Engine) usedWindow(model string) (n int) {
	_ = e.store.View(func(tx *store.Tx) (err error) { // a window that is not known costs one loading of the model
		n, _, err = tx.NumCtx(model)
		return err
	})
	return n
}

// wasCut reports whether a model counted far fewer tokens than it was sent. A
// count that is missing says nothing, nor does one before the first calibration.
func wasCut(r workflow.Run, reported bool, by scale) bool {
	return reported && by.known && float64(r.PromptTokens) < cutBelow*float64(r.Context.Prompt)
}

// learn says what a run that was planned by a scale teaches.
func learn(r workflow.Run, res llm.Result, by scale) lesson {
	var l lesson
	estimate := float64(r.Context.Prompt) / by.ratio
	switch {
	case estimate < 1 || r.Provider != workflow.ProviderOllama:
		return l
	case r.State == workflow.RunSucceeded:
		l.window = r.Parameters.NumCtx
		if res.PromptReported && !r.Cut {
			l.ratio = float64(res.PromptTokens) / estimate
		}
	case r.Error != nil && r.Error.Code == workflow.Limit:
		// The model refused a prompt that was thought to fit: it is longer than the window.
		l.ratio, l.least = float64(r.Context.Window)/estimate, true
	}
	if l.ratio > 0 {
		l.ratio = min(max(l.ratio, leastRatio), mostRatio)
	}
	return l
}

// keepLesson brings what is known of a model up to date.
func keepLesson(tx *store.Tx, model string, l lesson) error {
	if l.ratio > 0 {
		old, known, err := tx.Calibration(model)
		switch {
		case err != nil:
			return err
		case known && l.least:
			l.ratio = max(old, l.ratio)
		case known:
			l.ratio = (1-newWeight)*old + newWeight*l.ratio
		}
		if err := tx.PutCalibration(model, l.ratio); err != nil {
			return err
		}
	}
	if n, _, err := tx.NumCtx(model); err != nil || n >= l.window {
		return err
	}
	return tx.PutNumCtx(model, l.window)
}
