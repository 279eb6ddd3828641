package resource

import (
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// packer packs messages and keeps the first error, so that builders read as
// the configuration they build.
type packer struct{ err error }

// pack holds a message against Envoy's own rules, which nobody does for what is
// packed. It is deterministic: equal messages are equal bytes, and no change is sent
// that is none.
func (p *packer) pack(m proto.Message) *anypb.Any {
	out := &anypb.Any{}
	if v, ok := m.(interface{ ValidateAll() error }); ok && p.err == nil {
		p.err = v.ValidateAll()
	}
	if err := anypb.MarshalFrom(out, m, proto.MarshalOptions{Deterministic: true}); err != nil && p.err == nil {
		p.err = fmt.Errorf("resource: %T: %w", m, err)
	}
	return out
}

func seconds(d time.Duration) *durationpb.Duration { return durationpb.New(d) }
func number(n uint32) *wrapperspb.UInt32Value      { return wrapperspb.UInt32(n) }
func yes() *wrapperspb.BoolValue                   { return wrapperspb.Bool(true) }
func no() *wrapperspb.BoolValue                    { return wrapperspb.Bool(false) }
