package store

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sallyport/sallyport/internal/tenant"
)

// Bounds of a tenant's folder.
const (
	maxFiles = 64
	maxFile  = 1 << 20
)

// leftover is what editors and version control leave beside a file: hidden files,
// backups, locks, and vim's test whether it may write.
func leftover(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasSuffix(name, "~") || name == "4913" ||
		strings.HasPrefix(name, "#") && strings.HasSuffix(name, "#") ||
		slices.Contains([]string{".bak", ".orig", ".swp", ".tmp"}, filepath.Ext(name))
}

// readTenant reads a tenant, and what the file system said of it just before.
func readTenant(dir, name string) (tenant.Bundle, stamps, error) {
	var found stamps
	files, leftovers := map[string][]byte{}, map[string]fs.FileInfo{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if leftover(entry.Name()) && entry.IsDir() && path != dir {
			return fs.SkipDir
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		found.add(path, info)
		if leftover(entry.Name()) {
			leftovers[path] = info
			return nil
		}
		if entry.IsDir() {
			return nil
		}
		relative, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		return readFile(files, path, filepath.ToSlash(relative), info)
	})
	if err != nil {
		return tenant.Bundle{}, nil, fmt.Errorf("tenant %s cannot be read: %w", name, err)
	}
	if err := missed(files, dir, leftovers); err != nil {
		return tenant.Bundle{}, nil, fmt.Errorf("tenant %s cannot be read: %w", name, err)
	}
	return tenant.Bundle{Name: name, Files: files, Version: tenant.Version(files), Shadow: tenant.ShadowVersion(files)}, found, nil
}

// missed adds the leftovers of files that are not there: who renames limits.yaml
// to limits.yaml.bak is told, and does not live without limits.
func missed(files map[string][]byte, dir string, leftovers map[string]fs.FileInfo) error {
	for path, info := range leftovers {
		relative, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		if base := filepath.Base(relative); base[0] == '.' || base[0] == '#' {
			continue
		}
		original := strings.TrimSuffix(strings.TrimSuffix(filepath.ToSlash(relative), "~"), filepath.Ext(relative))
		if _, there := files[original]; there || !slices.Contains([]string{".yaml", ".csv", ".conf"}, filepath.Ext(original)) {
			continue
		}
		if err := readFile(files, path, filepath.ToSlash(relative), info); err != nil {
			return err
		}
	}
	return nil
}

// readFile takes plain files alone: a link could lead to another tenant's.
func readFile(files map[string][]byte, path, name string, info fs.FileInfo) error {
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is not a plain file", name)
	}
	if info.Size() > maxFile || len(files) == maxFiles {
		return fmt.Errorf("%s: a tenant has at most %d files of at most 1 MiB", name, maxFiles)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	files[name] = data
	return nil
}
