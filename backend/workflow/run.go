package workflow

import "time"

// RunState is where a run stands.
type RunState string

// The states of a run. The last four are final.
const (
	RunQueued      RunState = "queued"
	RunRunning     RunState = "running"
	RunWaiting     RunState = "waiting" // for the pasted answer
	RunSucceeded   RunState = "succeeded"
	RunFailed      RunState = "failed"
	RunCanceled    RunState = "canceled"
	RunInterrupted RunState = "interrupted"
)

// Ended reports whether the state is final.
func (s RunState) Ended() bool {
	switch s {
	case RunSucceeded, RunFailed, RunCanceled, RunInterrupted:
		return true
	}
	return false
}

// RunKind says why a run was made.
type RunKind string

// The kinds of runs.
const (
	RunFirst    RunKind = "first"
	RunRepair   RunKind = "repair"   // asks for what the contract lacks
	RunContinue RunKind = "continue" // goes on where the answer broke off
	RunAnswer   RunKind = "answer"   // asked again, with the answers to the questions that came back
	RunRefine   RunKind = "refine"   // corrects what is off
	RunRestart  RunKind = "restart"  // says what the thread has taught, to start over
)

// Providers.
const (
	ProviderOllama = "ollama"
	ProviderPaste  = "paste"
)

// Input is one text a run was given, as it was then.
type Input struct {
	Name    string `json:"name"` // of the variable it filled
	Path    string `json:"path"`
	Version int    `json:"version"`
	// Part is what was used of it, a heading or "step 4"; empty for all of it.
	Part string `json:"part,omitempty"`
	// Hash is BlankHash of the text that was used.
	Hash string `json:"hash"`
}

// Run is one execution of a rendered prompt, however it ran. It does not change once ended.
// The prompt as sent, the answer and the thinking are kept beside it, by its id.
type Run struct {
	ID             string   `json:"id"`
	ProjectID      string   `json:"projectId"`
	Phase          string   `json:"phase"`
	Kind           RunKind  `json:"kind"`
	ParentID       string   `json:"parentId"` // of the run that this one repairs, continues or refines
	State          RunState `json:"state"`
	Provider       string   `json:"provider"`
	Model          string   `json:"model"` // for a paste, where the answer came from, if the user said
	ModelDigest    string   `json:"modelDigest"`
	PromptID       string   `json:"promptId"`
	PromptRevision string   `json:"promptRevision"`
	// Step is the number of the step of the plan that it is for; empty for none.
	Step string `json:"step,omitempty"`
	// Output is the path of the document that the answer is for.
	Output string `json:"output"`
	// PromptPath is the document that was the prompt, where no prompt of the library was.
	PromptPath string `json:"promptPath"`
	// Given is the text that the prompt was applied to, if any.
	Given *Given `json:"given,omitempty"`
	// Persona is who looked, and BatchID what the runs for several personas share.
	Persona string `json:"persona"`
	BatchID string `json:"batchId"`
	// PromptHash is the SHA-256 of the text as sent.
	PromptHash string            `json:"promptHash"`
	PromptSize int               `json:"promptSize"` // bytes
	Inputs     []Input           `json:"inputs"`
	Variables  map[string]string `json:"variables"` // as the user filled them
	Parameters Parameters        `json:"parameters"`
	Context    ContextPlan       `json:"context"`

	CreatedAt time.Time `json:"createdAt" ts_type:"string"`
	StartedAt time.Time `json:"startedAt" ts_type:"string"`
	FirstAt   time.Time `json:"firstAt" ts_type:"string"` // of the first text
	EndedAt   time.Time `json:"endedAt" ts_type:"string"`

	PromptTokens  int `json:"promptTokens"` // as the provider counted; 0 when it did not
	AnswerTokens  int `json:"answerTokens"` // while running, an estimate
	LoadMillis    int `json:"loadMillis"`
	PromptMillis  int `json:"promptMillis"`
	AnswerMillis  int `json:"answerMillis"`
	AnswerSize    int `json:"answerSize"` // bytes
	ThinkingSize  int `json:"thinkingSize"`
	ContractTotal int `json:"contractTotal"`

	DoneReason string `json:"doneReason"`
	// Cut says that the model did not see the whole prompt.
	Cut bool `json:"cut"`
	// Unfinished says that the answer ran into a length limit.
	Unfinished bool `json:"unfinished"`
	// Missing is what the answer lacks of the prompt's output contract, as sentences.
	Missing []string `json:"missing"`
	Error   *Error   `json:"error"`
}

// Completes reports whether the run answers in the place of its parent: its answer
// is what that one should have been.
func (r Run) Completes() bool { return r.Kind == RunRepair || r.Kind == RunContinue }

// Whole reports whether the run saw its whole prompt and finished its answer.
func (r Run) Whole() bool { return r.State == RunSucceeded && !r.Cut && !r.Unfinished }

// Parameters of a run. Zero means the model's own default.
type Parameters struct {
	Temperature float64 `json:"temperature"` // below 0 means the model's own
	NumCtx      int     `json:"numCtx"`
	NumPredict  int     `json:"numPredict"`
}

// ContextPart is one part of what is sent, with its share of the window.
type ContextPart struct {
	Label   string `json:"label"`
	Path    string `json:"path"` // of the artifact, if it is one
	Version int    `json:"version"`
	Bytes   int    `json:"bytes"`
	Tokens  int    `json:"tokens"` // estimated
}

// ContextPlan holds what is to be sent against the model's window, in tokens.
type ContextPlan struct {
	Parts  []ContextPart `json:"parts"`
	Prompt int           `json:"prompt"` // sum of the parts
	// Reserve is kept for the answer.
	Reserve int `json:"reserve"`
	// Window is the size that will be asked for; 0 when the model is not known.
	Window int `json:"window"`
	// Limit is the model's own maximum; 0 when not known.
	Limit int  `json:"limit"`
	Fits  bool `json:"fits"`
	Over  int  `json:"over"` // tokens too many; 0 when it fits
}

// ModelInfo is a model that a provider offers.
type ModelInfo struct {
	Name          string `json:"name"`
	Digest        string `json:"digest"`
	Size          int64  `json:"size"` // bytes
	Parameters    string `json:"parameters"`
	Quantization  string `json:"quantization"`
	ContextLength int    `json:"contextLength"` // 0 when not known
	Loaded        bool   `json:"loaded"`
	// LoadedContext is the window it is loaded with; 0 when not loaded.
	LoadedContext int `json:"loadedContext"`
	// Remote models leave this computer.
	Remote   bool `json:"remote"`
	Thinking bool `json:"thinking"`
}

// ModelStatus says whether models can be reached, and which.
type ModelStatus struct {
	URL     string      `json:"url"`
	Running bool        `json:"running"`
	Version string      `json:"version"`
	Models  []ModelInfo `json:"models"`
	// Default is the model that Run uses; empty when there is none.
	Default string `json:"default"`
	// Message and Hint say what is wrong, when it is not running.
	Message   string    `json:"message"`
	Hint      string    `json:"hint"`
	CheckedAt time.Time `json:"checkedAt" ts_type:"string"`
}
