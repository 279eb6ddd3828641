package desk

import (
	"cmp"
	"net/http"
	"strings"
	"time"

	"github.com/sallyport/sallyport/internal/people"
)

// speaking is an answer in a language: the one that somebody chose in this browser,
// else their own, else what the browser asks for, else their tenant's.
type speaking struct {
	http.ResponseWriter
	chosen, own, asked, common people.Language
}

func (s *speaking) language() people.Language {
	return cmp.Or(s.chosen, s.own, s.asked, s.common, people.English)
}

// languageCookie keeps what somebody chose.
const (
	languageCookie = "sallyport_language"
	languageFor    = 365 * 24 * time.Hour
)

// in is an answer in the language that somebody chose, or their browser asks for.
func (d *Desk) in(w http.ResponseWriter, r *http.Request) *speaking {
	out := &speaking{ResponseWriter: w, asked: asked(r.Header.Get("accept-language"))}
	if chosen := people.Language(r.URL.Query().Get("language")); chosen.Spoken() {
		http.SetCookie(w, d.cookie(languageCookie, string(chosen), languageFor, http.SameSiteLaxMode))
		out.chosen = chosen
	} else if kept, ok := d.shown(r, languageCookie); ok && people.Language(kept).Spoken() {
		out.chosen = people.Language(kept)
	}
	return out
}

// asked is the first language of a browser's that is spoken here; "" for none.
func asked(header string) people.Language {
	for _, one := range strings.Split(header, ",") {
		tag, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(one)), ";")
		tag, _, _ = strings.Cut(tag, "-")
		if l := people.Language(strings.TrimSpace(tag)); l.Spoken() {
			return l
		}
	}
	return ""
}

// knows has an answer speak to a person.
func knows(w http.ResponseWriter, v visitor) {
	if s, ok := w.(*speaking); ok {
		s.own, s.common = v.person.Language, v.tenant.Language
	}
}

// languageOf is the language of an answer.
func languageOf(w http.ResponseWriter) people.Language {
	if s, ok := w.(*speaking); ok {
		return s.language()
	}
	return people.English
}

// tell is a sentence in the language of an answer.
func (d *Desk) tell(w http.ResponseWriter, sentence string) string {
	return d.Say(languageOf(w), sentence)
}
