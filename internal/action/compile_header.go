package action

import (
	"fmt"
	"regexp"
	"strconv"
)

func (c *compiler) headers() {
	seen := map[string]bool{}
	for i, src := range c.src.Headers {
		at := fmt.Sprintf("headers[%d]", i)
		h := header{name: src.Name, any: src.Any, values: src.Values, send: src.Send}
		switch {
		case !isHeaderName(src.Name):
			c.add(at+".name", "must be a header name in lower case", quoted(src.Name))
		case isTransport(src.Name) || isSingle(src.Name):
			c.add(at+".name", "is read by the gateway and cannot be listed", src.Name)
		case seen[src.Name]:
			c.add(at+".name", "is listed twice", src.Name)
		}
		seen[src.Name] = true
		if src.Any == (len(src.Values) > 0 || src.Pattern != "") {
			c.add(at, "must have any: true, or else values or a pattern", nil)
		}
		if src.Pattern != "" {
			re, err := regexp.Compile(`\A(?:` + src.Pattern + `)\z`)
			if err != nil {
				c.add(at+".pattern", "must be a regular expression", quoted(src.Pattern))
				continue
			}
			h.accept = re.MatchString
		}
		if src.Send != "" && !h.accepts(src.Send) {
			c.add(at+".send", "must be a value that is accepted", quoted(src.Send))
		}
		c.catalog.shared.headers = append(c.catalog.shared.headers, h)
	}
	if len(c.src.Headers) > maxHeaders {
		c.add("headers", "must not be more than "+strconv.Itoa(maxHeaders), len(c.src.Headers))
	}
}

func isHeaderName(text string) bool {
	for i := range len(text) {
		if b := text[i]; !isDigit(b) && b != '-' && (b < 'a' || b > 'z') {
			return false
		}
	}
	return text != "" && len(text) <= maxName
}
