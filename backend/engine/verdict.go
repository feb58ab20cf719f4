package engine

import (
	"context"
	"errors"
	"strings"
	"time"

	"plumbline/backend/llm"
	"plumbline/backend/markdown"
	"plumbline/backend/workflow"
)

// outcome is what a run left behind.
type outcome struct {
	answer, thinking string
	lesson           lesson // about the size of prompts
}

// judge says how a run ended and what it leaves behind. What it cannot judge,
// because the text makes it panic, has failed with its text as it came.
func (s *supervisor) judge(live *liveRun, res llm.Result, err error) (r workflow.Run, out outcome) {
	r, answer, thinking := live.snapshot()
	raw := outcome{answer: answer, thinking: thinking}
	defer func() {
		if p := recover(); p != nil {
			r.State, r.Error, out = workflow.RunFailed, workflow.Panicked(p), raw
		}
	}()
	out = raw
	judgeEnd(&r, res, err)
	switch {
	case err != nil && s.ctx.Err() != nil:
		interrupt(&r, answer)
	case r.State == workflow.RunSucceeded:
		more, text := markdown.SplitThinking(answer)
		out.answer, out.thinking = text, paragraphs(thinking, more)
		r.Cut = wasCut(r, res.PromptReported, live.order.scale)
		judgeAnswer(&r, live.order.contract, out.answer)
	}
	out.lesson = learn(r, res, live.order.scale)
	return r, out
}

// judgeEnd sets how a run ended from what the client said.
func judgeEnd(r *workflow.Run, res llm.Result, err error) {
	r.DoneReason = res.DoneReason
	r.PromptTokens = res.PromptTokens
	if res.AnswerTokens > 0 {
		r.AnswerTokens = res.AnswerTokens
	}
	r.LoadMillis, r.PromptMillis, r.AnswerMillis = millis(res.Load), millis(res.PromptEval), millis(res.Eval)
	switch {
	case err == nil:
		r.State = workflow.RunSucceeded
		r.Unfinished = res.DoneReason == llm.DoneLength
	case errors.Is(err, context.Canceled) || workflow.CodeOf(err) == workflow.Canceled:
		r.State = workflow.RunCanceled
	default:
		r.State = workflow.RunFailed
		r.Error = workflow.Describe(err)
	}
}

// interrupt ends a run whose process has gone, or is going.
func interrupt(r *workflow.Run, answer string) {
	r.State = workflow.RunInterrupted
	r.Error = workflow.Errorf(workflow.Unavailable, "Plumbline was closed while this was written. The text is kept.").
		WithHint("Continue from here, or run it again.")
	if blank(answer) {
		r.Error = workflow.Errorf(workflow.Unavailable, "Plumbline was closed before anything was written.").WithHint("Run it again.")
	}
}

// judgeAnswer holds an answer against the contract of its prompt. An empty one is a failure.
func judgeAnswer(r *workflow.Run, c workflow.Contract, answer string) {
	if blank(answer) {
		r.State = workflow.RunFailed
		r.Error = workflow.Errorf(workflow.Unavailable, "The model answered nothing.").WithHint("Run it again, or choose another model.")
		return
	}
	r.Missing = workflow.CheckContract(c, markdown.Read(c, answer))
	r.ContractTotal = c.Total()
}

// paragraphs joins what is not blank with blank lines.
func paragraphs(parts ...string) string {
	kept := []string{}
	for _, p := range parts {
		if !blank(p) {
			kept = append(kept, strings.TrimSpace(p))
		}
	}
	return strings.Join(kept, "\n\n")
}

func millis(d time.Duration) int { return int(d / time.Millisecond) }

func blank(s string) bool { return strings.TrimSpace(s) == "" }
