package ollamatest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// miniaudioModule holds miniaudio.h. The version is pinned, it is no dependency of ours.
const miniaudioModule = "github.com/gen2brain/malgo@v0.11.25"

// header is one that Ollama's sources keep in a folder called vendor, which the
// archives of Go modules leave out.
type header struct {
	folder string // below the include folder
	probe  string // a file in it
	debian string // the package that has it
}

func systemHeaders() []header {
	return []header{
		{folder: "nlohmann", probe: "json.hpp", debian: "nlohmann-json3-dev"},
		{folder: "stb", probe: "stb_image.h", debian: "libstb-dev"},
	}
}

// headers returns the include folder to build with. The folder is always the
// same one, since its name is part of the key of Go's build cache.
func (b builder) headers(ctx context.Context, src string) (string, error) {
	dir := filepath.Join(b.cache, "ollama-headers")
	var missing []string
	for _, h := range systemHeaders() {
		found, err := h.copyTo(dir, b.include)
		if err != nil {
			return "", fmt.Errorf("copy the headers of %s: %w", h.folder, err)
		}
		if !found {
			missing = append(missing, h.debian)
		}
	}
	if len(missing) > 0 {
		return "", fmt.Errorf("headers are missing: install the packages %s", strings.Join(missing, " and "))
	}
	target := filepath.Join(dir, "miniaudio", "miniaudio.h")
	if exists(target) {
		return dir, nil
	}
	listing, err := goOutput(ctx, src, "mod", "download", "-json", miniaudioModule)
	if err != nil {
		return "", fmt.Errorf("download miniaudio.h: %w", err)
	}
	var module struct{ Dir string }
	if err := json.Unmarshal([]byte(listing), &module); err != nil {
		return "", fmt.Errorf("download miniaudio.h: %w", err)
	}
	if err := copyFile(target, filepath.Join(module.Dir, "miniaudio.h")); err != nil {
		return "", fmt.Errorf("copy miniaudio.h: %w", err)
	}
	return dir, nil
}

// copyTo makes dir/folder from the first of the include folders that has it,
// unless it is there already. It reports whether dir has it now.
func (h header) copyTo(dir string, includes []string) (bool, error) {
	target := filepath.Join(dir, h.folder)
	if exists(filepath.Join(target, h.probe)) {
		return true, nil
	}
	for _, include := range includes {
		source := filepath.Join(include, h.folder)
		if !exists(filepath.Join(source, h.probe)) {
			continue
		}
		fresh := target + ".new"
		if err := os.RemoveAll(fresh); err != nil {
			return false, err
		}
		if err := os.CopyFS(fresh, os.DirFS(source)); err != nil {
			return false, err
		}
		if err := os.RemoveAll(target); err != nil {
			return false, err
		}
		return true, os.Rename(fresh, target)
	}
	return false, nil
}

func copyFile(target, source string) error {
	content, err := os.ReadFile(source)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(target+".new", content, 0o644); err != nil {
		return err
	}
	return os.Rename(target+".new", target)
}
