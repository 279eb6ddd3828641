// Package ads serves Envoy its clusters and scopes as deltas on one stream.
//
// Each Envoy is compared with what was published: by the versions it names when
// it connects, and by what it acknowledges afterwards. Versions are digests, so
// a control plane that was restarted has nothing to send again. Clusters that
// come are sent before the scopes that name them, and those that go after.
//
// What Envoy refuses is found among what was sent with it, by sending less at a
// time, and is then left at the last version that an Envoy accepted; everybody
// else's changes go on. After a refusal the stream is ended, because only Envoy
// knows how much of it was applied: it reconnects and says so.
//
// Nobody is answered before the first Publish: an empty control plane would take
// every route away.
package ads
