package issuer

import (
	"encoding/json"
	"net/http"

	"github.com/go-jose/go-jose/v4"

	"github.com/sallyport/sallyport/internal/keyring"
)

// The paths. PathResource is what 401 answers name; a tool may follow it.
const (
	pathToken    = "/token"
	pathKeys     = "/.well-known/jwks.json"
	pathServer   = "/.well-known/oauth-authorization-server"
	PathResource = "/.well-known/oauth-protected-resource"
)

// keys serves what verifies gateway tokens: also the key that will sign next, and
// the one before, as long as a token of it can be valid.
func (h *Handler) keys(w http.ResponseWriter, _ *http.Request) {
	set := jose.JSONWebKeySet{Keys: []jose.JSONWebKey{}}
	for _, k := range h.Ring.Keys(keyring.Token, h.Clock.Now()) {
		set.Keys = append(set.Keys, jose.JSONWebKey{Key: k.Public, KeyID: k.ID, Algorithm: string(jose.EdDSA), Use: "sig"})
	}
	public(w, set)
}

// server is RFC 8414's metadata.
func (h *Handler) server(w http.ResponseWriter, _ *http.Request) {
	public(w, struct {
		Issuer        string   `json:"issuer"`
		Token         string   `json:"token_endpoint"`
		Keys          string   `json:"jwks_uri"`
		Grants        []string `json:"grant_types_supported"`
		Methods       []string `json:"token_endpoint_auth_methods_supported"`
		Algorithms    []string `json:"token_endpoint_auth_signing_alg_values_supported"`
		ResponseTypes []string `json:"response_types_supported"`
	}{
		Issuer: h.URL, Token: h.URL + pathToken, Keys: h.URL + pathKeys,
		Grants:        []string{grantClientCredentials, grantTokenExchange},
		Methods:       []string{"client_secret_basic", "client_secret_post", "private_key_jwt"},
		Algorithms:    algorithmNames(),
		ResponseTypes: []string{}, // there is no authorization endpoint
	})
}

// resource is RFC 9728's metadata, of the gateway or of one tool. It says
// nothing about a tenant: any name is answered alike.
func (h *Handler) resource(w http.ResponseWriter, r *http.Request) {
	resource := h.AgentURL
	if tool := r.PathValue("tool"); tool != "" {
		if !toolPattern.MatchString(tool) {
			http.NotFound(w, r)
			return
		}
		resource += "/" + tool
	}
	public(w, struct {
		Resource string   `json:"resource"`
		Name     string   `json:"resource_name"`
		Servers  []string `json:"authorization_servers"`
		Bearer   []string `json:"bearer_methods_supported"`
	}{resource, "Sallyport", []string{h.URL}, []string{"header"}})
}

func public(w http.ResponseWriter, v any) {
	w.Header().Set("content-type", "application/json")
	w.Header().Set("cache-control", "public, max-age=60")
	_ = json.NewEncoder(w).Encode(v)
}
