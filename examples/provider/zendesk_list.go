package provider

import (
	"cmp"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// list answers the addresses that name no single object; false when there is
// none of this name.
func (z zendesk) list(data *state, req request, path string) (response, bool) {
	query, err := url.ParseQuery(req.query)
	if err != nil || req.method != http.MethodGet {
		return response{}, false
	}
	switch path {
	case "tickets":
		return z.tickets(data, query, func(*Ticket) bool { return true }), true
	case "search":
		return z.search(data, query), true
	case "users/search":
		return z.searchUsers(data, query), true
	}
	user, rest, _ := strings.Cut(strings.TrimPrefix(path, "users/"), "/")
	if id, err := strconv.ParseInt(user, 10, 64); err == nil && rest == "tickets/requested" {
		if _, ok := data.users[id]; !ok {
			return z.missing(), true
		}
		return z.tickets(data, query, func(t *Ticket) bool { return t.RequesterID == id }), true
	}
	return response{}, false
}

// tickets is a page of tickets by cursor, in the order of their ids.
func (z zendesk) tickets(data *state, query url.Values, wanted func(*Ticket) bool) response {
	size, err := strconv.Atoi(cmp.Or(query.Get("page[size]"), "100"))
	after, err2 := strconv.ParseInt(cmp.Or(query.Get("page[after]"), "0"), 10, 64)
	if err != nil || err2 != nil || size < 1 || size > 100 {
		return z.fail(http.StatusBadRequest, "InvalidPaginationParameter", "page is not valid")
	}
	out, more, last := []Ticket{}, false, ""
	for _, id := range slices.Sorted(maps.Keys(data.tickets)) {
		switch t := data.tickets[id]; {
		case id <= after || !wanted(t):
		case len(out) == size:
			more = true
		default:
			out, last = append(out, *t), strconv.FormatInt(id, 10)
		}
	}
	return response{status: http.StatusOK, body: map[string]any{
		"tickets": out, "meta": map[string]any{"has_more": more, "after_cursor": last}, "links": map[string]any{"next": nil, "prev": nil},
	}}
}

type searchResult struct {
	Ticket
	ResultType string `json:"result_type"`
}

// search knows type:, requester: and status:, and looks for other words in
// subjects and descriptions.
func (z zendesk) search(data *state, query url.Values) response {
	if query.Get("query") == "" {
		return z.fail(http.StatusUnprocessableEntity, "invalid", "invalid search")
	}
	found := []searchResult{}
	for _, id := range slices.Sorted(maps.Keys(data.tickets)) {
		if t := data.tickets[id]; isFound(t, strings.Fields(query.Get("query"))) {
			found = append(found, searchResult{*t, "ticket"})
		}
	}
	if query.Get("sort_order") != "asc" {
		slices.Reverse(found)
	}
	return response{status: http.StatusOK, body: map[string]any{
		"results": found, "count": len(found), "next_page": nil, "previous_page": nil, "facets": nil,
	}}
}

func isFound(t *Ticket, words []string) bool {
	for _, word := range words {
		name, value, _ := strings.Cut(word, ":")
		var found bool
		switch name {
		case "type":
			found = value == "ticket"
		case "requester":
			found = value == strconv.FormatInt(t.RequesterID, 10)
		case "status":
			found = value == t.Status
		default:
			found = strings.Contains(t.Subject+" "+t.Description, word)
		}
		if !found {
			return false
		}
	}
	return true
}

func (z zendesk) searchUsers(data *state, query url.Values) response {
	out := []User{}
	email := strings.TrimPrefix(query.Get("query"), "email:")
	for _, id := range slices.Sorted(maps.Keys(data.users)) {
		if data.users[id].Email == email {
			out = append(out, data.users[id])
		}
	}
	return response{status: http.StatusOK, body: map[string]any{"users": out, "count": len(out), "next_page": nil, "previous_page": nil}}
}
