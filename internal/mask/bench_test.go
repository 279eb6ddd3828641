package mask_test

import (
	"testing"

	"github.com/sallyport/sallyport/internal/mask"
	"github.com/sallyport/sallyport/internal/mask/masktest"
	"github.com/sallyport/sallyport/internal/surrogate"
)

func BenchmarkBody(b *testing.B) {
	for name, src := range map[string][]byte{
		"realistic/1KiB": masktest.Realistic(1 << 10), "realistic/10KiB": masktest.Realistic(10 << 10), "realistic/100KiB": masktest.Realistic(100 << 10),
		"dense/10KiB": masktest.Dense(10 << 10), "Chinese/10KiB": masktest.Chinese(10 << 10),
	} {
		b.Run(name+"/mask", func(b *testing.B) { benchmarkBody(b, src, func(int) surrogate.Minter { return surrogate.Mark{} }) })
		b.Run(name+"/seal", func(b *testing.B) {
			session, err := surrogate.NewSession(surrogate.Key{})
			if err != nil {
				b.Fatal(err)
			}
			benchmarkBody(b, src, func(i int) surrogate.Minter {
				session.Enter("zendesk", surrogate.Subject{byte(i), byte(i >> 8)}) // nothing is known from the answer before
				return session
			})
		})
		b.Run(name+"/copy", func(b *testing.B) {
			var out []byte
			b.SetBytes(int64(len(src)))
			for b.Loop() {
				out = append(out[:0], src...)
			}
		})
	}
}

// benchmarkBody masks a body again and again.
func benchmarkBody(b *testing.B, src []byte, minter func(int) surrogate.Minter) {
	b.Helper()
	m, policy := mask.New(nil), mask.Default()
	var out []byte
	var err error
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		m.Mint(minter(i))
		if out, _, err = m.Body(out[:0], src, "application/json", policy); err != nil {
			b.Fatal(err)
		}
	}
}
