package filter

import "github.com/sallyport/sallyport/internal/surrogate"

// maxSessions is how many sessions a worker keeps ready.
const maxSessions = 256

// sessions are kept by their key: making one ready takes as long as masking ten
// values.
type sessions map[surrogate.Key]*surrogate.Session

// seal is what the values of one answer are sealed with. The zero seal marks.
type seal struct {
	session *surrogate.Session
	scope   surrogate.Scope
}

// seal is that of a scope as it came. What is no scope makes marks: nothing is
// sealed that nobody could open.
func (s sessions) seal(text string) seal {
	scope, err := surrogate.ParseScope(text)
	if err != nil {
		return seal{}
	}
	session, ok := s[scope.Key]
	if !ok {
		if session, err = surrogate.NewSession(scope.Key); err != nil {
			return seal{}
		}
		if len(s) >= maxSessions {
			clear(s)
		}
		s[scope.Key] = session
	}
	return seal{session: session, scope: scope}
}

// minter is the session's, set to this answer's tool and subject: answers of one
// session may come at once.
func (s seal) minter() surrogate.Minter {
	if s.session == nil {
		return surrogate.Mark{}
	}
	s.session.Enter(s.scope.Tool, s.scope.Subject)
	return s.session
}

// subjectOf is a subject as its header spells it: nobody that is known, when it
// cannot be read.
func subjectOf(header string) surrogate.Subject {
	subject, _ := surrogate.ParseSubject(header)
	return subject
}
