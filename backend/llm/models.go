package llm

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/ollama/ollama/api"
	"github.com/ollama/ollama/types/model"

	"plumbline/backend/workflow"
)

// ask makes one short request, within AskWait. name is the model it is about, if any.
func (o *Ollama) ask(ctx context.Context, name string, f func(context.Context) error) error {
	limited := ctx
	if o.AskWait > 0 {
		var stop context.CancelFunc
		limited, stop = context.WithTimeout(ctx, o.AskWait)
		defer stop()
	}
	x := &exchange{}
	watched, release := x.begin(limited)
	defer release()
	err := f(watched)
	switch {
	case ctx.Err() != nil:
		return ended(ctx)
	case err != nil:
		return o.askFault(x, name, err)
	case x.size == 0:
		return o.notOllama(nil)
	}
	return nil
}

// together asks for two things at once. Of two errors it returns the first one's.
func together(first, second func() error) error {
	other := make(chan error, 1)
	go func() { other <- second() }()
	err := first()
	return cmp.Or(err, <-other)
}

// Version implements Client.
func (o *Ollama) Version(ctx context.Context) (string, error) {
	var version string
	err := o.ask(ctx, "", func(ctx context.Context) (err error) {
		version, err = o.api.Version(ctx)
		return err
	})
	if err == nil && version == "" {
		err = o.notOllama(nil)
	}
	return version, err
}

// Models implements Client.
func (o *Ollama) Models(ctx context.Context) ([]workflow.ModelInfo, error) {
	var list *api.ListResponse
	var loaded map[string]int
	err := together(func() error {
		return o.ask(ctx, "", func(ctx context.Context) (err error) {
			list, err = o.api.List(ctx)
			return err
		})
	}, func() (err error) {
		loaded, err = o.loaded(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	models := make([]workflow.ModelInfo, 0, len(list.Models))
	for _, m := range list.Models {
		info := workflow.ModelInfo{
			Name: m.Name, Digest: m.Digest, Size: m.Size,
			Parameters: m.Details.ParameterSize, Quantization: m.Details.QuantizationLevel,
			Remote: m.RemoteHost != "" || m.RemoteModel != "",
		}
		info.LoadedContext, info.Loaded = loaded[fullName(m.Name)]
		models = append(models, info)
	}
	return models, nil
}

// loaded returns the window of each model that is in memory, by its full name.
func (o *Ollama) loaded(ctx context.Context) (map[string]int, error) {
	var list *api.ProcessResponse
	err := o.ask(ctx, "", func(ctx context.Context) (err error) {
		list, err = o.api.ListRunning(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	windows := make(map[string]int, len(list.Models))
	for _, m := range list.Models {
		windows[fullName(m.Name)] = m.ContextLength
	}
	return windows, nil
}

// Model implements Client.
func (o *Ollama) Model(ctx context.Context, name string) (workflow.ModelInfo, error) {
	if strings.TrimSpace(name) == "" {
		return workflow.ModelInfo{}, workflow.Errorf(workflow.Invalid, "No model is named.")
	}
	var shown *api.ShowResponse
	var models []workflow.ModelInfo
	err := together(func() error {
		return o.ask(ctx, name, func(ctx context.Context) (err error) {
			shown, err = o.api.Show(ctx, &api.ShowRequest{Model: name})
			return err
		})
	}, func() (err error) {
		models, err = o.Models(ctx)
		return err
	})
	if err != nil {
		return workflow.ModelInfo{}, err
	}
	info := workflow.ModelInfo{Name: name, Parameters: shown.Details.ParameterSize, Quantization: shown.Details.QuantizationLevel}
	if i := slices.IndexFunc(models, func(m workflow.ModelInfo) bool { return fullName(m.Name) == fullName(name) }); i >= 0 {
		info = models[i]
	}
	info.ContextLength = contextLength(shown.ModelInfo)
	info.Remote = info.Remote || shown.RemoteHost != "" || shown.RemoteModel != ""
	info.Thinking = slices.Contains(shown.Capabilities, model.CapabilityThinking)
	return info, nil
}

// fullName makes names comparable: with the tag that Ollama adds when there is
// none, and without case, which Ollama does not tell apart.
func fullName(name string) string {
	if !strings.Contains(name[strings.LastIndexByte(name, '/')+1:], ":") {
		name += ":latest"
	}
	return strings.ToLower(name)
}

// contextLength reads "<architecture>.context_length"; 0 when it is not there.
func contextLength(info map[string]any) int {
	architecture, _ := info["general.architecture"].(string)
	length, _ := info[architecture+".context_length"].(float64)
	return int(length)
}
