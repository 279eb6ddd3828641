package pii_test

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sallyport/sallyport/internal/pii"
)

// BenchmarkFind says how many megabytes the finder reads in a second of this
// thread's processor time, and how many times as long as adding up the bytes
// takes: that share is the same on a busy machine.
func BenchmarkFind(b *testing.B) {
	for name, text := range map[string]string{
		"ordinary": strings.Repeat(`{"id":100432,"status":"shipped","created":1700000000,"description":"Annual subscription to the professional plan","sku":"AB-42","url":"https://api.example.com/v1/orders/100432"},`, 600),
		"dense":    strings.Repeat(`"ann.lee@example.com","415-555-0132","4242 4242 4242 4242",`, 1700),
		"Chinese":  strings.Repeat(`您好，我上个月购买了年度套餐，但是被重复扣款了两次，请帮忙核实一下，谢谢。订单 20881，手机号：13800138000。`, 700),
	} {
		b.Run(name, func(b *testing.B) {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			body := []byte(text)
			var f pii.Finder
			var spans []pii.Span
			var sum int
			find, scan := time.Hour, time.Hour // the best of all rounds
			for b.Loop() {
				from := threadTime(b)
				spans = f.Find(spans[:0], body, pii.All)
				middle := threadTime(b)
				sum += total(body)
				find, scan = min(find, middle-from), min(scan, threadTime(b)-middle)
			}
			if sum == 0 {
				b.Fatal("nothing was read")
			}
			b.ReportMetric(float64(len(text))/1e6/find.Seconds(), "MB/s-cpu")
			b.ReportMetric(float64(find)/float64(scan), "x-scan")
		})
	}
}

// total is the floor: it looks at every byte once.
//
//go:noinline
func total(body []byte) (sum int) {
	for _, c := range body {
		sum += int(c)
	}
	return sum
}

func threadTime(b *testing.B) time.Duration {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &now); err != nil {
		b.Fatal(err)
	}
	return time.Duration(now.Nano())
}
