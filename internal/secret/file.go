package secret

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"unicode"
	"unicode/utf8"

	"filippo.io/age"

	"github.com/sallyport/sallyport/internal/durable"
)

// File is the encrypted file of all tenants' secrets. Processes may share it:
// writers take turns by a lock beside it, and readers always see a whole file.
type File struct {
	path     string
	identity *age.X25519Identity
}

// maxValue bounds a secret, in bytes: Envoy refuses larger headers.
const maxValue = 16 << 10

var (
	tenantPattern = regexp.MustCompile(`^[a-z][a-z0-9-]{0,62}$`)
	namePattern   = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,62}$`)
)

// stored is the plain text inside: tenant, name, value.
type stored map[string]map[string]string

// OpenFile returns the file at path. Its key is at identityPath, made when it
// is missing and there is no file that an older key would be needed for.
func OpenFile(path, identityPath string) (*File, error) {
	for _, dir := range []string{filepath.Dir(path), filepath.Dir(identityPath)} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("the folder of secrets: %w", err)
		}
	}
	identity, err := openIdentity(identityPath, path)
	if err != nil {
		return nil, err
	}
	return &File{path: path, identity: identity}, nil
}

// Load returns all secrets; an absent file has none.
func (f *File) Load() (map[Name]Value, error) {
	data, err := f.bytes()
	if err != nil {
		return nil, err
	}
	return f.values(data)
}

func (f *File) values(data []byte) (map[Name]Value, error) {
	all, err := f.decrypt(data)
	if err != nil {
		return nil, err
	}
	out := map[Name]Value{}
	for tenant, secrets := range all {
		for name, text := range secrets {
			out[Name{tenant, name}] = NewValue(text)
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
	slices.SortFunc(names, func(a, b Name) int {
		return cmp.Or(cmp.Compare(a.Tenant, b.Tenant), cmp.Compare(a.Name, b.Name))
	})
	return names, nil
}

// Put stores a secret of a tenant.
func (f *File) Put(tenant, name, value string) error {
	switch {
	case !tenantPattern.MatchString(tenant):
		return fmt.Errorf("a tenant's name must be a-z, 0-9 and '-', beginning with a letter (got %q)", tenant)
	case !namePattern.MatchString(name):
		return fmt.Errorf("a secret's name must be a-z, 0-9, '_' and '-', beginning with a letter (got %q)", name)
	case value == "" || len(value) > maxValue:
		return fmt.Errorf("a secret must have 1 to %d bytes (got %d)", maxValue, len(value))
	case strings.ContainsFunc(value, unicode.IsControl) || !utf8.ValidString(value):
		return errors.New("a secret must be one line of text: it travels in a header")
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

// change reads, changes and writes under the lock, which other processes keep
// to as well. The lock's file stays: to remove it would give two writers two.
func (f *File) change(apply func(stored) error) error {
	lock, err := os.OpenFile(f.path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("lock the secrets: %w", err)
	}
	defer func() { _ = lock.Close() }()
	for err = syscall.EINTR; errors.Is(err, syscall.EINTR); {
		err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX)
	}
	if err != nil {
		return fmt.Errorf("lock the secrets: %w", err)
	}
	data, err := f.bytes()
	if err != nil {
		return err
	}
	all, err := f.decrypt(data)
	if err != nil {
		return err
	}
	if err := apply(all); err != nil {
		return err
	}
	return f.write(all)
}

// bytes are the encrypted ones; nil when the file is absent.
func (f *File) bytes() ([]byte, error) {
	data, err := os.ReadFile(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the secrets: %w", err)
	}
	return data, nil
}

// decrypt reads to the end before it believes anything: that is where age says
// that nothing was cut off. nil has no secrets.
func (f *File) decrypt(data []byte) (stored, error) {
	all := stored{}
	if data == nil {
		return all, nil
	}
	reader, err := age.Decrypt(bytes.NewReader(data), f.identity)
	if err != nil {
		return nil, fmt.Errorf("the secrets %s cannot be decrypted: they belong to another key or are damaged", f.path)
	}
	plain, err := io.ReadAll(reader)
	if err != nil || json.Unmarshal(plain, &all) != nil {
		return nil, fmt.Errorf("the secrets %s are damaged: restore them from a backup", f.path)
	}
	return all, nil
}

func (f *File) write(all stored) error {
	var sealed bytes.Buffer
	writer, err := age.Encrypt(&sealed, f.identity.Recipient())
	if err != nil {
		return fmt.Errorf("encrypt the secrets: %w", err)
	}
	if err := errors.Join(json.NewEncoder(writer).Encode(all), writer.Close()); err != nil {
		return fmt.Errorf("encrypt the secrets: %w", err)
	}
	if err := durable.Replace(f.path, sealed.Bytes(), 0o600); err != nil {
		return fmt.Errorf("write the secrets: %w", err)
	}
	return nil
}
