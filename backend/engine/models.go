package engine

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"plumbline/backend/llm"
	"plumbline/backend/workflow"
)

const (
	modelsFresh = 10 * time.Second
	// justNow is how old the answer of the server may be for a run to be planned by it.
	justNow    = time.Second
	askTimeout = 4 * time.Second
)

// modelWatch knows the model server of the settings: whether it answers, what it
// offers, and what is known of each model.
type modelWatch struct {
	engine *Engine
	asking sync.Mutex // held while the server is asked, so that nobody asks it the same

	mu     sync.Mutex
	url    string
	client llm.Client
	status workflow.ModelStatus
	info   map[string]workflow.ModelInfo // with context lengths, by name
}

func newModelWatch(e *Engine) *modelWatch {
	return &modelWatch{engine: e, info: map[string]workflow.ModelInfo{}, status: workflow.ModelStatus{Models: []workflow.ModelInfo{}}}
}

// connect returns the client for the URL in the settings.
func (w *modelWatch) connect() (llm.Client, error) {
	url := w.engine.currentSettings().OllamaURL
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.client != nil && w.url == url {
		return w.client, nil
	}
	client, err := w.engine.opt.NewClient(url)
	if err != nil {
		return nil, err
	}
	w.url, w.client = url, client
	w.info = map[string]workflow.ModelInfo{}
	w.status = workflow.ModelStatus{URL: url, Models: []workflow.ModelInfo{}}
	return client, nil
}

// refresh asks the server again and tells the doors when the answer is new.
func (w *modelWatch) refresh(ctx context.Context) workflow.ModelStatus {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	next := workflow.ModelStatus{URL: w.engine.currentSettings().OllamaURL, Models: []workflow.ModelInfo{}, CheckedAt: w.engine.opt.Now().UTC()}
	client, err := w.connect()
	if err == nil {
		next.Version, err = client.Version(ctx)
	}
	if err == nil {
		next.Models, err = client.Models(ctx)
	}
	if name := w.choose(next.Models); err == nil && has(next.Models, name) {
		_, _, err = w.model(ctx, name) // for its context length
	}
	if err != nil {
		d := workflow.Describe(err)
		next.Message, next.Hint = d.Message, d.Hint
		next.Models = []workflow.ModelInfo{}
	}
	next.Running = err == nil
	w.mu.Lock()
	defer w.mu.Unlock() // the last to look is the last to tell
	for i, m := range next.Models {
		if known, ok := w.info[m.Name]; ok && known.Digest == m.Digest {
			next.Models[i].ContextLength, next.Models[i].Thinking = known.ContextLength, known.Thinking
		}
	}
	next.Default = w.defaultOf(next)
	w.settle(next)
	return next
}

// settle keeps a status and tells the doors when it is news. mu must be held.
func (w *modelWatch) settle(next workflow.ModelStatus) {
	news := !sameStatus(w.status, next)
	w.status = next
	if news {
		w.engine.hub.emit(workflow.Event{Models: &next})
	}
}

// chosen brings the default up to date when the settings have changed.
func (w *modelWatch) chosen() {
	w.mu.Lock()
	defer w.mu.Unlock()
	next := w.status
	next.Default = w.defaultOf(next)
	w.settle(next)
}

func (w *modelWatch) defaultOf(status workflow.ModelStatus) string {
	if !status.Running {
		return ""
	}
	return w.choose(status.Models)
}

func has(models []workflow.ModelInfo, name string) bool {
	return slices.ContainsFunc(models, func(m workflow.ModelInfo) bool { return m.Name == name })
}

func sameStatus(a, b workflow.ModelStatus) bool {
	return a.URL == b.URL && a.Running == b.Running && a.Version == b.Version && a.Default == b.Default &&
		a.Message == b.Message && slices.Equal(a.Models, b.Models)
}

// choose returns the default model: the one of the settings, also when it is not
// there, because nobody wants another one in its place without a word; without
// one, the largest that runs on this computer.
func (w *modelWatch) choose(models []workflow.ModelInfo) string {
	wanted := w.engine.currentSettings().DefaultModel
	best := workflow.ModelInfo{}
	for _, m := range models {
		if m.Name == wanted || strings.TrimSuffix(m.Name, ":latest") == wanted {
			return m.Name
		}
		if !m.Remote && m.Size > best.Size && !strings.Contains(m.Name, "embed") {
			best = m
		}
	}
	return cmp.Or(wanted, best.Name)
}

// preferred is the model that Run uses, by what was last known; empty for none.
func (w *modelWatch) preferred() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.status.Default
}

// known returns what is known of a model without asking the server.
func (w *modelWatch) known(name string) (workflow.ModelInfo, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	info, ok := w.info[name]
	if !ok {
		for _, m := range w.status.Models {
			if m.Name == name {
				return m, true
			}
		}
	}
	return info, ok
}

// model asks the server about one model.
func (w *modelWatch) model(ctx context.Context, name string) (llm.Client, workflow.ModelInfo, error) {
	client, err := w.connect()
	if err != nil {
		return nil, workflow.ModelInfo{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	info, err := client.Model(ctx, name)
	if err != nil {
		return nil, info, err
	}
	w.mu.Lock()
	w.info[info.Name] = info
	w.info[name] = info
	w.mu.Unlock()
	return client, info, nil
}

// pick returns the client and what is known of a model; an empty name means the
// default one. What the server was asked only just now it is not asked again.
func (w *modelWatch) pick(ctx context.Context, name string) (llm.Client, workflow.ModelInfo, error) {
	if name != "" {
		return w.model(ctx, name)
	}
	status := w.look(ctx, false)
	if status.Default == "" {
		return nil, workflow.ModelInfo{}, noModel(status)
	}
	w.mu.Lock()
	client, info, known := w.client, w.info[status.Default], w.info[status.Default].Name != ""
	w.mu.Unlock()
	if known && w.engine.opt.Now().Sub(status.CheckedAt) < justNow {
		return client, info, nil
	}
	return w.model(ctx, status.Default)
}

// look returns the status of the server. It asks when that is wanted, or when
// what is known is old.
func (w *modelWatch) look(ctx context.Context, refresh bool) workflow.ModelStatus {
	w.asking.Lock()
	defer w.asking.Unlock()
	w.mu.Lock()
	status := w.status
	w.mu.Unlock()
	old := w.engine.opt.Now().Sub(status.CheckedAt) > modelsFresh || status.URL != w.engine.currentSettings().OllamaURL
	if refresh || old {
		return w.refresh(ctx)
	}
	return status
}

// Models says whether models can be reached, and which. Without refresh, an
// answer that is a few seconds old is good enough.
func (e *Engine) Models(ctx context.Context, refresh bool) (workflow.ModelStatus, error) {
	return e.models.look(ctx, refresh), nil
}
