package secret

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

func TestValueNeverPrints(t *testing.T) {
	v := NewValue(canary)
	shapes := map[string]any{
		"value":      v,
		"pointer":    &v,
		"exported":   struct{ V Value }{v},
		"unexported": struct{ v Value }{v},
		"nested":     &struct{ v struct{ v []Value } }{struct{ v []Value }{[]Value{v}}},
		"map":        map[Name]Value{{"a", "b"}: v},
		"cache":      &Cache{},
	}
	var out bytes.Buffer
	for name, shape := range shapes {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T", "%!"} {
			_, _ = fmt.Fprintf(&out, name+" "+verb+"\n", shape)
		}
		_ = json.NewEncoder(&out).Encode(map[string]any{name: fmt.Sprint(shape)})
		for _, h := range []slog.Handler{slog.NewJSONHandler(&out, nil), slog.NewTextHandler(&out, nil)} {
			slog.New(h).With("with", shape).Info(name, "v", shape, slog.Group("g", "v", shape))
		}
	}
	_ = json.NewEncoder(&out).Encode(map[string]any{"v": v, "p": &v, "s": struct{ V Value }{v}})
	_ = yaml.NewEncoder(&out).Encode(map[string]any{"v": v, "p": &v})
	_, _ = fmt.Fprint(&out, v, fmt.Errorf("with %v", v))
	for _, leak := range []string{canary, fmt.Sprintf("%x", canary), fmt.Sprintf("%X", canary), fmt.Sprintf("%d", []byte(canary))} {
		if strings.Contains(out.String(), leak) {
			t.Errorf("the value is in %s", out.String())
		}
	}
	if v.Reveal() != canary || (Value{}).Reveal() != "" {
		t.Error("Reveal must give it")
	}
}
