package extauthz

import "github.com/sallyport/sallyport/internal/decision"

// locate puts the tool's name in front of a path whose host names the tool, so
// that from here on, at the routes and at approvald too, the path alone says
// which tool it is.
func (a *Agent) locate(s *step) *decision.Decision {
	path, refused := a.g.Domain.Path(s.id, s.tenant, s.check.authority, s.check.request.Path)
	s.moved, s.check.request.Path = path != s.check.request.Path, path
	return refused
}

// path is the header by which Envoy takes the path that was decided.
func (s step) path() [2]string {
	target := s.check.request.Path
	if s.check.request.RawQuery != "" {
		target += "?" + s.check.request.RawQuery
	}
	return [2]string{":path", target}
}
