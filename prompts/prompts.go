// Package prompts embeds the built-in library: prompts, workflows and checklists.
package prompts

import "embed"

// Files holds library/**.md, workflows/*.md and checklists/*.md.
//
//go:embed library workflows checklists
var Files embed.FS
