package desk

import (
	"bufio"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// The languages of the Desk's pages. The API speaks English.
const (
	english = "en"
	chinese = "zh"
)

// catalogue has every sentence of the pages: an English line, and the Chinese
// one behind it. %s stands for what a sentence is about.
type catalogue struct {
	exact  map[string]string
	shaped []shape
}

// shape recognises a sentence that was made elsewhere, by authority for one.
type shape struct {
	english *regexp.Regexp
	chinese string
}

// readCatalogue reads pairs of lines; blank lines and those with # are for people.
func readCatalogue(text string) (catalogue, error) {
	c := catalogue{exact: map[string]string{}}
	key := ""
	for lines := bufio.NewScanner(strings.NewReader(text)); lines.Scan(); {
		line := strings.TrimSpace(lines.Text())
		switch {
		case line == "" || line[0] == '#':
		case key == "":
			key = line
		case strings.Count(key, "%s") != strings.Count(line, "%s"):
			return c, fmt.Errorf("the words for %q say another number of things", key)
		default:
			c.exact[key] = line
			if strings.Contains(key, "%s") {
				pattern := strings.ReplaceAll(regexp.QuoteMeta(key), "%s", "(.+?)")
				c.shaped = append(c.shaped, shape{regexp.MustCompile("^(?s:" + pattern + ")$"), line})
			}
			key = ""
		}
	}
	if key != "" {
		return c, fmt.Errorf("there are no words for %q", key)
	}
	return c, nil
}

// chinese is a sentence in Chinese; one that is not there stays English. What it
// is about is put in as it is.
func (c catalogue) chinese(text string) string {
	if found, ok := c.exact[text]; ok {
		return found
	}
	for _, s := range c.shaped {
		if parts := s.english.FindStringSubmatch(text); parts != nil {
			about := make([]any, len(parts)-1)
			for i, part := range parts[1:] {
				about[i] = part
			}
			return fmt.Sprintf(s.chinese, about...)
		}
	}
	return text
}

// same is a sentence in English.
func same(text string) string { return text }

// speaking is an answer in a language.
type speaking struct {
	http.ResponseWriter
	language string
}

// languageCookie keeps what somebody chose.
const (
	languageCookie = "sallyport_language"
	languageFor    = 365 * 24 * time.Hour
)

// in is an answer in the language that somebody chose, or else their browser
// asks for.
func (d *Desk) in(w http.ResponseWriter, r *http.Request) *speaking {
	if chosen := r.URL.Query().Get("language"); chosen == english || chosen == chinese {
		http.SetCookie(w, d.cookie(languageCookie, chosen, languageFor, http.SameSiteLaxMode))
		return &speaking{w, chosen}
	}
	if chosen, ok := d.shown(r, languageCookie); ok && (chosen == chinese || chosen == english) {
		return &speaking{w, chosen}
	}
	for _, one := range strings.Split(r.Header.Get("accept-language"), ",") {
		switch tag, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(one)), ";"); {
		case tag == english || strings.HasPrefix(tag, english+"-"):
			return &speaking{w, english}
		case tag == chinese || strings.HasPrefix(tag, chinese+"-"):
			return &speaking{w, chinese}
		}
	}
	return &speaking{w, english}
}
