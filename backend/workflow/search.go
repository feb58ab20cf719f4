package workflow

import (
	"strings"
	"time"
	"unicode/utf8"
)

// SearchQuery is what to look for in the versions of documents.
type SearchQuery struct {
	// Words must all be in one passage; what is in quotes must be there as it is. Case does not count.
	Words string
	// Path limits the search to one document; empty for all of the project.
	Path string
}

// SearchProgress tells how far a search has come, and what it has found since it told last.
type SearchProgress struct {
	Done  int         `json:"done"` // versions
	Total int         `json:"total"`
	Hits  []SearchHit `json:"hits"`
}

// SearchUpdate is one line of what a search tells while it goes on: how far it
// has come and, last, the result or the error.
type SearchUpdate struct {
	Progress *SearchProgress `json:"progress,omitempty"`
	Result   *SearchResult   `json:"result,omitempty"`
	Error    *Error          `json:"error,omitempty"`
}

// SearchResult is what a search has found, the documents changed last first.
type SearchResult struct {
	Terms    []string    `json:"terms"`
	Versions int         `json:"versions"` // that were looked at
	Hits     []SearchHit `json:"hits"`
	// More says that there is more than is listed.
	More bool `json:"more"`
}

// SearchHit is a section of a document in which the words stand or stood.
type SearchHit struct {
	Path    string        `json:"path"`
	Title   string        `json:"title"` // of the document
	Section string        `json:"section"`
	Ranges  []SearchRange `json:"ranges"` // newest first
}

// SearchRange is a run of versions in which the words stood, with where they did in the newest of them.
type SearchRange struct {
	From    int       `json:"from"`
	FromAt  time.Time `json:"fromAt" ts_type:"string"`
	To      int       `json:"to"`
	ToAt    time.Time `json:"toAt" ts_type:"string"`
	Current bool      `json:"current"` // To is the current version
	Line    int       `json:"line"`
	Excerpt []Excerpt `json:"excerpt"`
}

// Excerpt is a part of a passage; Found parts are what was looked for.
type Excerpt struct {
	Text  string `json:"text"`
	Found bool   `json:"found"`
}

const (
	maxTerms = 12
	maxQuery = 400 // characters
)

// evenQuotes makes quotes of every kind the same.
var evenQuotes = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "«", `"`, "»", `"`)

// SearchTerms cuts a query into words and phrases in quotes, in lower case.
func SearchTerms(query string) ([]string, error) {
	if utf8.RuneCountInString(query) > maxQuery {
		return nil, Errorf(Limit, "The search is longer than %d characters.", maxQuery).WithHint("A few words are enough.")
	}
	terms, quoted := []string{}, false
	for part := range strings.SplitSeq(evenQuotes.Replace(strings.ToValidUTF8(query, "")), `"`) {
		if quoted {
			terms = append(terms, fold(part))
		} else {
			terms = append(terms, strings.Fields(fold(part))...)
		}
		quoted = !quoted
	}
	kept := terms[:0]
	for _, term := range terms {
		if term != "" {
			kept = append(kept, term)
		}
	}
	switch {
	case len(kept) == 0:
		return nil, Errorf(Invalid, "There is nothing to search for.").WithHint("Type a word, or a phrase in quotes.")
	case len(kept) > maxTerms:
		return nil, Errorf(Limit, "The search has %d words. At most %d are looked for at once.", len(kept), maxTerms).
			WithHint("Put them in quotes to look for the phrase.")
	}
	return kept, nil
}
