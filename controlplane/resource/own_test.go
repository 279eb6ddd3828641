package resource

import (
	"encoding/json"
	"os"
	"testing"

	mutationv3 "github.com/envoyproxy/go-control-plane/envoy/config/common/mutation_rules/v3"
	authzv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/ext_authz/v3"
	rbacv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/rbac/v3"
	earlyv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/http/early_header_mutation/header_mutation/v3"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"gopkg.in/yaml.v3"
)

// What people copy into an Envoy of their own is as safe as ours: the same
// check, the same seal, the same headers that nobody may forge.
func TestOwnEnvoyHasTheSameChain(t *testing.T) {
	data, err := os.ReadFile("../../examples/own-envoy/envoy.yaml")
	if err != nil {
		t.Fatal(err)
	}
	type filter struct {
		Name   string         `yaml:"name"`
		Config map[string]any `yaml:"typed_config"`
	}
	var doc struct {
		Static struct {
			Listeners []struct {
				Chains []struct {
					Filters []struct {
						Config struct {
							Early   []filter `yaml:"early_header_mutation_extensions"`
							Filters []filter `yaml:"http_filters"`
						} `yaml:"typed_config"`
					} `yaml:"filters"`
				} `yaml:"filter_chains"`
			} `yaml:"listeners"`
		} `yaml:"static_resources"`
	}
	if err := yaml.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	manager := doc.Static.Listeners[0].Chains[0].Filters[0].Config
	if len(manager.Filters) != 3 || len(manager.Early) != 1 {
		t.Fatalf("%d filters and %d early ones", len(manager.Filters), len(manager.Early))
	}
	ours := check("sallyport_check", 1<<20)
	for name, tt := range map[string]struct {
		config    map[string]any
		got, want proto.Message
	}{
		"the check": {manager.Filters[0].Config, &authzv3.ExtAuthz{}, ours},
		"the seal":  {manager.Filters[1].Config, &rbacv3.RBAC{}, seal()},
		"forgeries": {manager.Early[0].Config, &earlyv3.HeaderMutation{}, &earlyv3.HeaderMutation{Mutations: append([]*mutationv3.HeaderMutation(nil), agentMutations()...)}},
	} {
		delete(tt.config, "@type")
		text, err := json.Marshal(tt.config)
		if err != nil {
			t.Fatal(err)
		}
		if err := protojson.Unmarshal(text, tt.got); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !proto.Equal(tt.got, tt.want) {
			t.Errorf("%s differs:\n%v\n%v", name, protojson.Format(tt.got), protojson.Format(tt.want))
		}
	}
}
