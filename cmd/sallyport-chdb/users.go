package main

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
)

// The users there can be. The second one exists only when it has a password.
const (
	writer = "sallyport"
	reader = "audit_reader"
)

// users are digests of passwords by name, so that comparing takes the same time
// whatever was sent.
type users map[string][sha256.Size]byte

var errNoPassword = errors.New("no password: write one into a file and name it with --password-file, or set SALLYPORT_CHDB_PASSWORD")

// readUsers refuses to go on without a password.
func readUsers(f flags, password string) (users, error) {
	if f.PasswordFile != "" {
		var err error
		if password, err = readPassword(f.PasswordFile); err != nil {
			return nil, err
		}
	}
	if password == "" {
		return nil, errNoPassword
	}
	out := users{writer: sha256.Sum256([]byte(password))}
	if f.ReaderPasswordFile == "" {
		return out, nil
	}
	password, err := readPassword(f.ReaderPasswordFile)
	if err != nil {
		return nil, err
	}
	out[reader] = sha256.Sum256([]byte(password))
	return out, nil
}

func readPassword(path string) (string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("password file: %w", err)
	}
	password := strings.TrimRight(string(data), "\r\n")
	if password == "" {
		return "", fmt.Errorf("password file %s is empty: write a password into it", path)
	}
	return password, nil
}

// authenticate returns the user that the request proved to be.
func (u users) authenticate(r *http.Request) (string, bool) {
	name, password, basic := r.BasicAuth()
	if !basic {
		name, password = r.Header.Get("X-Clickhouse-User"), r.Header.Get("X-Clickhouse-Key")
	}
	want, known := u[name]
	got := sha256.Sum256([]byte(password))
	return name, subtle.ConstantTimeCompare(got[:], want[:]) == 1 && known
}
