package markdown

import (
	"cmp"
	"strings"

	"plumbline/backend/pattern"
)

// columnNames say what a column of a table of findings holds.
var columnNames = names(
	"severity: severity, sev, sev., severity level, priority, prio, level, p, schweregrad, priorität, gravité, gravedad, 严重程度, 严重性, 优先级, 级别",
	"title: title, issue, finding, findings, vulnerability, bug, problem, defect, gap, concern, weakness, description, summary, name, what, details, failure, failure mode, scenario, threat, attack, bottleneck, weak point, observation, titel, befund, beschreibung, 问题, 描述",
	"location: file, files, location, loc, where, site, component, path, line, code reference, reference, affected, datei, ort, 位置, 文件",
	"fix: fix, recommendation, remediation, solution, mitigation, action, suggested fix, suggestion, lösung, empfehlung, 建议, 修复",
	"status: status, state, 状态",
	"category: category, area, type, kategorie, bereich, 类别",
	"number: #, id, no, no., nr, nr., №, 编号",
	"verify: verify, verification, test, how to verify",
	"impact: impact, risk, cause, evidence, why",
	"count: count, number, total, open, findings count, anzahl, 数量",
)

// grid is a table whose rows may be findings.
type grid struct {
	roles []string // what the columns hold; empty for others
	rows  []portion
}

func (t grid) column(role string) int {
	for i, r := range t.roles {
		if r == role {
			return i
		}
	}
	return -1
}

func (t grid) cell(row portion, role string) portionLine {
	if i := t.column(role); i >= 0 && i < len(row.cells) {
		return row.cells[i]
	}
	return portionLine{}
}

// takeTable reads a table.
func (f *finder) takeTable(i int) int {
	head := f.portions[i]
	end := i + 1
	for end < len(f.portions) && f.portions[end].kind == rowPortion && f.portions[end].list == head.list {
		end++
	}
	t := grid{roles: make([]string, len(head.cells)), rows: f.portions[i+1 : end]}
	for n, cell := range head.cells {
		role := columnNames[strings.ToLower(strings.TrimSpace(cell.text))]
		if role != "" && t.column(role) < 0 {
			t.roles[n] = role
		}
	}
	if t.column("severity") >= 0 && t.column("title") < 0 && t.column("count") >= 0 {
		f.claimRows(t)
		return end
	}
	severe := t.severe()
	if f.scopes.excluded() {
		if severe && t.column("title") >= 0 {
			f.skipped += len(t.rows)
		}
		return end
	}
	if t.column("title") < 0 && t.column("severity") >= 0 {
		t.choose()
	}
	given, _ := f.scopes.severity()
	if t.column("title") < 0 || !severe && given == "" && f.scopes.class() != findingScope {
		return end
	}
	for n := range t.rows {
		f.row(t, i+1+n)
	}
	return end
}

// severe reports whether at least half of the rows have a severity in its column.
func (t grid) severe() bool {
	found := 0
	for _, row := range t.rows {
		if severity, _ := severityOf(t.cell(row, "severity").text); severity != "" {
			found++
		}
	}
	return found > 0 && 2*found >= len(t.rows)
}

// choose makes the risk the title where nothing else is one, or the column with
// the longest texts, unless the rows are about what to do.
func (t grid) choose() {
	if at := t.column("impact"); at >= 0 {
		t.roles[at] = "title"
		return
	}
	if t.column("fix") >= 0 {
		return
	}
	best, most := -1, 0
	for i, role := range t.roles {
		width := 0
		for _, row := range t.rows {
			if i < len(row.cells) {
				width += len(row.cells[i].text)
			}
		}
		if role == "" && width > most {
			best, most = i, width
		}
	}
	if best >= 0 && len(t.roles) > 2 {
		t.roles[best] = "title"
	}
}

// doneRE is a status cell, or a severity cell, that says that a row is done with.
var doneRE = pattern.New(`^\s*[✅✔☑]`)

// row reads one row as a finding.
func (f *finder) row(t grid, i int) {
	row := f.portions[i]
	cell := t.cell(row, "title")
	sev := t.cell(row, "severity")
	severity, label := severityOf(sev.text)
	if cell.text == "" || denies(cell.text) || nothing(cell.text) {
		return
	}
	if severity == "" && doneRE.MatchString(sev.text) {
		return
	}
	line := cell
	line.strong = "" // a bold word in a cell is rarely the title of the row
	l := leadOf(line)
	if severity != "" {
		l.severity, l.label = severity, label
	}
	c := f.candidate(i, i+1, l, []portionLine{line})
	c.Number = cmp.Or(strings.Trim(t.cell(row, "number").text, " #."), l.number)
	c.Location = cmp.Or(t.cell(row, "location").text, c.Location)
	c.Fix = cmp.Or(t.cell(row, "fix").text, c.Fix)
	c.Verify = cmp.Or(t.cell(row, "verify").text, c.Verify)
	c.Category = cmp.Or(t.cell(row, "category").text, c.Category)
	c.Problem = cmp.Or(c.Problem, t.cell(row, "impact").text)
	status := t.cell(row, "status")
	c.Status = cmp.Or(strings.TrimSpace(signsRE.ReplaceAllString(status.text, "")), c.Status)
	if sev.struck && c.Status == "" {
		c.Status = "Closed"
	}
	f.add(c, true)
}
