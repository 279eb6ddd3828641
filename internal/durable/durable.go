// Package durable writes whole files: a reader sees the old one or the new one,
// never half of one, also after the machine lost its power.
package durable

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Replace puts a file in place of what is there, if anything. It lasts when
// Replace returns nil; after an error, what was there still is.
func Replace(path string, data []byte, mode fs.FileMode) error {
	return place(path, data, mode, os.Rename)
}

// Create puts a file where nothing is, else it is fs.ErrExist: of two processes
// one wins.
func Create(path string, data []byte, mode fs.FileMode) error {
	return place(path, data, mode, os.Link)
}

// place writes a file under a hidden name of its own and gives it its name. A
// reader of the folder passes over what is hidden.
func place(path string, data []byte, mode fs.FileMode, name func(from, to string) error) error {
	dir := filepath.Dir(path)
	temp, err := os.CreateTemp(dir, ".new-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(temp.Name()) }() // gone already after a rename
	_, err = temp.Write(data)
	if err := errors.Join(err, temp.Chmod(mode), temp.Sync(), temp.Close()); err != nil {
		return err
	}
	if err := name(temp.Name(), path); err != nil {
		return err
	}
	return Folder(dir)
}

// Folder makes the names in a folder last: those of new, renamed and removed
// files.
func Folder(dir string) error {
	folder, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
