package workflow

import (
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"plumbline/backend/pattern"
)

// sarifSchema names the version of SARIF that is written.
const sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

// The parts of a SARIF log that are written, as its standard names them.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version,omitempty"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID    string    `json:"id"`
		Short sarifText `json:"shortDescription"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID       string             `json:"ruleId"`
		RuleIndex    int                `json:"ruleIndex"`
		Level        string             `json:"level"`
		Message      sarifText          `json:"message"`
		Locations    []sarifLocation    `json:"locations"`
		Prints       map[string]string  `json:"partialFingerprints"`
		Occurrences  int                `json:"occurrenceCount"`
		Suppressions []sarifSuppression `json:"suppressions,omitempty"`
		Properties   map[string]string  `json:"properties"`
	}
	sarifLocation struct {
		Physical *sarifPhysical `json:"physicalLocation,omitempty"`
		Logical  []sarifLogical `json:"logicalLocations,omitempty"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		Start int `json:"startLine"`
		End   int `json:"endLine,omitempty"`
	}
	sarifLogical struct {
		Name string `json:"fullyQualifiedName"`
	}
	sarifSuppression struct {
		Kind          string `json:"kind"`
		Status        string `json:"status"`
		Justification string `json:"justification,omitempty"`
	}
)

// sarif writes the findings that are not fixed as the results of one run. Accepted
// and scheduled ones are suppressed, with their reasons.
func (r LedgerReport) sarif() sarifLog {
	run := sarifRun{ColumnKind: "unicodeCodePoints", Results: []sarifResult{},
		Tool: sarifTool{sarifDriver{Name: "Plumbline", Version: r.Version, Rules: []sarifRule{}}}}
	rules := map[string]int{}
	for _, f := range r.Findings {
		if f.State == FindingFixed || f.State == FindingDuplicate {
			continue
		}
		id := Slug(f.Category)
		if id == "" {
			id = "finding"
		}
		if _, ok := rules[id]; !ok {
			rules[id] = len(run.Tool.Driver.Rules)
			name := f.Category
			if id == "finding" {
				name = "Finding of an audit"
			}
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{ID: id, Short: sarifText{name}})
		}
		run.Results = append(run.Results, f.sarif(id, rules[id]))
	}
	return sarifLog{Schema: sarifSchema, Version: "2.1.0", Runs: []sarifRun{run}}
}

func (f Finding) sarif(rule string, index int) sarifResult {
	text := f.Title
	if f.Problem != "" {
		text += "\n\n" + f.Problem
	}
	if f.Fix != "" {
		text += "\n\nFix: " + f.Fix
	}
	res := sarifResult{RuleID: rule, RuleIndex: index, Level: f.Severity.level(), Message: sarifText{text}, Locations: sarifLocations(f.Location),
		Prints: map[string]string{"plumblineFinding/v1": f.Fingerprint}, Occurrences: max(1, len(f.Sightings)),
		Properties: map[string]string{"number": f.Number, "severity": string(f.Severity), "state": string(f.State)}}
	if f.State == FindingAccepted || f.State == FindingScheduled {
		res.Suppressions = []sarifSuppression{{Kind: "external", Status: "accepted", Justification: f.status()}}
	}
	return res
}

// level is what SARIF calls a severity; what nobody judged is a warning there.
func (s Severity) level() string {
	switch s {
	case P0, P1:
		return "error"
	case P3:
		return "note"
	}
	return "warning"
}

// lineAfterRE is a line number, or the first and the last, behind a path.
var lineAfterRE = pattern.New(`^(?::|#L|[\s,` + "`" + `(]*\blines?\s*)(\d{1,7})(?:\s*(?:[-–:]|to)\s*L?(\d{1,7}))?`)

// sarifLocations reads a location: files with their lines, else a name.
func sarifLocations(location string) []sarifLocation {
	text := strings.ReplaceAll(location, `\`, "/")
	found := []sarifLocation{}
	for _, m := range fileRE.FindAllStringIndex(text, -1) {
		name := path.Clean(text[m[0]:m[1]])
		if strings.HasPrefix(name, "..") || name == "." {
			continue
		}
		p := &sarifPhysical{Artifact: sarifArtifact{(&url.URL{Path: strings.TrimLeft(name, "/")}).EscapedPath()}}
		if line := lineAfterRE.FindStringSubmatch(text[m[1]:]); line != nil {
			p.Region = regionOf(line[1], line[2])
		}
		found = append(found, sarifLocation{Physical: p})
	}
	if name := oneLine(location); len(found) == 0 && name != "" {
		found = append(found, sarifLocation{Logical: []sarifLogical{{name}}})
	}
	return slices.Clip(found)
}

func regionOf(from, to string) *sarifRegion {
	start, _ := strconv.Atoi(from) // digits, by the expression
	end, _ := strconv.Atoi(to)
	if start < 1 {
		return nil
	}
	if end <= start { // a column, or no end
		end = 0
	}
	return &sarifRegion{start, end}
}
