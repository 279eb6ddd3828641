package provider

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// slack answers as Slack's Web API does: 200 for everything that it understood,
// and in `ok` what that means.
type slack struct{}

// SlackMessage is one message as it stands in a channel.
type SlackMessage struct {
	Type     string `json:"type"`
	User     string `json:"user"`
	Text     string `json:"text"`
	TS       string `json:"ts"`
	ThreadTS string `json:"thread_ts,omitempty"`
	channel  string
}

type slackChannel struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	IsChannel  bool   `json:"is_channel"`
	IsPrivate  bool   `json:"is_private"`
	IsArchived bool   `json:"is_archived"`
}

type slackUser struct {
	ID       string       `json:"id"`
	Name     string       `json:"name"`
	RealName string       `json:"real_name"`
	IsBot    bool         `json:"is_bot"`
	Profile  slackProfile `json:"profile"`
}

type slackProfile struct {
	RealName string `json:"real_name"`
	Email    string `json:"email"`
}

// slackChannels and slackUsers are the same for every account.
var (
	slackChannels = []slackChannel{
		{ID: "C01SUPPORT", Name: "support", IsChannel: true},
		{ID: "C02BILLING", Name: "billing-alerts", IsChannel: true},
		{ID: "C03OLD", Name: "launch", IsChannel: true, IsArchived: true},
	}
	slackUsers = map[string]slackUser{
		"U01LEAD": {ID: "U01LEAD", Name: "lena", RealName: "Lena Lead", Profile: slackProfile{RealName: "Lena Lead", Email: "lena.lead@example.com"}},
		"U02BOT":  {ID: "U02BOT", Name: "support-bot", RealName: "Support Bot", IsBot: true, Profile: slackProfile{RealName: "Support Bot"}},
	}
)

func (slack) authorised(a Account, h http.Header) bool {
	token, ok := strings.CutPrefix(h.Get("Authorization"), "Bearer ")
	return ok && same(token, a.SlackKey)
}

func (slack) key(request) string { return "" }

func (slack) fail(status int, code, _ string) response {
	switch {
	case status == http.StatusUnauthorized:
		return slack{}.refuse("invalid_auth")
	case code == "":
		code = "internal_error"
	}
	return response{status: status, body: map[string]any{"ok": false, "error": code}}
}

func (slack) refuse(code string) response {
	return response{status: http.StatusOK, body: map[string]any{"ok": false, "error": code}}
}

func (slack) done(body map[string]any) response {
	body["ok"] = true
	return response{status: http.StatusOK, body: body}
}

// handle routes a request: the last part of the path names the method, and its
// arguments come in a form, in JSON or in the query.
func (s slack) handle(data *state, req request) response {
	args, ok := s.args(req)
	if !ok {
		return s.refuse("invalid_json")
	}
	switch strings.TrimPrefix(req.path, "/api/") {
	case "chat.postMessage":
		return s.post(data, req, args)
	case "conversations.list":
		return s.done(map[string]any{"channels": channels(args), "response_metadata": map[string]string{"next_cursor": ""}})
	case "users.info":
		if user, ok := slackUsers[args["user"]]; ok {
			return s.done(map[string]any{"user": user})
		}
		return s.refuse("user_not_found")
	}
	return s.refuse("unknown_method")
}

// args are the texts of a request; what else JSON has is passed over, as Slack
// does.
func (slack) args(req request) (map[string]string, bool) {
	out := map[string]string{}
	if strings.HasPrefix(req.header.Get("Content-Type"), "application/json") && len(req.body) > 0 {
		var values map[string]any
		if json.Unmarshal(req.body, &values) != nil {
			return nil, false
		}
		for name, value := range values {
			out[name], _ = value.(string)
		}
		return out, true
	}
	for _, text := range []string{req.query, string(req.body)} {
		form, err := url.ParseQuery(text)
		if err != nil {
			return nil, false
		}
		for name := range form {
			out[name] = form.Get(name)
		}
	}
	return out, true
}

func channels(args map[string]string) []slackChannel {
	out := []slackChannel{}
	for _, c := range slackChannels {
		if c.IsArchived && (args["exclude_archived"] == "1" || args["exclude_archived"] == "true") {
			continue
		}
		out = append(out, c)
	}
	return out
}

// post is the effect that Slack does as often as it is asked for.
func (s slack) post(data *state, req request, args map[string]string) response {
	channel := ""
	for _, c := range slackChannels {
		if c.ID == args["channel"] {
			channel = c.ID
			if c.IsArchived {
				return s.refuse("is_archived")
			}
		}
	}
	switch {
	case channel == "":
		return s.refuse("channel_not_found")
	case args["text"] == "":
		return s.refuse("no_text")
	}
	m := SlackMessage{
		Type: "message", User: "U02BOT", Text: args["text"], ThreadTS: args["thread_ts"], channel: channel,
		TS: fmt.Sprintf("%d.%06d", req.now.Unix(), len(data.messages)+1),
	}
	data.messages = append(data.messages, m)
	return s.done(map[string]any{"channel": channel, "ts": m.TS, "message": m})
}

// Messages are what was posted to a channel of an account, the oldest first.
func (p *Provider) Messages(account, channel string) []SlackMessage {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []SlackMessage
	if s, ok := p.state[account]; ok {
		for _, m := range s.messages {
			if m.channel == channel {
				out = append(out, m)
			}
		}
	}
	return out
}
