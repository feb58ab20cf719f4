package cli

import (
	"context"
	"strings"
	"time"

	"plumbline/backend/workflow"
)

// cancelPatience is how long a stopped run may take to end.
const cancelPatience = 5 * time.Second

// follow starts a run and prints its answer as it comes. Ending ctx stops the
// run; it is then followed to its end all the same, so that what came is shown
// as it was kept.
func (s *session) follow(ctx context.Context, cl *client, start func(context.Context) (workflow.Run, error)) (workflow.Run, error) {
	// The stream outlives ctx by the time it takes to stop the run.
	streamCtx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	events, err := cl.events(streamCtx)
	if err != nil {
		return workflow.Run{}, err
	}
	defer events.close()
	run, err := start(streamCtx)
	if err != nil {
		return run, err
	}
	stopped := context.AfterFunc(ctx, func() {
		time.AfterFunc(cancelPatience, cancel)
		// An error here means that the run has ended or its owner has gone; the stream tells which.
		_ = cl.call(streamCtx, "Runs/Cancel", nil, run.ID)
	})
	defer stopped()
	f := follower{session: s, client: cl, run: run}
	defer f.clear()
	err = f.until(streamCtx, events)
	return f.run, err
}

// follower prints one run.
type follower struct {
	*session
	client  *client
	run     workflow.Run
	printed int // bytes of the answer
	last    byte
	shown   bool // a progress line stands on the terminal
	warned  string
	seen    workflow.Event
}

// until prints what the events bring until the run ends.
func (f *follower) until(ctx context.Context, events *eventStream) error {
	f.progress()
	for !f.run.State.Ended() {
		e, err := events.next()
		if err != nil {
			return err
		}
		if f.seen.Epoch != "" && (e.Epoch != f.seen.Epoch || e.Seq != f.seen.Seq+1) {
			if err := f.catchUp(ctx); err != nil {
				return err
			}
		}
		f.seen = e
		switch {
		case e.Run != nil && e.Run.ID == f.run.ID:
			f.run = *e.Run
			f.warn()
			f.progress()
		case e.Delta != nil && e.Delta.RunID == f.run.ID:
			if err := f.delta(ctx, *e.Delta); err != nil {
				return err
			}
		}
	}
	if f.printed < f.run.AnswerSize {
		if err := f.catchUp(ctx); err != nil {
			return err
		}
	}
	if f.printed > 0 && f.last != '\n' {
		f.write("\n")
	}
	return f.out.err
}

// delta prints new text, or fetches what was missed before it.
func (f *follower) delta(ctx context.Context, d workflow.Delta) error {
	f.run.AnswerTokens = d.Tokens
	switch {
	case d.Thinking:
		f.progress()
	case d.Offset > f.printed:
		return f.catchUp(ctx)
	case d.Offset+len(d.Text) > f.printed:
		text := d.Text[f.printed-d.Offset:]
		f.printed += len(text)
		f.write(text)
	}
	return f.out.err
}

// warn tells once why a run does not end although its answer is there.
func (f *follower) warn() {
	trouble := f.run.Error
	if f.run.State.Ended() || trouble == nil || trouble.Message == f.warned {
		return
	}
	f.warned = trouble.Message
	f.clear()
	f.say("%s %s", f.err.yellow("warning:"), clean(trouble.Message))
	f.say("%s %s It is tried again; Ctrl C stops it.", f.err.dim("hint:"), clean(trouble.Hint))
}

// catchUp fetches the run and prints what has not been printed yet.
func (f *follower) catchUp(ctx context.Context) error {
	var detail workflow.RunDetail
	if err := f.client.get(ctx, ofRun(f.run.ID), &detail); err != nil {
		return err
	}
	f.run = detail.Run
	f.warn()
	if len(detail.Answer) > f.printed {
		text := detail.Answer[f.printed:]
		f.printed = len(detail.Answer)
		f.write(text)
	}
	return f.out.err
}

func (f *follower) write(text string) {
	if f.json || text == "" {
		return
	}
	if f.out.term {
		f.clear()
	}
	f.out.document(text)
	f.last = text[len(text)-1]
	f.progress()
}

// progress shows how far the run is, on a terminal that is not showing the answer itself.
func (f *follower) progress() {
	if f.json || !f.err.term || (f.out.term && f.printed > 0) {
		return
	}
	word := map[workflow.RunState]string{workflow.RunQueued: "Waiting for another run", workflow.RunRunning: "Running"}[f.run.State]
	if word == "" {
		return
	}
	line := word + " on " + clean(f.run.Model)
	if f.run.AnswerTokens > 0 {
		line += ", " + strings.TrimSpace(plural(f.run.AnswerTokens, "token"))
	}
	f.err.text("\r\x1b[K" + f.err.dim(line))
	f.shown = true
}

func (f *follower) clear() {
	if f.shown {
		f.err.text("\r\x1b[K")
		f.shown = false
	}
}
