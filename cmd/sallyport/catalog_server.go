package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/sallyport/sallyport/internal/daemon"
	"github.com/sallyport/sallyport/internal/mcp/client"
)

// askWithin bounds the look at one MCP server.
const askWithin = 30 * time.Second

// mcpServer is an MCP server that a command looks at.
type mcpServer struct {
	url              string
	protocol         client.Protocol
	private          bool
	slot, credential string
	http             *http.Client
	asked            int
}

// tools are what the server offers.
func (m *mcpServer) tools(ctx context.Context) ([]client.Tool, error) {
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	m.http = &http.Client{
		Transport:     &http.Transport{DialContext: daemon.Dialer(m.private).DialContext, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	session, err := client.Open(ctx, m, m.protocol, 0)
	if err != nil {
		return nil, m.hint(err)
	}
	tools, err := session.Tools(ctx, m)
	if reply, endErr := m.Send(ctx, session.End()); session.ID != "" && endErr == nil {
		_ = reply.Body.Close()
	}
	return tools, m.hint(err)
}

// hint says what to do about an error.
func (m *mcpServer) hint(err error) error {
	var status *client.StatusError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &status) && (status.Status == http.StatusUnauthorized || status.Status == http.StatusForbidden):
		return fmt.Errorf("%w; it wants a credential: give it with --credential, or with `sallyport secret put` for a tool", err)
	case errors.As(err, &status) && status.Status == http.StatusBadRequest:
		return fmt.Errorf("%w to a frame of %s; perhaps it speaks another version: try --protocol", err, m.protocol)
	case !m.private:
		return fmt.Errorf("%w; for a server of your own network say --private, or private: true in tools.yaml", err)
	}
	return err
}

// Send implements client.Sender.
func (m *mcpServer) Send(ctx context.Context, f client.Frame) (client.Reply, error) {
	request, err := http.NewRequestWithContext(ctx, f.Method, m.url, bytes.NewReader(f.Body))
	if err != nil {
		return client.Reply{}, err
	}
	for _, h := range f.Header {
		request.Header.Set(h[0], h[1])
	}
	if m.slot != "" {
		request.Header.Set(m.slot, m.credential)
	}
	response, err := m.http.Do(request) //nolint:bodyclose // whoever reads the reply closes it
	if err != nil {
		var asked *url.Error
		if errors.As(err, &asked) {
			err = asked.Err
		}
		return client.Reply{}, fmt.Errorf("%s: %w", m.url, err)
	}
	return client.Reply{
		Status: response.StatusCode, MediaType: response.Header.Get("content-type"),
		SessionID: response.Header.Get(client.HeaderSession), Body: response.Body,
	}, nil
}

// NewID implements client.Sender.
func (m *mcpServer) NewID() string {
	m.asked++
	return fmt.Sprint(m.asked)
}

// Other implements client.Sender: what a server tells or asks meanwhile is not
// for a command that looks.
func (m *mcpServer) Other(context.Context, client.Session, client.Message) {}
