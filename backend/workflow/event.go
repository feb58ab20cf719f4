package workflow

// Event tells the doors that something changed. It holds whole new values as
// summaries; exactly one pointer is set. Numbers are without gaps within an
// epoch, and a new epoch, after a restart, means: fetch everything again.
type Event struct {
	Epoch     string `json:"epoch"`
	Seq       uint64 `json:"seq"`
	ProjectID string `json:"projectId"`

	Overview  *Overview    `json:"overview,omitempty"`
	Artifact  *Artifact    `json:"artifact,omitempty"`
	Run       *Run         `json:"run,omitempty"`
	Candidate *Candidate   `json:"candidate,omitempty"`
	Gate      *Gate        `json:"gate,omitempty"`
	Models    *ModelStatus `json:"models,omitempty"`
	Settings  *Settings    `json:"settings,omitempty"`
	Delta     *Delta       `json:"delta,omitempty"`
	Notice    *Notice      `json:"notice,omitempty"`
	Raise     *Raise       `json:"raise,omitempty"`
	// Library tells that prompts have changed: which, or, without ids, any of them.
	Library *LibraryNews `json:"library,omitempty"`
	// Ledger tells that findings have changed.
	Ledger *LedgerNews `json:"ledger,omitempty"`
}

// Delta is new text of a running run, at most 4 KB.
type Delta struct {
	RunID string `json:"runId"`
	// Offset is where Text begins in the answer, in bytes.
	Offset int    `json:"offset"`
	Text   string `json:"text"`
	// Blocks is how many finished blocks the answer has by now, and BlocksEnd
	// where the last of them ends, in bytes: what follows is the tail.
	Blocks    int `json:"blocks"`
	BlocksEnd int `json:"blocksEnd"`
	// Thinking says that the text belongs to the thinking, not to the answer.
	Thinking bool `json:"thinking"`
	Tokens   int  `json:"tokens"`
}

// Notice is something to tell the user that no call is waiting for.
type Notice struct {
	Level   string `json:"level"` // info, warning, error
	Message string `json:"message"`
	Hint    string `json:"hint"`
}

// LibraryNews names prompts of the library that have changed; none means many.
type LibraryNews struct {
	IDs []string `json:"ids"`
}

// Raise asks the window to come to the front: somebody started a second instance.
type Raise struct {
	ProjectID string `json:"projectId"`
}

// Settings of this user on this machine.
type Settings struct {
	Theme        string `json:"theme"`    // system, light, dark
	TextSize     string `json:"textSize"` // small, normal, large
	OllamaURL    string `json:"ollamaUrl"`
	DefaultModel string `json:"defaultModel"`
	AuthorName   string `json:"authorName"`
	// OpenQuestions is how many open questions a spec may keep at its gate.
	OpenQuestions int `json:"openQuestions"`
	// SingleKeys switches shortcuts of one key on.
	SingleKeys bool `json:"singleKeys"`
	// DailyBackups and WeeklyBackups are how many automatic backups are kept: the
	// last one of so many days, and of so many weeks. Both 0 means that none is made.
	DailyBackups  int `json:"dailyBackups"`
	WeeklyBackups int `json:"weeklyBackups"`
	// Practice shows the practice prompts that are due on the home screen.
	Practice bool `json:"practice"`
	// Refinements is how often a thread is refined at most, RefinementsWarn from which
	// one on there is a warning, and StepFiles how many files a step may touch; 0
	// means the usual number.
	Refinements     int `json:"refinements"`
	RefinementsWarn int `json:"refinementsWarn"`
	StepFiles       int `json:"stepFiles"`
	// ChatURL is the chat site that copying a prompt may open; empty for none.
	ChatURL string `json:"chatUrl"`
}

// DefaultSettings are those of a first start.
func DefaultSettings() Settings {
	return Settings{Theme: "system", TextSize: "normal", OllamaURL: "http://127.0.0.1:11434", SingleKeys: true,
		DailyBackups: 7, WeeklyBackups: 4, Practice: true, Refinements: Refinements, RefinementsWarn: RefinementsWarn, StepFiles: StepFiles}
}

// RefinementLimit is how often a thread may be refined without a reason.
func (s Settings) RefinementLimit() int { return usual(s.Refinements, Refinements) }

// RefinementWarning is the number of refinements from which on there is a warning.
func (s Settings) RefinementWarning() int { return usual(s.RefinementsWarn, RefinementsWarn) }

// FilesPerStep is how many files a step of a plan may touch.
func (s Settings) FilesPerStep() int { return usual(s.StepFiles, StepFiles) }

func usual(n, otherwise int) int {
	if n <= 0 {
		return otherwise
	}
	return n
}
