package action

// operation is how one action looks on the wire.
type operation struct{}
