package testkit_test

import (
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/sallyport/sallyport/internal/testkit"
)

func TestLogIsReadWhileItIsWritten(t *testing.T) {
	var log testkit.Log
	var group sync.WaitGroup
	group.Go(func() {
		for i := range 100 {
			_, _ = fmt.Fprintf(&log, "line %d\n", i)
		}
	})
	testkit.Eventually(t, "the last line", func() bool { return strings.Contains(log.String(), "line 99\n") })
	group.Wait()
	log.Logger().Debug("spoken", "to", "it")
	if !strings.Contains(log.String(), "msg=spoken to=it") {
		t.Errorf("the log is %q", log.String())
	}
}

func TestFreeAddressCanBeListenedOn(t *testing.T) {
	listener, err := net.Listen("tcp", testkit.FreeAddress(t))
	if err != nil {
		t.Fatal(err)
	}
	_ = listener.Close()
}
