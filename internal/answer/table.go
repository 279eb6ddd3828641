package answer

import "github.com/sallyport/sallyport/internal/reason"

// entry says how one reason code is answered. Statuses are chosen by what SDKs
// do with them: 403 and 400 are raised at once with our text, 409 is told not
// to be retried, 503 may be retried because nothing was done.
type entry struct {
	status int
	title  string
	text   string // the sentence, without the details that Sentence adds
	kind   string // Stripe's error type
	retry  bool   // a client may send the same again by itself
}

const (
	invalidRequest = "invalid_request_error"
	authentication = "authentication_error"
	idempotency    = "idempotency_error"
	rateLimit      = "rate_limit_error"
	apiError       = "api_error"
)

// renew tells how to get a token that is good.
const renew = "Get a new one from the token endpoint, as the www-authenticate header says, or run the program under `sallyport run`, which renews it"

// lookup is total: a code without an entry is an internal fault.
func lookup(code reason.Code) entry {
	switch code {
	case reason.TokenMissing:
		return entry{401, "No gateway token", "This call carries no gateway token. Use the token of this agent as the API key: it begins with spgw_", authentication, false}
	case reason.TokenInvalid, reason.TenantAbsent:
		return entry{401, "Gateway token refused", "This gateway token is not valid. " + renew, authentication, false}
	case reason.TokenExpired:
		return entry{401, "Gateway token expired", "This gateway token has expired. " + renew, authentication, false}
	case reason.TokenRevoked:
		return entry{401, "Gateway token revoked", "This gateway token was revoked. " + renew, authentication, false}
	case reason.TokenBound:
		return entry{401, "Gateway token bound", "This gateway token is bound to another network or client certificate than the one of this call", authentication, false}
	case reason.ToolUnknown:
		return entry{403, "Tool not available", "There is no such tool for this agent. The first path segment, or the first label of the host, names the tool", invalidRequest, false}
	case reason.ToolAmbiguous:
		return entry{400, "Two tools named", "This request names two tools. Leave one of them out", invalidRequest, false}
	case reason.ToolRevoked:
		return entry{403, "Tool switched off", "This tool is switched off for now. This call was not done, and trying again does not help until somebody restores the tool", invalidRequest, false}
	case reason.ActionUnlisted:
		return entry{403, "Action not available", "This operation is not among the actions of this tool", invalidRequest, false}
	case reason.ToolChanged:
		return entry{403, "Tool changed", "The server of this tool says something else about it than what was reviewed, so it is refused until somebody has reviewed it. Nothing was done by this call, and trying again does not help until then", invalidRequest, false}
	case reason.InputUnlisted:
		return entry{400, "Input not accepted", "The request has an input that this action does not take", invalidRequest, false}
	case reason.InputInvalid:
		return entry{400, "Input not valid", "An input of this request is not valid", invalidRequest, false}
	case reason.InputMissing:
		return entry{400, "Input missing", "An input that this action needs is missing", invalidRequest, false}
	case reason.InputDuplicate:
		return entry{400, "Input given twice", "An input of this request is given more than once", invalidRequest, false}
	case reason.BodyMalformed:
		return entry{400, "Body not readable", "The body of this request cannot be read as its content type says", invalidRequest, false}
	case reason.BodyEncoded:
		return entry{415, "Body is encoded", "The body must be sent without a content-encoding", invalidRequest, false}
	case reason.BodyMediaType:
		return entry{415, "Media type not accepted", "The body has a content type that this action does not take", invalidRequest, false}
	case reason.BodyTooLarge:
		return entry{413, "Body too large", "The body of this request is too large", invalidRequest, false}
	case reason.RequestRejected:
		return entry{400, "Request rejected", "The gateway cannot accept this request as HTTP", invalidRequest, false}
	case reason.FrameInvalid:
		return entry{400, "Message not accepted", "This is no message of the Model Context Protocol", invalidRequest, false}
	case reason.FrameUnlisted:
		return entry{404, "Method not offered", "This gateway does not offer this method", invalidRequest, false}
	case reason.SessionUnknown:
		return entry{404, "Session not known", "This MCP session is not known. Begin a new one with initialize", invalidRequest, false}
	case reason.QuestionAbsent:
		return entry{409, "Question over", "The question that this answers is over. The tool went on without an answer: send the call again without it to be asked anew", invalidRequest, false}
	case reason.QuestionUnheard:
		return entry{409, "Client not asked", "The tool asked something of this call's client, which cannot be asked any more", invalidRequest, false}
	default:
		return lookupPersonal(code)
	}
}

