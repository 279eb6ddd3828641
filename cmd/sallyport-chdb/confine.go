package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/landlock-lsm/go-landlock/landlock"
	"github.com/landlock-lsm/go-landlock/landlock/syscall"
)

// What the engine and the system's libraries look at: of other processes, and of
// the settings of this machine, nothing.
var (
	readableDirs  = []string{"/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/share/zoneinfo", "/proc/self", "/sys/fs/cgroup", "/sys/devices/system"}
	readableFiles = []string{
		"/etc/ld.so.cache", "/etc/localtime", "/etc/nsswitch.conf", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat",
		"/dev/urandom", "/dev/random",
	}
)

// confine takes away from this process, for good, every file but the engine's
// data, its library and the system's own, and all new connections: to the engine
// file('…') and url('…') are functions like any other, and keys of the gateway
// lie beside its data. It MUST come before the library is loaded.
func confine(lib, data string) error {
	if err := checkLibrary(lib); err != nil {
		return err
	}
	if err := os.MkdirAll(data, 0o700); err != nil {
		return fmt.Errorf("the data folder: %w", err)
	}
	self, err := os.Executable() // the engine reads it when it reports an error
	if err != nil {
		return err
	}
	if real, err := filepath.EvalSymlinks(lib); err == nil {
		lib = real
	}
	rules := []landlock.Rule{
		landlock.RWDirs(data).WithRefer(),
		landlock.RODirs(readableDirs...).IgnoreIfMissing(),
		landlock.ROFiles(readableFiles...).IgnoreIfMissing(),
		landlock.ROFiles(self, lib),
		landlock.RWFiles("/dev/null").IgnoreIfMissing(),
	}
	if v, err := syscall.LandlockGetABIVersion(); err != nil || v < leastABI {
		return errUnconfined
	}
	// Connections can be refused since Linux 6.7: no effort is lost before.
	if err := landlock.V4.BestEffort().Restrict(rules...); err != nil {
		return fmt.Errorf("%w (%w)", errUnconfined, err)
	}
	return nil
}

// leastABI is Landlock's since Linux 5.19: before, nothing could be moved between
// folders.
const leastABI = 2

var errUnconfined = errors.New("the engine cannot be confined to its own files, which needs Linux 5.19 with Landlock: set CLICKHOUSE_URL to a ClickHouse of its own, or set SALLYPORT_CHDB_UNCONFINED=1 and let nobody query whom you would not show every file")
