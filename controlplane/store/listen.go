package store

// deaf goes on without the kernel, for good.
func (s *sweeper) deaf(err error) {
	s.logger.Info("The kernel does not tell which tenants change; all are looked at each second", "error", err)
	s.close()
}

func (s *sweeper) close() {
	if s.watches != nil {
		s.watches.close()
		s.watches = nil
	}
}

// listen has the tenants read that the kernel tells of. It returns how many others
// are to be looked at: all of them, when the folder of tenants may be another one
// or the kernel told not all.
func (s *sweeper) listen() int {
	if s.watches == nil {
		return max(few, (len(s.names)+around-1)/around)
	}
	lost, err := s.watches.heard(func(name string) { s.folders[name].due = true })
	if err != nil {
		s.deaf(err)
	}
	if lost || s.age == 0 {
		return len(s.names)
	}
	return fewer
}

// follow has the kernel tell of what was read. It says whether that is new to it,
// so that the tenant has to be read once more.
func (s *sweeper) follow(name string, found stamps) bool {
	if s.watches == nil {
		return false
	}
	anew, err := s.watches.follow(name, found)
	if err != nil {
		s.deaf(err)
	}
	return anew
}
