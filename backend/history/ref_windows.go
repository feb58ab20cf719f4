package history

import (
	"errors"
	"io"
	"os"
)

// readRef reads the file of a ref.
func readRef(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }() // it was only read
	line := make([]byte, maxRef)
	n, err := f.Read(line)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return string(line[:n]), err
}
