// Package prompts embeds the built-in library: prompts,
// workflows, checklists, personas and domain packs.
package prompts

import "embed"

// Files holds library/**.md, and the *.md of workflows, checklists, personas and packs.
//
//go:embed library workflows checklists personas packs
var Files embed.FS

// Schemas holds prompt.schema.json and workflow.schema.json: JSON Schemas of the
// front matter, for editors.
//
//go:embed *.schema.json
var Schemas embed.FS
