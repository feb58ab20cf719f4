package prompt

// Card is what is searched of a prompt.
type Card struct {
	ID      string
	Title   string
	Summary string
	Tags    []string
	Body    string
	// Used is how often, or how lately, it was used: of two that fit alike the
	// higher one comes first.
	Used int
}
