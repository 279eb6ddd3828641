package tenant

// shadow compiles the policy on trial with everything else of the tenant. A file
// that the folder does not have is the live one. What is wrong with it is
// reported and keeps nothing from going live.
func (l *loader) shadow() {
	version := ShadowVersion(l.bundle.Files)
	if version == "" {
		return
	}
	l.tenant.ShadowSeen = version
	engine, problems := l.compile(l.tried(fileModel), l.tried(filePolicy))
	for _, p := range problems {
		p.Path = dirShadow + p.Path
		l.tenant.ShadowProblems = append(l.tenant.ShadowProblems, p)
	}
	if len(problems) == 0 {
		l.tenant.Shadow = &Shadow{Version: version, Policy: engine}
	}
}

// tried is a file of the shadow, or the live one in its place.
func (l *loader) tried(name string) []byte {
	if file, ok := l.bundle.Files[dirShadow+name]; ok {
		return file
	}
	return l.bundle.Files[name]
}
