package foreign

import (
	"path"
	"slices"
	"strings"
)

// formatOf returns the format of a file and the name that its prompt goes by. For
// a file that is no prompt the format is empty, and the name says why. A file
// that was chosen alone is meant to be one, whatever it is called.
func formatOf(file, text string, alone bool) (Format, string) {
	base, ext := path.Base(file), strings.ToLower(path.Ext(file))
	stem := strings.TrimSuffix(base, path.Ext(base))
	dirs := strings.Split(strings.ToLower(path.Dir(file)), "/")
	parent := path.Base(path.Dir(file))
	if parent == "." || parent == "/" {
		parent = stem
	}
	switch {
	case strings.EqualFold(base, "skill.md"):
		return Skill, parent
	case strings.EqualFold(base, "system.md"):
		return Fabric, parent
	case strings.HasSuffix(strings.ToLower(base), ".prompt.md"):
		return VSCode, base[:len(base)-len(".prompt.md")]
	case ext == ".mdc":
		return CursorRule, stem
	case ext == ".yaml" || ext == ".yml":
		if isTemplate(text) {
			return LLM, stem
		}
		return "", "It is YAML without a prompt."
	}
	front := split(file, text)
	if front.fenced {
		if f := byMatter(front.matter); f != "" {
			return f, stem
		}
	}
	within := func(dir, sub string) bool {
		at := slices.Index(dirs, dir)
		return at >= 0 && slices.Contains(dirs[at:], sub)
	}
	switch {
	case within(".cursor", "commands"):
		return Cursor, stem
	case slices.Contains(dirs, "commands"):
		return Claude, stem
	case strings.TrimSpace(front.body) == "":
		return "", "It is empty."
	case !alone && (notPrompts[strings.ToLower(stem)] || stem == strings.ToUpper(stem) && aboutRepository[stem]):
		return "", "It is about the folder."
	}
	return Markdown, stem
}

// notPrompts and aboutRepository are the names of documents that folders of
// prompts have, too; the latter only in capitals.
var (
	notPrompts = words(`readme changelog license licence contributing code_of_conduct index pull_request_template
copilot-instructions`)
	aboutRepository = words(`SECURITY AGENTS CLAUDE GEMINI AUTHORS NOTICE HISTORY TODO ROADMAP SUPPORT GOVERNANCE`)
)

// byMatter recognises a format by keys that only it has.
func byMatter(m matter) Format {
	has := func(keys ...string) bool {
		for _, key := range keys {
			if _, ok := m.find(key); !ok {
				return false
			}
		}
		return true
	}
	switch {
	case has("id", "title", "summary"):
		return Plumbline
	case has("globs") || has("alwaysApply"):
		return CursorRule
	case has("mode") || has("agent", "tools"):
		return VSCode
	case has("argument-hint") || has("arguments") || has("disable-model-invocation"):
		return Claude
	case has("name", "description"):
		return Skill
	case has("allowed-tools"):
		return Claude
	case has("tools"):
		return VSCode
	}
	return ""
}

// isTemplate reports whether a YAML text is a template of llm: one that has a prompt.
func isTemplate(text string) bool {
	if !isMapping(text) {
		return false
	}
	m := entries(text, 1)
	if _, ok := m.find("prompt", "system"); !ok {
		return false
	}
	return !slices.ContainsFunc(m, func(e entry) bool { return !templateKeys[e.key] })
}

// templateKeys are the keys that a template may have.
var templateKeys = words(`name prompt system model defaults options extract extract_last schema_object fragments
system_fragments attachments attachment_types tools functions`)
