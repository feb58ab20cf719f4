package handoff

import (
	"path"
	"strconv"
	"strings"

	"plumbline/backend/markdown"
	"plumbline/backend/pattern"
	"plumbline/backend/workflow"
)

var (
	requirementRE = pattern.New(`(?i)^requirement\s*[:：]\s*(.+)$`)
	scenarioRE    = pattern.New(`(?i)^scenario\s*[:：]\s*(.+)$`)
	removedRE     = pattern.New(`(?i)^removed requirements\b`)
)

// readChange makes a project of a change of OpenSpec: the proposal is the request,
// the design with what changes in the specifications is the specification, and the
// tasks are the plan.
func (d *draft) readChange(t *tree) {
	proposal, proposed := d.use("proposal.md")
	d.title = kindRE.ReplaceAllString(firstTitle(proposal), "")
	if d.title == "" || placeholder(d.title) || strings.EqualFold(d.title, "proposal") {
		d.title = humanise(d.dir)
	}
	d.idea(beneath(proposal, "Why"))
	if proposed {
		d.request(proposal)
	} else {
		d.drop("There is no proposal.md: the request is still to be written.")
	}
	d.design()
	d.plan(nil)
	d.rules(t.around(d.dir, "openspec/project.md"))
	if config, ok := t.around(d.dir, "openspec/config.yaml"); ok {
		d.drop("%s holds settings of OpenSpec.", config.Path)
	}
	if root := d.root(); strings.EqualFold(path.Base(root), "openspec") && t.below(root+"/specs") {
		d.drop("What %s/specs says already is no part of the change.", root)
	}
	d.rest()
}

// root returns the folder “openspec” around the change.
func (d *draft) root() string {
	root := path.Dir(path.Dir(d.dir))
	if d.archived {
		root = path.Dir(root)
	}
	return root
}

func (d *draft) request(proposal string) {
	body := titled(deeper(proposal, 0), d.title)
	sections := markdown.Sections(proposal)
	_, there := workflow.FindSection(sections, "Acceptance checklist")
	changes, _ := workflow.FindSection(sections, "What Changes")
	agreed := []string{}
	for _, p := range changes.Points {
		if text := oneLine(p.Text); p.Item && p.Depth == 0 && text != "" && len(agreed) < maxListed {
			agreed = append(agreed, text)
		}
	}
	if len(agreed) > 0 && !there {
		body += "\n## Acceptance checklist\n\n- [ ] " + strings.Join(agreed, "\n- [ ] ") + "\n"
		d.wrote("The acceptance checklist of request.md, from “What Changes”.")
	}
	d.add(requestFile, "request", body)
}

// design joins the design and the specifications that change.
func (d *draft) design() {
	design, designed := d.use("design.md")
	body, criteria := "# "+d.title+"\n", []string{}
	if designed {
		body += "\n## Design\n\n" + deeper(untitled(design), 1)
		d.keep("design.md, as the section “Design” of spec.md.")
	}
	joined := 0
	for _, f := range d.files {
		low := strings.ToLower(f.Path)
		if !strings.HasPrefix(low, "specs/") || path.Base(low) != "spec.md" || len(body)+len(f.Body) > maxBody*3/4 {
			continue
		}
		text, ok := d.use(f.Path)
		if !ok {
			continue
		}
		name := path.Dir(f.Path[len("specs/"):])
		body += "\n## Capability: " + name + "\n\n" + deeper(untitled(text), 1)
		criteria = append(criteria, scenarios(text, name)...)
		joined++
	}
	switch {
	case joined == 1:
		d.keep("What changes in 1 capability, as a section of spec.md.")
	case joined > 1:
		d.keep("What changes in %d capabilities, each as a section of spec.md.", joined)
	}
	criteria = criteria[:min(len(criteria), maxListed)]
	if len(criteria) > 0 && len(workflow.Criteria(markdown.Sections(body))) == 0 {
		body += "\n## Acceptance criteria\n\n"
		for i, text := range criteria {
			body += "- AC-" + strconv.Itoa(i+1) + ": " + text + "\n"
		}
		d.wrote("%s in spec.md, from its scenarios; which task covers which is still to be said.", workflow.Plural(len(criteria), "acceptance criterion", "acceptance criteria"))
	}
	if designed || joined > 0 {
		d.add(specFile, "spec", body)
	}
}

// scenarios returns those of a specification, apart from what it takes away.
func scenarios(text, capability string) []string {
	list, requirement, removed := []string{}, "", false
	for _, s := range markdown.Sections(text) {
		if s.Level <= 2 {
			removed = removedRE.MatchString(s.Title)
		}
		if m := requirementRE.FindStringSubmatch(s.Title); m != nil {
			requirement = oneLine(m[1])
		}
		m := scenarioRE.FindStringSubmatch(s.Title)
		if m == nil || removed {
			continue
		}
		line := oneLine(m[1])
		if requirement != "" {
			line = requirement + ": " + line
		}
		list = append(list, line+" ("+capability+")")
	}
	return list
}
