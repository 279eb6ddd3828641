package bench

import (
	"os"
	"testing"
)

// A process that is not there has used nothing that could be compared: it is an error.
func TestProcessCPU(t *testing.T) {
	if used, err := processCPU(os.Getpid()); used <= 0 || err != nil {
		t.Errorf("this process has used %v, %v", used, err)
	}
	const none = 1<<22 + 1 // above the kernel's largest id
	if used, err := processCPU(none); err == nil {
		t.Errorf("a process that is not there has used %v", used)
	}
}
