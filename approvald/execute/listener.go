package execute

import "github.com/sallyport/sallyport/internal/mcp/client"

// Listener is the client whose call an MCP server works on, as long as it is
// connected. Its methods return at once, and may be called when it has gone.
type Listener interface {
	// Wants says whether it hears of progress, and the least level of the server's
	// log that it hears of, "" for none.
	Wants() (progress bool, log string)
	Hear(n client.Notice)
}

// extra is what a server is told about who listens to a call.
func (p Parcel) extra(s client.Session) (x client.Extra) {
	if p.Listener == nil {
		return x
	}
	x.Progress, x.Log = p.Listener.Wants()
	if s.Protocol == client.Sessions {
		x.Log = "" // there a server tells its log to everybody
	}
	return x
}