// lookupPersonal holds the codes of personal data.
func lookupPersonal(code reason.Code) entry {
	switch code {
	case reason.PersonalData:
		return entry{403, "Personal data not accepted", "An input of this call holds personal data or a key in clear, which may not be written there. Leave it out, or use the placeholder, such as [email:...], that an answer of this conversation has for it. Nothing was done", invalidRequest, false}
	case reason.RecipientUnknown:
		return entry{403, "Recipient not known", "This input names who gets something, so it takes only a placeholder, such as [email:...], from an answer of this conversation. Nothing was done", invalidRequest, false}
	case reason.SurrogateUnknown:
		return entry{403, "Placeholder not known", "A placeholder such as [email:...] in this call was not issued in this conversation, or was changed. Copy it whole from an answer of this conversation. Nothing was done", invalidRequest, false}
	case reason.SurrogatePlace:
		return entry{403, "Placeholder not accepted here", "A placeholder such as [email:...] stands where the gateway does not turn it back into what it stands for: in a search, an address, a link, markup or code. Use an id instead, or write it into plain text. Nothing was done", invalidRequest, false}
	case reason.SurrogateSubject:
		return entry{403, "Placeholder of somebody else", "A placeholder such as [email:...] in this call is not known to be about the customer who would read it, so it is not turned back. Leave it out. Nothing was done", invalidRequest, false}
	default:
		return lookupOutcome(code)
	}
}

// lookupOutcome holds the codes of decisions, holds and faults.
func lookupOutcome(code reason.Code) entry {
	switch code {
	case reason.PolicyDenied:
		return entry{403, "Refused by policy", "The policy refuses this call", invalidRequest, false}
	case reason.PolicyNoRule:
		return entry{403, "Refused by policy", "No rule of the policy allows this call", invalidRequest, false}
	case reason.PolicyUnevaluable:
		return entry{403, "Refused by policy", "A rule of the policy cannot be evaluated for this call, so it is refused", invalidRequest, false}
	case reason.LimitExceeded:
		return entry{429, "Limit reached", "A limit of the policy is used up, so this call did nothing. What an earlier one did stays done", rateLimit, false}
	case reason.BudgetExceeded:
		return entry{403, "Budget used up", "This does not fit into what is left of a budget, so it was not done. Trying again before there is more does not help", invalidRequest, false}
	case reason.Held:
		return entry{409, "Waiting for approval", "This call waits for a person's approval and was not done yet. The gateway will do it once it is approved: do not try another way. Send the same call again later to get the outcome", invalidRequest, false}
	case reason.InProgress:
		return entry{409, "In progress", "This call is being done and its outcome is not known yet. Send the same call again later to get the outcome; it is never done twice", invalidRequest, false}
	case reason.ApprovalAbsent:
		return entry{404, "Approval not known", "There is no such approval of this agent in this conversation", invalidRequest, false}
	case reason.PersonDenied:
		return entry{403, "Denied by a person", "A person denied this call. It was not done", invalidRequest, false}
	case reason.HoldExpired:
		return entry{403, "Approval expired", "Nobody answered in time, so this call was not done. Sending it again asks anew", invalidRequest, false}
	case reason.Cancelled:
		return entry{403, "Cancelled", "This call was cancelled and not done. Sending it again asks anew", invalidRequest, false}
	case reason.OutcomeUnknown:
		return entry{409, "Outcome unknown", "This call was sent to the tool and no clear answer came back. It may have been done: do not try another way. Send the same call again later to get the outcome; it is never done twice", idempotency, false}
	case reason.Settled:
		return entry{409, "Done", "It was found out later that this call was done. The tool's answer is lost, and nothing is done again", idempotency, false}
	case reason.OutcomeLost:
		return entry{409, "Outcome lost", "The answer to this call was lost on its way, so nobody here knows what became of it. It may have been done: do not try another way. Send the same call again to get the outcome; it is never done twice", idempotency, false}
	case reason.AnswerLost:
		return entry{503, "Answer lost", "The answer to this call broke off or did not come in time. The call may have reached the tool, where it changes nothing: sending it again is safe", apiError, true}
	case reason.AnswerWithheld:
		return entry{502, "Answer withheld", "The answer of the tool could not be checked for personal data, so it was withheld. If this call changes something, it was done. Repeating it gives the same result; ask for a smaller or a plain JSON answer", apiError, false}
	case reason.OutcomeErased:
		return entry{409, "Done before", "This call was done before. The tool's answer is not kept any more, and nothing is done again", idempotency, false}
	case reason.FactsMismatch, reason.FactsUnavailable:
		return entry{403, "Facts not available", "The gateway could not get the facts it needs to decide this call: what the call names is absent or not accessible. It was not done", invalidRequest, false}
	case reason.MediationAbsent:
		return entry{403, "Not done by this gateway", "This gateway decides calls and cannot hold them, find out facts about them or do them exactly once. This one needs that, so it was not done, and trying again does not help", invalidRequest, false}
	case reason.CredentialUnavailable:
		return entry{503, "Credential not available", "The gateway has no credential for this tool at the moment. Nothing was done", apiError, true}
	case reason.ToolUnreachable:
		return entry{503, "Tool not reachable", "The tool cannot be reached at the moment. Nothing was done", apiError, true}
	case reason.RecordUnavailable, reason.StoreUnavailable, reason.GatewayUnavailable:
		return entry{503, "Gateway not available", "The gateway cannot do this call safely at the moment. Nothing was done", apiError, true}
	default:
		return entry{500, "Gateway fault", "The gateway refused this call because of a fault of its own", apiError, false}
	}
}
