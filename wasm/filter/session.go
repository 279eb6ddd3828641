package filter

import "github.com/sallyport/sallyport/internal/surrogate"

// maxSessions is how many sessions a worker keeps ready, and maxScopes how many scopes
// it knows.
const (
	maxSessions = 256
	maxScopes   = 1024
)

// sessions are kept by their key: making one ready takes as long as masking ten
// values. Their scopes are kept as they came: to read one takes as long as to mask
// four.
type sessions struct {
	ready map[surrogate.Key]*surrogate.Session
	known map[string]seal
}

func newSessions() *sessions {
	return &sessions{ready: map[surrogate.Key]*surrogate.Session{}, known: map[string]seal{}}
}

// seal is what the values of one answer are sealed with. The zero seal marks.
type seal struct {
	session *surrogate.Session
	tool    string
	subject surrogate.Subject
}

// seal is that of a scope as it came. What is no scope makes marks: nothing is
// sealed that nobody could open.
func (s *sessions) seal(spelled string) seal {
	if known, ok := s.known[spelled]; ok {
		return known
	}
	scope, err := surrogate.ParseScope(spelled)
	if err != nil {
		return seal{}
	}
	session, ok := s.ready[scope.Key]
	if !ok {
		if session, err = surrogate.NewSession(scope.Key); err != nil {
			return seal{}
		}
		if len(s.ready) >= maxSessions {
			clear(s.ready)
			clear(s.known)
		}
		s.ready[scope.Key] = session
	}
	if len(s.known) >= maxScopes {
		clear(s.known)
	}
	of := seal{session: session, tool: scope.Tool, subject: scope.Subject}
	s.known[spelled] = of
	return of
}

// minter is the session's, set to this answer's tool and subject: answers of one
// session may come at once.
func (s seal) minter() surrogate.Minter {
	if s.session == nil {
		return surrogate.Mark{}
	}
	s.session.Enter(s.tool, s.subject)
	return s.session
}

// subjectOf is a subject as its header spells it: nobody that is known, when it
// cannot be read.
func subjectOf(header string) surrogate.Subject {
	subject, _ := surrogate.ParseSubject(header)
	return subject
}
