// Package frontend holds the built user interface.
package frontend

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Assets returns the built user interface, index.html at its root. Before the
// first `npm run build` it holds a placeholder only.
func Assets() fs.FS {
	built, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // "dist" is embedded above, so its name is valid
	}
	return built
}
