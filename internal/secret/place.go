package secret

import (
	"errors"
	"os"
	"path/filepath"
)

// place writes a whole file beside path, readable by its owner alone, and puts
// it there at once: with os.Rename in place of what is there, with os.Link only
// where nothing is. It is durable when place returns nil.
func place(path string, data []byte, put func(from, to string) error) error {
	dir := filepath.Dir(path)
	temp, err := os.CreateTemp(dir, ".new-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(temp.Name()) }() // gone already after a rename
	_, err = temp.Write(data)
	if err := errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return err
	}
	if err := put(temp.Name(), path); err != nil {
		return err
	}
	folder, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
