package action

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// maxParams is how many bits Match has to mark the arguments it has seen.
const maxParams = 64

// maxDedupe is longer than any provider remembers a key.
const maxDedupe = 30 * 24 * time.Hour

// actionCompiler is one action on its way.
type actionCompiler struct {
	*compiler
	at     string
	src    *actionSource
	action *Action
}

func (c *compiler) action(i int) {
	src := &c.src.Actions[i]
	b := &actionCompiler{compiler: c, at: fmt.Sprintf("actions[%d]", i), src: src, action: &Action{
		Name:         src.Name,
		Summary:      src.Summary,
		Description:  src.Description,
		Effect:       src.Effect != nil && *src.Effect,
		ProviderKey:  src.ProviderKey,
		DedupeWindow: src.DedupeWindow,
		ReplayMark:   src.ReplayMark,
		op:           &operation{method: src.Method, clientKey: src.ProviderKey, shared: &c.catalog.shared},
	}}
	c.built = append(c.built, b)
	b.tool()
	b.head()
	b.providerKey()
	b.body()
	b.upload()
	if len(src.Params) > maxParams {
		b.add(".params", "must not be more than 64", len(src.Params))
		return
	}
	for j := range src.Params {
		b.param(j)
	}
	if c.catalog.mcp == nil {
		b.paths()
	}
	b.serverParams()
	b.shape()
	b.reason()
	c.catalog.actions = append(c.catalog.actions, b.action)
	c.catalog.byName[src.Name] = b.action
}

func (b *actionCompiler) add(path, what string, got any) { b.compiler.add(b.at+path, what, got) }

func (b *actionCompiler) head() {
	rest, ok := strings.CutPrefix(b.src.Name, b.catalog.name+".")
	for _, part := range strings.Split(rest, ".") {
		ok = ok && isName(part)
	}
	if !ok {
		b.add(".name", "must be "+b.catalog.name+". and lower case names with dots between", quoted(b.src.Name))
	}
	if b.catalog.byName[b.src.Name] != nil {
		b.add(".name", "is used twice", b.src.Name)
	}
	read := b.src.Method == "GET"
	switch {
	case !slices.Contains([]string{"GET", "POST", "PUT", "PATCH", "DELETE"}, b.src.Method):
		b.add(".method", "must be GET, POST, PUT, PATCH or DELETE", quoted(b.src.Method))
	case read && b.action.Effect:
		b.add(".effect", "a GET cannot be an effect", true)
	case !read && b.src.Effect == nil:
		// A forgotten word must not send an effect past the ledger.
		b.add(".effect", "must be said for "+b.src.Method+": true or false", nil)
	}
}

// reason finds the argument that says why the agent asks.
func (b *actionCompiler) reason() {
	name := b.src.Reason
	if name == "" {
		return
	}
	if p, ok := b.action.Param(name); !ok || p.Kind != String || !b.action.Effect {
		b.add(".reason", "must be a text among the params of an effect", quoted(name))
	}
	b.action.ReasonArg = name
}

func (b *actionCompiler) providerKey() {
	switch key := b.src.ProviderKey; {
	case key == "" && b.src.DedupeWindow != 0:
		b.add(".dedupe_window", "needs a provider_key", b.src.DedupeWindow)
	case key != "" && (b.src.DedupeWindow < time.Minute || b.src.DedupeWindow > maxDedupe):
		b.add(".dedupe_window", "must be from 1m to 720h", b.src.DedupeWindow)
	}
	if key := b.src.ProviderKey; key != "" && key != idempotencyKey && (!isHeaderName(key) || isTransport(key) || isSingle(key)) {
		b.add(".provider_key", "must be a header name in lower case that the gateway does not read", quoted(key))
	}
	if mark := b.src.ReplayMark; mark != "" && (b.src.ProviderKey == "" || !isHeaderName(mark)) {
		b.add(".replay_mark", "must be a header name in lower case, of an action with a provider_key", quoted(mark))
	}
}

func (b *actionCompiler) body() {
	switch b.src.Body {
	case "", "none":
	case "form":
		b.action.op.body = formBody
	case "json":
		b.action.op.body = jsonBody
	default:
		b.add(".body", "must be none, form or json", quoted(b.src.Body))
	}
	if b.action.op.body != noBody && (b.src.Method == "GET" || b.src.Method == "DELETE") {
		b.add(".body", "a "+b.src.Method+" cannot have a body", b.src.Body)
	}
}

func (b *actionCompiler) paths() {
	used := map[int]int{}
	index := func(name string) int {
		i := slices.IndexFunc(b.action.op.params, func(p param) bool { return p.Name == name && p.place == inPath })
		used[i]++
		return i
	}
	for i, path := range append([]string{b.src.Path}, b.src.Aliases...) {
		at := ".path"
		if i > 0 {
			at = fmt.Sprintf(".aliases[%d]", i-1)
		}
		clear(used)
		if path == mcpPath {
			b.add(at, "is where agents reach the gateway's own MCP server", quoted(path))
		}
		t, err := parseTemplate(path, index, func(i int) bool { return b.action.op.params[i].pattern != nil })
		if err != nil {
			b.add(at, err.Error(), quoted(path))
			continue
		}
		for j := range b.action.op.params {
			if p := &b.action.op.params[j]; p.place == inPath && used[j] != 1 {
				b.add(at, "must have {"+p.Name+"} once", quoted(path))
			}
		}
		b.action.op.paths = append(b.action.op.paths, t)
		b.catalog.routes[b.src.Method] = append(b.catalog.routes[b.src.Method], route{t, b.action})
	}
}

// shape lays out the JSON body, or finds keys of a query or form used twice.
func (b *actionCompiler) shape() {
	root := &shape{param: -1}
	keys := map[string]bool{}
	for i := range b.action.op.params {
		p := &b.action.op.params[i]
		at := fmt.Sprintf(".params[%d]", i)
		for j, position := range p.repeats {
			if !root.grow(position, i, true) {
				b.add(fmt.Sprintf("%s.repeats[%d]", at, j), "is a position of another argument", position)
			}
		}
		switch {
		case p.place == inPath:
		case p.place == inBody && b.action.op.body == jsonBody:
			if !root.grow(p.at, i, false) {
				b.add(at+".at", "is a position of another argument", p.at)
			}
		default:
			key := fmt.Sprint(p.place, p.at)
			if keys[key] {
				b.add(at+".at", "is the key of another argument", p.at)
			}
			keys[key] = true
		}
	}
	for i, position := range b.src.Empty {
		if b.action.op.body != jsonBody || !isPosition(position) || !root.grow(position, -1, false) {
			b.add(fmt.Sprintf(".empty[%d]", i), "must be a position of the json body where no argument stands", quoted(position))
		}
	}
	if b.action.op.body == jsonBody {
		b.action.op.shape = root
	}
}
