package bench

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// target is what one subject is asked.
type target struct {
	subject string
	url     string
	headers map[string]string
	form    func() string // the body of each request, which is a POST then; nil: a GET
	sends   int           // requests of a round; 0: requests
}

// sample is what one round of load saw.
type sample struct {
	perSecond float64
	p50, p99  time.Duration
}

// load sends n requests over some connections, closed loop, and fails on the
// first answer that is not 200.
func load(ctx context.Context, t target, connections, n int) (sample, error) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections}}
	defer client.CloseIdleConnections()
	var left atomic.Int64
	left.Store(int64(n))
	took := make([][]time.Duration, connections)
	failed := make(chan error, connections)
	var group sync.WaitGroup
	started := time.Now()
	for i := range connections {
		group.Add(1)
		go func() {
			defer group.Done()
			for left.Add(-1) >= 0 {
				begin := time.Now()
				if err := once(ctx, client, t); err != nil {
					failed <- err
					return
				}
				took[i] = append(took[i], time.Since(begin))
			}
		}()
	}
	group.Wait()
	elapsed := time.Since(started)
	select {
	case err := <-failed:
		return sample{}, err
	default:
	}
	all := slices.Concat(took...)
	slices.Sort(all)
	return sample{perSecond: float64(len(all)) / elapsed.Seconds(), p50: all[len(all)/2], p99: all[len(all)*99/100]}, nil
}

func once(ctx context.Context, client *http.Client, t target) error {
	method, body := http.MethodGet, ""
	if t.form != nil {
		method, body = http.MethodPost, t.form()
	}
	request, err := http.NewRequestWithContext(ctx, method, t.url, strings.NewReader(body))
	if err != nil {
		return err
	}
	if t.form != nil {
		request.Header.Set("content-type", "application/x-www-form-urlencoded")
	}
	for name, value := range t.headers {
		request.Header.Set(name, value)
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	answered, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answered %d: %s", t.subject, response.StatusCode, answered)
	}
	return nil
}
