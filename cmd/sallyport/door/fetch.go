package door

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Bounds of one request to the token endpoint.
const (
	fetchWithin = 15 * time.Second
	maxDocument = 1 << 20
)

// Server is what a token endpoint's discovery says.
type Server struct {
	Issuer  string // as its clients must call it in assertions
	Token   string // where it is reached
	Gateway string // where agents call
}

// Discover asks the server at an address. Its own addresses may be those of
// something in front of it; the token endpoint is asked where it was found.
func Discover(ctx context.Context, address string) (Server, error) {
	address = strings.TrimRight(address, "/")
	var server struct {
		Issuer string `json:"issuer"`
		Token  string `json:"token_endpoint"`
	}
	var resource struct {
		Resource string `json:"resource"`
	}
	if err := document(ctx, address+"/.well-known/oauth-authorization-server", &server); err != nil {
		return Server{}, err
	}
	if err := document(ctx, address+"/.well-known/oauth-protected-resource", &resource); err != nil {
		return Server{}, err
	}
	path, ok := strings.CutPrefix(server.Token, server.Issuer)
	if !ok || server.Issuer == "" || resource.Resource == "" {
		return Server{}, fmt.Errorf("what answers at %s is no token endpoint of Sallyport", address)
	}
	return Server{Issuer: server.Issuer, Token: address + path, Gateway: resource.Resource}, nil
}

func document(ctx context.Context, address string, into any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	status, data, err := ask(ctx, request)
	if err != nil {
		return err
	}
	if status != http.StatusOK || json.Unmarshal(data, into) != nil {
		return fmt.Errorf("%s answers %d", address, status)
	}
	return nil
}

// Ask is one request for a token with these parameters. The error is the
// endpoint's own sentence.
func Ask(ctx context.Context, endpoint string, form url.Values) (Token, error) {
	from := time.Now()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, strings.NewReader(form.Encode()))
	if err != nil {
		return Token{}, err
	}
	request.Header.Set("content-type", "application/x-www-form-urlencoded")
	status, data, err := ask(ctx, request)
	if err != nil {
		return Token{}, err
	}
	var got struct {
		Token       string `json:"access_token"`
		Expires     int64  `json:"expires_in"`
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	switch err := json.Unmarshal(data, &got); {
	case err != nil || status == http.StatusOK && (got.Token == "" || got.Expires < 1):
		return Token{}, fmt.Errorf("what answers at %s is no token endpoint (status %d)", endpoint, status)
	case got.Error == "invalid_client":
		return Token{}, &UnknownError{got.Description}
	case status != http.StatusOK:
		return Token{}, errors.New(got.Description)
	}
	return Token{Raw: got.Token, From: from, Expires: from.Add(time.Duration(got.Expires) * time.Second)}, nil
}

// UnknownError is that the token endpoint does not take who asks for who it says.
type UnknownError struct{ said string }

// Error is what the endpoint says.
func (e *UnknownError) Error() string { return e.said }

// ask sends one request and reads the answer; no redirect is followed.
func ask(ctx context.Context, request *http.Request) (status int, data []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, fetchWithin)
	defer cancel()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request.WithContext(ctx))
	if err != nil {
		return 0, nil, fmt.Errorf("the token endpoint does not answer: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	data, err = io.ReadAll(io.LimitReader(response.Body, maxDocument))
	return response.StatusCode, data, err
}
