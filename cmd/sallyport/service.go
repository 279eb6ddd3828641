package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/sallyport/sallyport/approvald/desk"
)

// Bounds of one answer: a gateway that hangs must not hang the command.
const (
	answerWithin = 30 * time.Second
	maxAnswer    = 8 << 20
)

// refusedError is a refusal in the service's own words.
type refusedError struct {
	detail string
	status int // of HTTP
}

func (e *refusedError) Error() string { return e.detail }

// service is a part of a running gateway that commands speak to.
type service struct {
	name, flag, url string
	token           string // "" for none
}

// call sends one request and reads the JSON of the answer. Its errors are
// sentences that say what to do.
func (v service) call(ctx context.Context, method, path string, body, into any) error {
	root, err := base(v.flag, v.url)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	var payload bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&payload).Encode(body); err != nil {
			return err
		}
	}
	request, err := http.NewRequestWithContext(ctx, method, root+path, &payload)
	if err != nil {
		return err
	}
	request.Header.Set("content-type", "application/json")
	if v.token != "" {
		request.Header.Set("authorization", "Bearer "+v.token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("%s at %s does not answer: is the gateway running (`make up`), and is %s right? (%w)", v.name, root, v.flag, err)
	}
	defer func() { _ = response.Body.Close() }()
	data, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("the answer of %s at %s broke off: try again (%w)", v.name, root, err)
	}
	var refused desk.Error
	if response.StatusCode != http.StatusOK && json.Unmarshal(data, &refused) == nil && refused.Detail != "" {
		return &refusedError{refused.Detail, response.StatusCode}
	}
	if response.StatusCode != http.StatusOK || json.Unmarshal(data, into) != nil {
		return fmt.Errorf("what answers at %s is not %s (status %d): check %s", root, v.name, response.StatusCode, v.flag)
	}
	return nil
}
