package keyring

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/sallyport/sallyport/internal/durable"
)

// folder is where key files stand: PURPOSE-NNNN.key, hex in one line. The
// number grows; the largest is the newest.
type folder struct{ dir string }

type keyFile struct {
	id   string
	data []byte
	made time.Time // when its file was written
}

var number = regexp.MustCompile(`^-[0-9]{4}$`)

func openFolder(dir string) (folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return folder{}, fmt.Errorf("the folder of keys: %w", err)
	}
	info, err := os.Stat(dir)
	if err != nil {
		return folder{}, fmt.Errorf("the folder of keys: %w", err)
	}
	switch {
	case info.Mode().Perm()&0o077 != 0:
		return folder{}, fmt.Errorf("the folder of keys %s can be read by others: run `chmod 700 %s`", dir, dir)
	case !owned(info):
		return folder{}, fmt.Errorf("the folder of keys %s belongs to another user: run as that user, or make it yours with chown", dir)
	}
	return folder{dir}, nil
}

// owned says that nobody but this user and root can change the mode of a file.
func owned(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && (stat.Uid == 0 || int(stat.Uid) == os.Geteuid())
}

// load returns a purpose's keys, oldest first and at least one: the first is
// made when there is none.
func (f folder) load(purpose string, size int) ([]keyFile, error) {
	keys, err := f.read(purpose, size)
	if err != nil || len(keys) > 0 {
		return keys, err
	}
	if err := f.make(purpose+"-0001", size); err != nil {
		return nil, fmt.Errorf("make a key for %s: %w", purpose, err)
	}
	if keys, err = f.read(purpose, size); err == nil && len(keys) == 0 {
		err = fmt.Errorf("the key for %s vanished from %s while it was made", purpose, f.dir)
	}
	return keys, err
}

func (f folder) read(purpose string, size int) ([]keyFile, error) {
	names, err := f.names(purpose)
	if err != nil {
		return nil, err
	}
	var keys []keyFile
	for _, id := range names {
		data, made, err := readKey(filepath.Join(f.dir, id+".key"), size)
		if errors.Is(err, fs.ErrNotExist) {
			continue // withdrawn since the folder was listed
		}
		if err != nil {
			return nil, err
		}
		keys = append(keys, keyFile{id: id, data: data, made: made})
	}
	return keys, nil
}

func readKey(path string, size int) (key []byte, made time.Time, err error) {
	info, err := os.Lstat(path)
	if err != nil {
		return nil, made, err
	}
	if !info.Mode().IsRegular() || info.Mode().Perm()&0o077 != 0 || !owned(info) {
		return nil, made, fmt.Errorf("the key %s can be read by others, belongs to another user or is no file: run `chmod 600 %s`, and make new keys if others could have read it", path, path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, made, err
	}
	data, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(data) != size {
		return nil, made, fmt.Errorf("the key %s is damaged: restore it from a backup, or move it away to have a new one made (what the old one signed is then refused)", path)
	}
	return data, info.ModTime(), nil
}

// make writes a whole file under a name of its own and links it to its place:
// whoever comes second finds the first one's key. The folder is written through
// too, for what was signed must verify after a power cut.
func (f folder) make(id string, size int) error {
	data, err := fresh(size)
	if err != nil {
		return err
	}
	text := hex.EncodeToString(data) + "\n"
	if err := durable.Create(filepath.Join(f.dir, id+".key"), []byte(text), 0o600); !errors.Is(err, fs.ErrExist) {
		return err
	}
	return durable.Folder(f.dir) // the first one may not have come so far
}
