package foreign

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"plumbline/backend/prompt"
)

// Hash is of what a prompt says: its body, whatever its front matter and the
// blanks at the ends of its lines.
func Hash(p prompt.Prompt) string {
	sum := sha256.New()
	for line := range strings.Lines(p.Body) {
		sum.Write([]byte(strings.TrimRight(line, " \t\r\n")))
		sum.Write([]byte{'\n'})
	}
	return hex.EncodeToString(sum.Sum(nil))
}
