// Package wire holds every name that passes through Envoy: headers, metadata
// keys, scopes and cluster names. Nothing else in the project spells one of
// them, so that the sender, the filter chain and the receiver cannot disagree.
package wire

// Prefix is the namespace of internal headers. Envoy's agent listener removes
// every header that begins with it before anything else looks at a request.
const Prefix = "x-sallyport-"

// Headers set by the gateway. Those marked public reach the agent; the others
// are removed before a tool or an agent can see them.
const (
	HeaderTenant    = Prefix + "tenant"    // scope key of the routes
	HeaderTool      = Prefix + "tool"      // the tool that was authorised
	HeaderLane      = Prefix + "lane"      // LaneDirect, LaneRead or LaneEffect
	HeaderAdmission = Prefix + "admission" // extauthz to approvald
	HeaderOrder     = Prefix + "order"     // approvald to the execute check
	HeaderNotSent   = Prefix + "not-sent"  // Envoy's own answer: no byte reached the tool
	HeaderSubject   = Prefix + "subject"   // approvald to the mask: whom the answer is about. The mask removes it

	HeaderDecision = Prefix + "decision" // public: on every answer
	HeaderReplayed = Prefix + "replayed" // public: the outcome was stored, nothing was done again
	HeaderEdited   = Prefix + "edited"   // public: the arguments that a person changed before it was done
	HeaderIntent   = Prefix + "intent"   // public: the intent an answer speaks about

	// HeaderReason is the agent's: why it asks, in its own words. Approvald alone reads
	// it, and no tool gets it.
	HeaderReason = Prefix + "reason"
)

// RequestID is Envoy's own request id header. It is made by Envoy, never taken
// from a client, and joins decisions with access logs.
const RequestID = "x-request-id"

// Values of HeaderLane.
const (
	LaneDirect = "direct"
	LaneRead   = "read"
	LaneEffect = "effect"
)

// ToolMCP stands for the gateway as a tool of its own: the first path segment of
// its MCP server for all tools. No tool of a tenant has this name.
const ToolMCP = "mcp"

// PathGateway is the first path segment of the gateway's own actions over plain
// HTTP; no tool has this name.
const PathGateway = "sallyport"

// ScopeNone is the scope of requests that no tenant was authorised for.
const ScopeNone = "_none"

// DecisionPrefix begins every decision id; the rest is Envoy's request id.
const DecisionPrefix = "dec-"

// DecisionID is the id of the decision made for one request.
func DecisionID(requestID string) string { return DecisionPrefix + requestID }

// TokenPrefix begins every gateway token, so that a token can be recognised
// wherever it leaks to. TokenBase64 are the three forms its core takes inside
// base64 (Basic authorization), one for each alignment.
const TokenPrefix = "spgw_"

// TokenBase64 is TokenPrefix as it looks inside base64 at the three alignments,
// cut to the characters that do not depend on their neighbours.
var TokenBase64 = [3]string{"c3Bnd1", "NwZ3df", "zcGd3X"}

// TokenHex is TokenPrefix in hexadecimal, whose last digit has two cases. Without
// that digit it would be a number that ids may have.
var TokenHex = [2]string{"737067775f", "737067775F"}

// CredentialSlots are the request headers in which a credential can travel, in
// the order they are searched. The seal lets through at most the one slot that
// the decision names.
var CredentialSlots = [...]string{"authorization", "x-api-key", "proxy-authorization", "cookie"}

// Dynamic metadata that both checks emit under MetadataNamespace; the seal
// reads it, and access logs carry what they name of it. No arguments, and no secrets but
// MetaMask, which nothing but the mask reads.
const (
	MetadataNamespace = "envoy.filters.http.ext_authz"
	MetaVerdict       = "verdict" // VerdictAllow or VerdictDeny
	MetaDecision      = "decision_id"
	MetaTenant        = "tenant"
	MetaSlot          = "slot"    // the one credential slot that may be filled; "" for none
	MetaMCP           = "mcp"     // the id of a call over MCP, as JSON in printable ASCII; absent for any other request
	MetaDialect       = "dialect" // of the tool that a request goes to, absent where it has none of its own; over MCP DialectRequest or absent

	MetaMask = "mask"      // MaskSecrets; absent where nobody masks
	MetaRole = "mask_role" // by whose rules the mask shows the answer; absent for those of all

	VerdictAllow = "allow"
	VerdictDeny  = "deny"

	// DialectRequest is that of resources and prompts, which have no results that fail.
	DialectRequest = "mcp_request"
)

// ContextBody is the context extension by which a route of ScopeNone tells the
// check that it was given no body.
const (
	ContextBody = "body"
	BodyUnread  = "unread"
)

// Route metadata, read by the wasm filter.
const (
	RouteMetadataNamespace = "sallyport"
	RouteMetaTenant        = "tenant"
	RouteMetaTool          = "tool"
	RouteMetaMask          = "mask" // MaskRules
)

// Filter state the wasm filter leaves for the access log: counts by type, JSON.
const (
	MaskReportProperty = "pii_counts"
	MaskReportState    = "wasm.pii_counts"

	// Members of the report, beside the types: the answer was withheld, or broken off
	// where it streamed, because it could not be checked or because the mask panicked.
	MaskWithheld = "withheld"
	MaskFault    = "fault"
)

// Clusters of the static bootstrap.
const (
	ClusterAgentCheck   = "extauthz-agent"
	ClusterExecuteCheck = "extauthz-execute"
	ClusterApprovald    = "approvald"
	ClusterControlPlane = "controlplane"
)

// Listeners of the static bootstrap.
const (
	ListenerAgent   = "agent"
	ListenerExecute = "execute"
)
