// Package reason is the one closed list of reason codes. A code is stable: it
// stands in records, metrics, answers and documentation. Words for people are
// made from codes in internal/answer alone.
package reason

// Code says why a decision, or a later step of the same call, came out as it
// did. The zero Code is not a reason: a Decision that carries it is refused.
type Code string

// The codes. Keep the groups in the order of the decision ladder.
const (
	Allowed Code = "allowed"

	// Identity.
	TokenMissing Code = "token_missing"
	TokenInvalid Code = "token_invalid"
	TokenExpired Code = "token_expired"
	TokenRevoked Code = "token_revoked"
	TokenBound   Code = "token_bound" // the token is for somebody at another place
	TenantAbsent Code = "tenant_unknown"

	// Request and catalog.
	ToolUnknown     Code = "tool_unknown"
	ToolAmbiguous   Code = "tool_ambiguous" // the host names one tool, the path another
	ToolRevoked     Code = "tool_revoked"
	ActionUnlisted  Code = "action_unlisted"
	ToolChanged     Code = "tool_changed" // an MCP server says something else than was reviewed
	InputUnlisted   Code = "input_unlisted"
	InputInvalid    Code = "input_invalid"
	InputMissing    Code = "input_missing"
	InputDuplicate  Code = "input_duplicate"
	BodyMalformed   Code = "body_malformed"
	BodyEncoded     Code = "body_encoded"
	BodyMediaType   Code = "body_media_type"
	BodyTooLarge    Code = "body_too_large"
	RequestRejected Code = "request_rejected" // Envoy refused it before any check
	FrameInvalid    Code = "mcp_invalid"      // no message of the protocol
	FrameUnlisted   Code = "mcp_unlisted"     // a request for what the gateway does not offer
	SessionUnknown  Code = "mcp_session_unknown"
	QuestionAbsent  Code = "question_unknown" // over, or of somebody else
	QuestionUnheard Code = "question_unheard" // the agent's client cannot be asked

	// Personal data.
	PersonalData     Code = "personal_data"     // in an argument that may hold none
	RecipientUnknown Code = "recipient_unknown" // named in clear, by nothing that the session was shown
	SurrogateUnknown Code = "surrogate_unknown" // not of this session, or changed
	SurrogatePlace   Code = "surrogate_place"   // where none is turned back
	SurrogateSubject Code = "surrogate_subject" // about somebody else than who reads it

	// Policy.
	PolicyDenied      Code = "policy_denied"
	PolicyNoRule      Code = "policy_no_rule"
	PolicyUnevaluable Code = "policy_unevaluable"

	// Limits.
	LimitExceeded  Code = "limit_exceeded"
	BudgetExceeded Code = "budget_exceeded"

	// Facts.
	FactsNeeded      Code = "facts_needed" // not a refusal: decide again with facts
	FactsUnavailable Code = "facts_unavailable"
	FactsMismatch    Code = "facts_mismatch" // the tool's answer does not fit the catalog

	// Holds and effects.
	Held           Code = "held"
	PersonDenied   Code = "person_denied"
	HoldExpired    Code = "hold_expired"
	Cancelled      Code = "cancelled"
	Replayed       Code = "replayed"
	OutcomeUnknown Code = "outcome_unknown"
	Settled        Code = "settled"        // a person or a probe found out that it was done
	Escalated      Code = "escalated"      // more people may vote by now
	Edited         Code = "edited"         // a person changed what is asked, so people vote anew
	OutcomeErased  Code = "outcome_erased" // it was done, and its outcome is kept no longer
	ToolFailed     Code = "tool_failed"
	InProgress     Code = "in_progress"
	ApprovalAbsent Code = "approval_unknown" // or of somebody else

	// Answers that did not come through whole.
	OutcomeLost    Code = "outcome_lost"    // of an effect: the ledger may know it
	AnswerLost     Code = "answer_lost"     // of a read
	AnswerWithheld Code = "answer_withheld" // it could not be masked

	// The gateway's own statements.
	MediationAbsent  Code = "mediation_absent" // this gateway has no mediated lane
	AdmissionInvalid Code = "admission_invalid"
	OrderInvalid     Code = "order_invalid"
	OrderLate        Code = "order_late"
	OrderSeen        Code = "order_seen"

	// Faults. Every one of them refuses.
	CredentialUnavailable Code = "credential_unavailable" //nolint:gosec // a reason, not a credential
	RecordUnavailable     Code = "record_unavailable"
	StoreUnavailable      Code = "store_unavailable"
	ToolUnreachable       Code = "tool_unreachable"
	GatewayUnavailable    Code = "gateway_unavailable"
	Internal              Code = "internal"
)

// All lists every code once, in the order above.
func All() []Code {
	return []Code{
		Allowed,
		TokenMissing, TokenInvalid, TokenExpired, TokenRevoked, TokenBound, TenantAbsent,
		ToolUnknown, ToolAmbiguous, ToolRevoked, ActionUnlisted, ToolChanged, InputUnlisted, InputInvalid, InputMissing, InputDuplicate,
		BodyMalformed, BodyEncoded, BodyMediaType, BodyTooLarge, RequestRejected,
		FrameInvalid, FrameUnlisted, SessionUnknown, QuestionAbsent, QuestionUnheard,
		PersonalData, RecipientUnknown, SurrogateUnknown, SurrogatePlace, SurrogateSubject,
		PolicyDenied, PolicyNoRule, PolicyUnevaluable,
		LimitExceeded, BudgetExceeded,
		FactsNeeded, FactsUnavailable, FactsMismatch,
		Held, PersonDenied, HoldExpired, Cancelled, Replayed, OutcomeUnknown, Settled, OutcomeErased, Escalated, Edited, ToolFailed, InProgress, ApprovalAbsent,
		OutcomeLost, AnswerLost, AnswerWithheld,
		MediationAbsent, AdmissionInvalid, OrderInvalid, OrderLate, OrderSeen,
		CredentialUnavailable, RecordUnavailable, StoreUnavailable, ToolUnreachable, GatewayUnavailable, Internal,
	}
}
