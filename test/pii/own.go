package main

import (
	"github.com/sallyport/sallyport/internal/mask"
	"github.com/sallyport/sallyport/internal/pii"
	"github.com/sallyport/sallyport/internal/surrogate"
	"github.com/sallyport/sallyport/test/pii/score"
)

// own is what stands in the filter, under a tenant's policy.
type own struct{ policy mask.Policy }

const ours = "Sallyport"

func (own) name() string { return ours }

func (o own) find(d document) ([]score.Span, error) {
	findings, err := mask.Scan([]byte(d.body), d.media, o.policy, surrogate.Mark{})
	out := make([]score.Span, 0, len(findings))
	for _, f := range findings {
		out = append(out, score.Span{Type: f.Type.String(), Start: f.Start, End: f.End})
		for t, n := range f.Inner {
			if typ := pii.Type(t); n > 0 && typ != f.Type {
				out = append(out, score.Span{Type: typ.String(), Start: f.Start, End: f.End})
			}
		}
	}
	return out, err
}

func (own) close() error { return nil }
