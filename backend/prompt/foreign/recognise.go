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
	case (ext == ".yaml" || ext == ".yml") && isTemplate(text):
		return LLM, stem
	case ext == ".yaml" || ext == ".yml":
		return "", "It is YAML without a prompt."
	}
	return markdownFormat(file, stem, split(file, text), alone)
}

// markdownFormat tells Markdown files apart by front matter, then by folder.
func markdownFormat(file, stem string, doc document, alone bool) (Format, string) {
	dirs := strings.Split(strings.ToLower(path.Dir(file)), "/")
	if why := otherKind(dirs[len(dirs)-1], doc.matter); why != "" {
		return "", why
	}
	if f := byMatter(doc.matter); f != "" {
		return f, stem
	}
	cursor := slices.Index(dirs, ".cursor")
	switch {
	case cursor >= 0 && slices.Contains(dirs[cursor:], "commands"):
		return Cursor, stem
	case slices.Contains(dirs, "commands"):
		return Claude, stem
	case strings.TrimSpace(doc.body) == "":
		return "", "It is empty."
	case !alone && (notPrompts[strings.ToLower(stem)] || aboutRepository[stem]):
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

// otherKind says that a file of ours is something else than a prompt.
func otherKind(dir string, m matter) string {
	_, id := m.find("id")
	_, phases := m.find("phases")
	switch {
	case id && phases:
		return "It is a workflow."
	case id && dir == "personas":
		return "It is a persona."
	case id && dir == "packs":
		return "It is a domain pack."
	}
	return ""
}

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

// recognise sorts the files: prompts, what belongs to them, and the rest.
func (f *folder) recognise(o Options) ([]source, []Skipped) {
	homes := f.homes()
	sources, skipped := []source{}, []Skipped{}
	var rest []string
	for _, file := range f.files {
		home := homes.of(file)
		if home != nil && home.main != file {
			rest = append(rest, file)
			continue
		}
		text, ok := f.texts[file]
		if !ok {
			continue
		}
		s, why := sourceOf(file, text, o)
		if why != "" {
			skipped = append(skipped, Skipped{File: file, Why: why})
			continue
		}
		if home != nil {
			home.source = len(sources)
		}
		sources = append(sources, s)
	}
	for _, file := range rest {
		if home := homes.of(file); home.source >= 0 {
			sources[home.source].attach(file, f.texts[file])
		}
	}
	return sources, skipped
}

// home is a folder that is one prompt with what belongs to it.
type home struct {
	main   string // the file that is the prompt
	deep   bool   // what is in folders below belongs to it, too
	source int    // of the prompt; -1 where it cannot be read
}

type homes map[string]*home

func (f *folder) homes() homes {
	all := homes{}
	for _, file := range f.files {
		switch strings.ToLower(path.Base(file)) {
		case "skill.md":
			all[path.Dir(file)] = &home{main: file, deep: true, source: -1}
		case "system.md":
			if all[path.Dir(file)] == nil {
				all[path.Dir(file)] = &home{main: file, source: -1}
			}
		}
	}
	return all
}

// of returns the folder that a file belongs to as part of one prompt; nil for none.
func (h homes) of(file string) *home {
	for dir := path.Dir(file); ; dir = path.Dir(dir) {
		if found := h[dir]; found != nil && (found.deep || dir == path.Dir(file)) {
			return found
		}
		if dir == "." || dir == "/" {
			return nil
		}
	}
}

// attach gives a prompt a file that belongs to it.
func (s *source) attach(file, text string) {
	name := path.Base(file)
	if s.format == Fabric && (name == "user.md" || name == "README.md") {
		if s.beside == nil {
			s.beside = map[string]string{}
		}
		s.beside[name] = text
		return
	}
	s.bundle = append(s.bundle, file)
}

// sourceOf recognises a file by its path, else by what its front matter has; why
// says that it is no prompt.
func sourceOf(file, text string, o Options) (s source, why string) {
	format, name := formatOf(file, text, o.alone)
	if o.Format != "" {
		format = o.Format
	}
	if format == "" {
		return source{}, name
	}
	s = source{format: format, file: file, name: name, text: text}
	if at := strings.Index(file, "commands/"); at >= 0 && format == Claude {
		s.folder = slices.DeleteFunc(strings.Split(path.Dir(file[at+len("commands/"):]), "/"), func(s string) bool { return s == "." })
	}
	return s, ""
}
