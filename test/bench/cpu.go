package bench

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// envoyOf is the process id of the Envoy whose configuration lies in dir.
func envoyOf(tb testing.TB, dir string) int {
	tb.Helper()
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, file := range files {
		line, err := os.ReadFile(file)
		if err != nil || !bytes.Contains(line, []byte(filepath.Join(dir, "bootstrap.json"))) {
			continue
		}
		id, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if err != nil {
			tb.Fatal(err)
		}
		return id
	}
	tb.Fatalf("no Envoy runs with %s", dir)
	return 0
}

// processCPU is the processor's time of all threads of a process that live, as
// the scheduler counts it.
func processCPU(id int) (time.Duration, error) {
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", id))
	if err != nil {
		return 0, err
	}
	if len(files) == 0 {
		return 0, fmt.Errorf("the process %d is not there", id)
	}
	var sum time.Duration
	for _, file := range files {
		data, err := os.ReadFile(file)
		if errors.Is(err, os.ErrNotExist) || errors.Is(err, unix.ESRCH) {
			continue // the thread ended
		}
		var ran time.Duration
		if _, err2 := fmt.Sscan(string(data), &ran); err != nil || err2 != nil {
			return 0, fmt.Errorf("%s: %w", file, errors.Join(err, err2))
		}
		sum += ran
	}
	return sum, nil
}

// threadCPU is the processor's time that run takes of this thread.
func threadCPU(tb testing.TB, run func()) time.Duration {
	tb.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	now := func() time.Duration {
		var t unix.Timespec
		if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t); err != nil {
			tb.Fatal(err)
		}
		return time.Duration(t.Nano())
	}
	from := now()
	run()
	return now() - from
}
