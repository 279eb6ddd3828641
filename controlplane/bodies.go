package controlplane

import (
	"maps"
	"slices"

	"github.com/sallyport/sallyport/controlplane/resource"
	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/tenant"
)

// bodyClasses say for each name of a tool what may be sent to it before anybody
// knows whose it is. Tenants may have different catalogs under one name: then
// the largest size counts, for the catalog of each refuses what is too large for
// it, and a body streams only where none of them would have to read it.
func bodyClasses(tenants map[string]*tenant.Tenant) []resource.BodyClass {
	catalogs := map[string]map[string]*action.Catalog{} // by tool and version
	for _, t := range tenants {
		for _, tool := range t.Tools {
			if catalogs[tool.Name] == nil {
				catalogs[tool.Name] = map[string]*action.Catalog{}
			}
			catalogs[tool.Name][tool.Catalog.Version()] = tool.Catalog
		}
	}
	var out []resource.BodyClass
	for _, name := range slices.Sorted(maps.Keys(catalogs)) {
		if c := bodyClass(name, catalogs[name]); c.Large || len(c.Uploads) > 0 {
			out = append(out, c)
		}
	}
	return out
}

func bodyClass(name string, byVersion map[string]*action.Catalog) resource.BodyClass {
	out := resource.BodyClass{Tool: name}
	seen := map[resource.UploadPath]bool{}
	for _, version := range slices.Sorted(maps.Keys(byVersion)) {
		c := byVersion[version]
		out.Large = out.Large || c.MaxBody() > resource.SmallBody
		for _, u := range c.Uploads() {
			if anyReads(byVersion, u) {
				continue
			}
			for _, pattern := range u.Patterns {
				path := resource.UploadPath{Method: u.Method, Pattern: pattern}
				if !seen[path] {
					out.Uploads = append(out.Uploads, path)
				}
				seen[path] = true
			}
		}
	}
	return out
}

func anyReads(byVersion map[string]*action.Catalog, u action.Upload) bool {
	for _, c := range byVersion {
		if c.Reads(u) {
			return true
		}
	}
	return false
}
