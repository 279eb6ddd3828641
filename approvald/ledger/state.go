package ledger

// Move names the operation that wants to change a state: each may make only
// its own transitions.
type Move uint8

// The moves. Only Opening and Claiming lease an intent, so nothing else leads
// to Executing from elsewhere; only Voting leads from Waiting to Approved.
const (
	Opening   Move = iota + 1 // a call
	Voting                    // a person's word
	Advancing                 // the executor, with what it learnt
	Claiming                  // the loop, because time has passed
	Editing                   // a person who changes what is asked
)

// Next says whether a move may lead from one state to another; "" is the state
// of an intent that is not there yet. It is the only list of transitions.
func Next(by Move, from, to State) bool {
	switch by {
	case Opening:
		return in(from, "", Failed) && in(to, Executing, Waiting) || from == Waiting && to == Expired
	case Voting:
		return from == Waiting && in(to, Waiting, Approved, Denied)
	case Editing:
		return from == Waiting && to == Waiting
	case Advancing:
		return advances(from, to)
	case Claiming:
		switch from {
		case Waiting:
			return in(to, Waiting, Expired)
		case Approved:
			return to == Executing
		case Executing:
			return in(to, Approved, Unknown)
		case Unknown:
			return to == Unknown
		default:
			return false
		}
	}
	return false
}

// advances are the steps of an executor. An Unknown intent may have had its
// effect: it can only be found out, never sent back to where it is sent anew.
func advances(from, to State) bool {
	switch from {
	case Waiting:
		return in(to, Waiting, Denied, Expired, Cancelled)
	case Approved:
		return in(to, Waiting, Denied, Expired, Cancelled)
	case Executing:
		return in(to, Executing, Succeeded, Failed, Unknown, Approved, Waiting, Denied)
	case Unknown:
		return in(to, Succeeded, Failed, Unknown)
	default:
		return false
	}
}

// Final says whether an intent of this state is over. Of a Failed one a new
// call may make another attempt.
func (s State) Final() bool {
	return !in(s, Waiting, Approved, Executing, Unknown)
}

// Known says whether s is one of the states.
func (s State) Known() bool {
	return in(s, Waiting, Approved, Executing, Succeeded, Failed, Unknown, Denied, Expired, Cancelled)
}

// keeping says what becomes of reservations in a state.
func (s State) keeping() string {
	switch {
	case !s.Final():
		return reserved
	case s == Succeeded:
		return committed
	default:
		return released
	}
}

// What a reservation is. Released ones are not counted.
const (
	reserved  = "reserved"
	committed = "committed"
	released  = "released"
)

func in(s State, states ...State) bool {
	for _, other := range states {
		if s == other {
			return true
		}
	}
	return false
}
