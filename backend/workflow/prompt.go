package workflow

// VariableType says how a variable is filled.
type VariableType string

// The types of variables.
const (
	VarText     VariableType = "text"
	VarLongText VariableType = "long-text"
	VarChoice   VariableType = "choice"
	VarMulti    VariableType = "multi-choice"
	VarNumber   VariableType = "number"
	VarYesNo    VariableType = "yes-no"
	VarDate     VariableType = "date"
	VarArtifact VariableType = "artifact"
	// VarFiles is the text of files of the user's, one after the other with their names.
	VarFiles VariableType = "files"
)

// Variable is a place in a prompt that is filled before it is sent.
type Variable struct {
	Name     string       `json:"name"`
	Type     VariableType `json:"type"`
	Label    string       `json:"label"`
	Help     string       `json:"help"`
	Required bool         `json:"required"`
	Default  string       `json:"default"`
	Options  []string     `json:"options"`
	// Source is where it is filled from: an artifact's path, a fact of the project
	// ("project.name"), of its domain ("pack.feature"), of who looks ("persona.text"),
	// the findings so far ("ledger.known"), or "given", the text that a prompt is applied to.
	Source string `json:"source"`
	// Example is a short realistic value.
	Example string `json:"example"`
}

// SourceGiven is the source of a variable that holds the text a prompt is applied to.
const SourceGiven = "given"

// TextKind says what a text is, as far as a next prompt is concerned.
type TextKind string

// The kinds of texts.
const (
	TextFindings    TextKind = "findings"    // defects, as an audit lists them
	TextReadiness   TextKind = "readiness"   // areas with their gaps
	TextSuggestions TextKind = "suggestions" // ideas, ranked
	TextTasks       TextKind = "tasks"       // a plan or a list of tasks
	TextDocument    TextKind = "document"    // a request, a specification, other prose
	TextAny         TextKind = "any"
)

// Due says when a practice prompt is due. The zero value means never.
type Due struct {
	// Every is "day" or "week"; empty for a prompt that goes by the launch date.
	Every string `json:"every"`
	// Launch is the days from the launch date of the project, negative before it.
	Launch int `json:"launch"`
}

// FilledVariable is a variable with the value it has in a phase of a project.
type FilledVariable struct {
	Variable Variable `json:"variable"`
	// Value is what a person typed or the project knows; for an artifact it is empty.
	Value string `json:"value"`
	// From says where the value comes from: "user", "project", "artifact", "default" or "none".
	From    string `json:"from"`
	Label   string `json:"label"` // of the source: "Request v3"
	Path    string `json:"path"`
	Version int    `json:"version"`
	Tokens  int    `json:"tokens"`
	Missing bool   `json:"missing"` // required, and empty
}

// PhasePrompt is the prompt of a phase, filled from the project and ready to be sent.
// The assembled text is fetched apart from it.
type PhasePrompt struct {
	ProjectID string           `json:"projectId"`
	Phase     string           `json:"phase"`
	PromptID  string           `json:"promptId"`
	Title     string           `json:"title"`
	Summary   string           `json:"summary"`
	Revision  string           `json:"revision"`
	Variables []FilledVariable `json:"variables"`
	Missing   []string         `json:"missing"` // labels of required variables without a value
	Hash      string           `json:"hash"`    // of the assembled text
	Size      int              `json:"size"`    // bytes
	Context   ContextPlan      `json:"context"`
	Model     string           `json:"model"` // the plan is for; empty for none
}
