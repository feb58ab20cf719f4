//go:build minwindow

// Command minwindow is the smallest window that Wails can show, the reference
// for the start and the memory of Plumbline's own.
package main

import (
	"embed"
	"fmt"
	"os"

	"github.com/wailsapp/wails/v2"
	"github.com/wailsapp/wails/v2/pkg/options"
	"github.com/wailsapp/wails/v2/pkg/options/assetserver"
	"github.com/wailsapp/wails/v2/pkg/options/linux"
)

//go:embed index.html
var page embed.FS

func main() {
	err := wails.Run(&options.App{
		Title: "Minimal window", Width: 1440, Height: 900,
		BackgroundColour: options.NewRGB(0xfd, 0xfc, 0xfa),
		AssetServer:      &assetserver.Options{Assets: page},
		// The same as Plumbline's, or the two would not draw in the same way.
		Linux: &linux.Options{WebviewGpuPolicy: linux.WebviewGpuPolicyNever},
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "minwindow:", err)
		os.Exit(1)
	}
}
