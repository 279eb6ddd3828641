package daemon

import (
	"fmt"
	"syscall"
)

// prSetDumpable is Linux's PR_SET_DUMPABLE.
const prSetDumpable = 4

// NoCoreDumps keeps this process's memory, with its keys, out of core files.
// Processes it starts inherit the limit.
func NoCoreDumps() error {
	if err := syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{}); err != nil {
		return fmt.Errorf("core dumps cannot be switched off: %w", err)
	}
	if _, _, code := syscall.RawSyscall(syscall.SYS_PRCTL, prSetDumpable, 0, 0); code != 0 {
		return fmt.Errorf("core dumps cannot be switched off: %w", code)
	}
	return nil
}
