package action

// Target is the method and the path of a call as Build writes them, for policies
// that speak about requests: one spelling, whatever alias or protocol the agent
// used. What an MCP server has is its name or address. It is false for a call that lacks
// an argument of its path.
func (a *Action) Target(args Args) (method, path string, ok bool) {
	if a.op == nil {
		return "", "", false
	}
	if a.op.mcp != nil {
		return "POST", "/" + a.op.mcp.name, true
	}
	for _, seg := range a.op.paths[0].segments {
		if seg.param < 0 {
			continue
		}
		if v, given := args[a.op.params[seg.param].Name]; !given || v.Text == "" {
			return "", "", false
		}
	}
	return a.op.method, a.op.buildPath(args), true
}
