package secret

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"syscall"

	"filippo.io/age"
)

// File is the encrypted file of all tenants' secrets. Processes may share it:
// writers take turns by a lock beside it, and readers always see a whole file.
type File struct {
	path     string
	identity *age.X25519Identity
}

var namePattern = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,62}$`)

// stored is the plain text inside: tenant, name, value.
type stored map[string]map[string]string

// OpenFile returns the file at path. Its key is at identityPath, made when it
// is missing and there is no file that an older key would be needed for.
func OpenFile(path, identityPath string) (*File, error) {
	identity, err := readIdentity(identityPath)
	if errors.Is(err, fs.ErrNotExist) {
		if _, missing := os.Stat(path); missing == nil {
			return nil, fmt.Errorf("secrets %s cannot be read without their key %s: restore the key, or move the secrets away and store them again", path, identityPath)
		}
		identity, err = makeIdentity(identityPath)
	}
	if err != nil {
		return nil, err
	}
	return &File{path: path, identity: identity}, nil
}

func readIdentity(path string) (*age.X25519Identity, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("the key of the secrets %s can be read by others: run `chmod 600 %s`, and store new secrets if others could have read it", path, path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	identity, err := age.ParseX25519Identity(string(bytes.TrimSpace(text)))
	if err != nil {
		return nil, fmt.Errorf("the key of the secrets %s is damaged: restore it from a backup", path)
	}
	return identity, nil
}

func makeIdentity(path string) (*age.X25519Identity, error) {
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	temp, err := writeTemp(filepath.Dir(path), []byte(identity.String()+"\n"))
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.Remove(temp) }()
	if err := os.Link(temp, path); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return readIdentity(path)
}

// Load returns all secrets; an absent file has none.
func (f *File) Load() (map[Name]Value, error) {
	all, err := f.read()
	if err != nil {
		return nil, err
	}
	out := map[Name]Value{}
	for tenant, secrets := range all {
		for name, text := range secrets {
			out[Name{tenant, name}] = Value{text}
		}
	}
	return out, nil
}

// List returns names, sorted, and no values.
func (f *File) List() ([]Name, error) {
	all, err := f.Load()
	if err != nil {
		return nil, err
	}
	names := make([]Name, 0, len(all))
	for n := range all {
		names = append(names, n)
	}
	sort.Slice(names, func(i, j int) bool {
		if names[i].Tenant != names[j].Tenant {
			return names[i].Tenant < names[j].Tenant
		}
		return names[i].Name < names[j].Name
	})
	return names, nil
}

// Put stores a secret of a tenant.
func (f *File) Put(tenant, name, value string) error {
	if tenant == "" || !namePattern.MatchString(name) {
		return fmt.Errorf("a secret's name must be a-z, 0-9, '_' and '-', beginning with a letter (got %q)", name)
	}
	if value == "" {
		return errors.New("a secret must not be empty")
	}
	return f.change(func(all stored) error {
		if all[tenant] == nil {
			all[tenant] = map[string]string{}
		}
		all[tenant][name] = value
		return nil
	})
}

// Delete removes a secret; one that is not there is an error.
func (f *File) Delete(tenant, name string) error {
	return f.change(func(all stored) error {
		if _, ok := all[tenant][name]; !ok {
			return fmt.Errorf("tenant %s has no secret %q", tenant, name)
		}
		delete(all[tenant], name)
		return nil
	})
}

// change reads, changes and writes under the lock.
func (f *File) change(apply func(stored) error) error {
	lock, err := os.OpenFile(f.path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = lock.Close() }()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return err
	}
	all, err := f.read()
	if err != nil {
		return err
	}
	if err := apply(all); err != nil {
		return err
	}
	return f.write(all)
}

func (f *File) read() (stored, error) {
	data, err := os.ReadFile(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return stored{}, nil
	}
	if err != nil {
		return nil, err
	}
	plain, err := age.Decrypt(bytes.NewReader(data), f.identity)
	if err != nil {
		return nil, fmt.Errorf("the secrets %s cannot be decrypted: they belong to another key or are damaged", f.path)
	}
	all := stored{}
	if err := json.NewDecoder(plain).Decode(&all); err != nil {
		return nil, fmt.Errorf("the secrets %s are damaged: restore them from a backup", f.path)
	}
	return all, nil
}

func (f *File) write(all stored) error {
	var sealed bytes.Buffer
	writer, err := age.Encrypt(&sealed, f.identity.Recipient())
	if err != nil {
		return err
	}
	if err := errors.Join(json.NewEncoder(writer).Encode(all), writer.Close()); err != nil {
		return err
	}
	temp, err := writeTemp(filepath.Dir(f.path), sealed.Bytes())
	if err != nil {
		return err
	}
	return os.Rename(temp, f.path)
}

// writeTemp writes a whole file, durable, readable by its owner alone.
func writeTemp(dir string, data []byte) (string, error) {
	temp, err := os.CreateTemp(dir, ".new-*")
	if err != nil {
		return "", err
	}
	_, err = io.Copy(temp, bytes.NewReader(data))
	return temp.Name(), errors.Join(err, temp.Sync(), temp.Close())
}
