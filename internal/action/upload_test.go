package action

import (
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/reason"
)

const blobs = `name: blobs
dialect: problem
max_body: 4KiB
actions:
  - name: blobs.put
    summary: Store {blob}
    effect: false
    method: PUT
    path: /v1/{blob}.bin
    aliases: ['/v1/{blob}']
    upload: [application/octet-stream, image/png]
    params:
      - {name: blob, kind: id, safe: true}
      - {name: label, kind: string}
`

func TestUploadIsNamedWithoutItsBody(t *testing.T) {
	c, problems := Compile("blobs.yaml", []byte(blobs))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if u := c.Uploads(); len(u) != 1 || u[0].Method != "PUT" || strings.Join(u[0].Patterns, " ") != `/v1/[A-Za-z0-9_.~-]+\.bin /v1/[A-Za-z0-9_.~-]+` {
		t.Errorf("got %+v", u)
	}
	for name, tt := range map[string]struct {
		media, query string
		body         []byte
		want         reason.Code
	}{
		"not given":          {"image/png", "", nil, ""},
		"given":              {"application/octet-stream", "", []byte{0, 1, 0xff}, ""},
		"given and large":    {"application/octet-stream", "label=x", make([]byte, 1<<20), ""},
		"another type":       {"application/json", "", nil, reason.BodyMediaType},
		"a form":             {"multipart/form-data; boundary=x", "", nil, reason.BodyMediaType},
		"no type":            {"", "", nil, reason.BodyMediaType},
		"an unlisted query":  {"image/png", "owner=x", nil, reason.InputUnlisted},
		"a query of its own": {"image/png", "label=a&label=b", nil, reason.InputDuplicate},
	} {
		t.Run(name, func(t *testing.T) {
			r := Request{Method: "PUT", Path: "/v1/a.bin", RawQuery: tt.query, Body: tt.body}
			if tt.media != "" {
				r.Header = []Header{{"content-type", tt.media}}
			}
			call, act, mismatch := c.Match(r)
			if act == nil || !act.Upload || act.Effect {
				t.Fatalf("got %+v", act)
			}
			switch {
			case tt.want == "" && (mismatch != nil || call.Args["blob"].Text != "a"):
				t.Errorf("got %+v, %+v", call, mismatch)
			case tt.want != "" && (mismatch == nil || mismatch.Reason != tt.want):
				t.Errorf("got %+v", mismatch)
			}
		})
	}
}

func TestUploadMistakes(t *testing.T) {
	for name, tc := range map[string]struct{ old, new, want string }{
		"an effect":     {"effect: false", "effect: true", "upload: cannot be an effect"},
		"a GET":         {"method: PUT", "method: GET", "upload: is of a POST or a PUT"},
		"a body":        {"method: PUT", "method: PUT\n    body: json", "upload: cannot have a body of arguments"},
		"JSON":          {"image/png", "application/json", "upload[1]: must be a media type of a file"},
		"JSON by name":  {"image/png", "application/vnd.x+json", "upload[1]: must be a media type of a file"},
		"a form":        {"image/png", "application/x-www-form-urlencoded", "upload[1]: must be a media type of a file"},
		"parts":         {"image/png", "multipart/form-data", "upload[1]: must be a media type of a file"},
		"every type":    {"image/png", "image/*", "upload[1]: must be a media type of a file"},
		"in capitals":   {"image/png", "Image/PNG", "upload[1]: must be a media type of a file"},
		"with a fact":   {"    params:", "    facts: [{name: x, action: blobs.put, args: {}, fields: []}]\n    params:", "upload: cannot have facts"},
		"no media type": {"image/png", "png", "upload[1]: must be a media type of a file"},
	} {
		t.Run(name, func(t *testing.T) {
			_, problems := Compile("blobs.yaml", []byte(strings.Replace(blobs, tc.old, tc.new, 1)))
			var all []string
			for _, p := range problems {
				all = append(all, p.String())
			}
			if !strings.Contains(strings.Join(all, "\n"), tc.want) {
				t.Errorf("got %v", all)
			}
		})
	}
}
