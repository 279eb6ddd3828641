package keyring

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// folder is where key files stand: PURPOSE-NNNN.key, hex in one line. The
// number grows; the largest is the newest.
type folder struct{ dir string }

type keyFile struct {
	id   string
	data []byte
}

func openFolder(dir string) (folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return folder{}, fmt.Errorf("the folder of keys: %w", err)
	}
	info, err := os.Stat(dir)
	if err != nil {
		return folder{}, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return folder{}, fmt.Errorf("the folder of keys %s can be read by others: run `chmod 700 %s`", dir, dir)
	}
	return folder{dir}, nil
}

// load returns a purpose's keys by id, and makes the first one.
func (f folder) load(purpose string, size int) ([]keyFile, error) {
	keys, err := f.read(purpose, size)
	if err != nil || len(keys) > 0 {
		return keys, err
	}
	if err := f.make(purpose+"-0001", size); err != nil {
		return nil, err
	}
	return f.read(purpose, size)
}

func (f folder) read(purpose string, size int) ([]keyFile, error) {
	paths, err := filepath.Glob(filepath.Join(f.dir, purpose+"-[0-9][0-9][0-9][0-9].key"))
	if err != nil {
		return nil, err
	}
	sort.Strings(paths)
	var keys []keyFile
	for _, path := range paths {
		data, err := readKey(path, size)
		if err != nil {
			return nil, err
		}
		keys = append(keys, keyFile{id: strings.TrimSuffix(filepath.Base(path), ".key"), data: data})
	}
	return keys, nil
}

func readKey(path string, size int) ([]byte, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("the key %s can be read by others or is no file: run `chmod 600 %s`, and make new keys if others could have read it", path, path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	data, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(data) != size {
		return nil, fmt.Errorf("the key %s is damaged: restore it from a backup, or move it away to have a new one made (what the old one signed is then refused)", path)
	}
	return data, nil
}

// make writes a whole file under a name of its own and links it to its place:
// whoever comes second finds the first one's key.
func (f folder) make(id string, size int) error {
	data, err := fresh(size)
	if err != nil {
		return err
	}
	temp, err := os.CreateTemp(f.dir, ".new-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(temp.Name()) }()
	if _, err := temp.WriteString(hex.EncodeToString(data) + "\n"); err != nil {
		return errors.Join(err, temp.Close())
	}
	if err := errors.Join(temp.Sync(), temp.Close()); err != nil {
		return err
	}
	err = os.Link(temp.Name(), filepath.Join(f.dir, id+".key"))
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}
