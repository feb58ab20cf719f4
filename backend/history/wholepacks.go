package history

import (
	"os"
	"strings"

	"github.com/go-git/go-billy/v5"
)

// wholePacks shows go-git a repository without the packs that have no index.
// Such a pack is being written, or was when the machine stopped; git passes over
// it, but go-git would find nothing at all any more.
type wholePacks struct{ billy.Filesystem }

// ReadDir lists a folder.
func (w wholePacks) ReadDir(path string) ([]os.FileInfo, error) {
	infos, err := w.Filesystem.ReadDir(path)
	if err != nil {
		return nil, err
	}
	names := make(map[string]bool, len(infos))
	for _, info := range infos {
		names[info.Name()] = true
	}
	kept := make([]os.FileInfo, 0, len(infos))
	for _, info := range infos {
		base, isPack := strings.CutSuffix(info.Name(), ".pack")
		if !isPack || names[base+".idx"] {
			kept = append(kept, info)
		}
	}
	return kept, nil
}
