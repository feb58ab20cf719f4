package workflow

// PassageKind says what a passage of a document is.
type PassageKind string

// The kinds of passages.
const (
	PassageHeading   PassageKind = "heading"
	PassageParagraph PassageKind = "paragraph"
	PassageItem      PassageKind = "item" // of a list, up to the item nested in it
	PassageCode      PassageKind = "code"
	PassageTable     PassageKind = "table"
	PassageQuote     PassageKind = "quote"
	PassageRule      PassageKind = "rule"
)
