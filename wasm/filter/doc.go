// Package filter masks answers inside Envoy.
//
// It owns the way of one answer through the filter: what passes as it is, what
// is held and masked, what is masked as it streams, and what is refused. What
// masking means is internal/mask's matter; host_wasip1.go alone speaks to Envoy.
//
// The order of steps. The route removes accept-encoding and range from the
// request, so that the tool answers in clear and in whole. On the headers of the
// answer: those that are not shown are removed and the values of the others are
// masked; an answer without a body
// passes; an encoded one, a part of one, and a media type or charset that the
// policy does not allow are refused with 502; everything else is held. At the
// end of the body: it is masked and released, with its length and bytes as they
// were if nothing was found, and the counts by type, {} for none, are left as
// filter state for the access log: an answer without them is an alarm. Server-sent events are not held but
// masked one by one, unless trailers were announced. Trailers are removed.
//
// What values are sealed with, and what the tool was sent and must not say back, the
// check left in the metadata of the request, which no tool sees.
//
// When something fails: in place of a body that cannot be masked the filter answers
// 502, to which Envoy gives the words of the tool's dialect; a stream ends with an event that says so,
// and nothing more is sent; a body over Envoy's buffer is Envoy's own 500; a
// missing or unreadable policy masks everything; what ends with its connection, and
// neither is JSON nor ends a line or an event, may have been cut and is refused; a panic withholds the answer in
// which it is, and says in Envoy's log where it was; what Go cannot recover from, as
// the end of its memory, costs the answers in flight on that worker a 5xx, if Envoy is
// told FAIL_RELOAD.
//
// Envoy MUST be configured with allow_on_headers_stop_iteration: else a held
// answer never ends.
package filter
