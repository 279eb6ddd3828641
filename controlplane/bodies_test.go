package controlplane

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sallyport/sallyport/controlplane/resource"
	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/tenant"
)

const filesCatalog = `name: files
dialect: problem
max_body: 16KiB
actions:
  - name: files.blob.put
    summary: Store a file
    effect: false
    method: PUT
    path: /blobs/{blob}
    upload: [application/octet-stream]
    params: [{name: blob, kind: id, safe: true}]
`

func files(t *testing.T, edits ...string) *tenant.Tool {
	t.Helper()
	c, problems := action.Compile("files.yaml", []byte(strings.NewReplacer(edits...).Replace(filesCatalog)))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return &tenant.Tool{Name: "files", Catalog: c}
}

func TestBodyClassesOfTenantsThatShareAName(t *testing.T) {
	upload := []resource.UploadPath{{Method: "PUT", Pattern: `/blobs/[A-Za-z0-9_.~-]+`}}
	reading := []string{"upload: [application/octet-stream]", "body: json"}
	for name, tt := range map[string]struct {
		other []string // edits of the other tenant's catalog
		want  []resource.BodyClass
	}{
		"the same catalog":          {nil, []resource.BodyClass{{Tool: "files", Uploads: upload}}},
		"one is larger":             {[]string{"16KiB", "65KiB"}, []resource.BodyClass{{Tool: "files", Large: true, Uploads: upload}}},
		"as large as all":           {[]string{"16KiB", "64KiB"}, []resource.BodyClass{{Tool: "files", Uploads: upload}}},
		"the other reads it":        {reading, nil},
		"the other reads one of it": {append([]string{"/blobs/{blob}", "/blobs/report", ", params", "", "    params: [{name: blob, kind: id, safe: true}]\n", ""}, reading...), nil},
		"the other reads elsewhere": {append([]string{"/blobs/{blob}", "/notes/{blob}"}, reading...), []resource.BodyClass{{Tool: "files", Uploads: upload}}},
		"the other uses a POST":     {append([]string{"PUT", "POST"}, reading...), []resource.BodyClass{{Tool: "files", Uploads: upload}}},
	} {
		t.Run(name, func(t *testing.T) {
			got := bodyClasses(map[string]*tenant.Tenant{
				"acme":   {Name: "acme", Tools: []*tenant.Tool{files(t)}},
				"globex": {Name: "globex", Tools: []*tenant.Tool{files(t, tt.other...)}},
			})
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
