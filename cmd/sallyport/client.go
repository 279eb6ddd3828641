package main

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/sallyport/sallyport/internal/durable"
	"github.com/sallyport/sallyport/internal/policy"
	"github.com/sallyport/sallyport/internal/token/access"
)

type clientCommand struct {
	Add clientAdd `cmd:"" help:"Declare a client of a tenant and print its secret, once."`
}

// clientSecretPrefix begins every client secret, so that a leaked one is recognised.
const clientSecretPrefix = "spcs_"

type clientAdd struct {
	jsonFlag
	Tenants  string        `help:"Folder with one folder a tenant." default:"examples/tenants" env:"SALLYPORT_TENANTS" type:"path"`
	Tenant   string        `help:"Tenant that declares it." required:""`
	Agent    string        `help:"Agent that its tokens are for." required:""`
	Grant    []string      `help:"What it may ask for: client_credentials, and token_exchange for tokens bound to a ticket." default:"client_credentials" enum:"client_credentials,token_exchange"`
	Role     []string      `help:"Narrow its tokens to these roles."`
	Lifetime time.Duration `help:"How long its tokens are valid, at most." default:"15m"`
	Key      string        `help:"File of its public key as JWK; it signs assertions then and has no secret." type:"existingfile"`
	ID       string        `arg:"" help:"Its name within the tenant."`
}

// entry is a client as clients.yaml has it.
type entry struct {
	ID       string           `yaml:"id"`
	Agent    string           `yaml:"agent"`
	Grants   []string         `yaml:"grants,flow"`
	Roles    []string         `yaml:"roles,flow,omitempty"`
	Lifetime string           `yaml:"lifetime"`
	Secrets  []string         `yaml:"secrets,flow,omitempty"`
	Keys     []map[string]any `yaml:"keys,flow,omitempty"`
}

// Run adds the client to clients.yaml, with everything else in it as it was. The
// secret is made here, with 256 random bits; only its hash is kept.
func (c *clientAdd) Run(s *surroundings) error {
	if err := checkTenant(c.Tenant); err != nil {
		return err
	}
	folder := filepath.Join(c.Tenants, c.Tenant)
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return fmt.Errorf("%s is no tenant's folder: name the folder of tenants with --tenants", folder)
	}
	e := entry{ID: c.ID, Agent: c.Agent, Grants: c.Grant, Roles: c.Role, Lifetime: c.Lifetime.String()}
	secret, err := c.credential(&e)
	if err != nil {
		return err
	}
	path := filepath.Join(folder, "clients.yaml")
	if err := addClient(path, e); err != nil {
		return err
	}
	c.warn(s)
	id := c.Tenant + "." + c.ID
	if c.JSON {
		out := map[string]string{"client_id": id, "file": path}
		if secret != "" {
			out["client_secret"] = secret
		}
		return printJSON(s.stdout, out)
	}
	_, err = fmt.Fprintf(s.stdout, "client_id=%s\n", id)
	if err == nil && secret != "" {
		_, err = fmt.Fprintf(s.stdout, "client_secret=%s\n", secret)
	}
	return err
}

// warn says that the agent may be mistyped: nothing gives it rights, yet.
func (c *clientAdd) warn(s *surroundings) {
	t, err := tenantIn(s.ctx, c.Tenants, c.Tenant)
	if err != nil || len(t.Policy.Roles(c.Agent)) > 0 {
		return
	}
	if slices.ContainsFunc(t.Policy.Rules(), func(r policy.Rule) bool { return r.Role == c.Agent }) {
		return
	}
	_, _ = fmt.Fprintf(s.stderr, "sallyport: policy.csv gives the agent %s no role, so its calls are refused: is the name right?\n", plain(c.Agent))
}

// credential gives the entry a key or the hash of a new secret, which it returns.
func (c *clientAdd) credential(e *entry) (secret string, err error) {
	if c.Key == "" {
		var b [32]byte
		_, _ = rand.Read(b[:])
		secret = clientSecretPrefix + hex.EncodeToString(b[:])
		sum := sha256.Sum256([]byte(secret))
		e.Secrets = []string{"sha256:" + hex.EncodeToString(sum[:])}
		return secret, nil
	}
	data, err := os.ReadFile(c.Key)
	if err != nil {
		return "", err
	}
	var jwk map[string]any
	if json.Unmarshal(data, &jwk) != nil {
		return "", fmt.Errorf("%s is no JWK: it must be one JSON object with kty and kid", c.Key)
	}
	e.Keys = []map[string]any{jwk}
	return "", nil
}

// addClient adds an entry, checked, to a file that a gateway may be following.
func addClient(path string, e entry) error {
	before, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	after, err := withClient(before, e)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if _, problems := access.Parse(path, after); len(problems) > 0 {
		return fmt.Errorf("%w; nothing was written", problems.Err())
	}
	return durable.Replace(path, after, 0o644)
}

// withClient is the file with one more client, its comments kept.
func withClient(data []byte, e entry) ([]byte, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, err
	}
	if doc.Kind == 0 {
		doc = yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{{Kind: yaml.MappingNode}}}
	}
	root := doc.Content[0]
	if root.Kind != yaml.MappingNode {
		return nil, errors.New("must be settings with their names")
	}
	var one yaml.Node
	if err := one.Encode(e); err != nil {
		return nil, err
	}
	clients := member(root, "clients")
	if clients == nil {
		clients = &yaml.Node{Kind: yaml.SequenceNode}
		root.Content = append(root.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: "clients"}, clients)
	}
	if clients.Kind != yaml.SequenceNode {
		*clients = yaml.Node{Kind: yaml.SequenceNode}
	}
	clients.Style = 0 // one entry a line block
	clients.Content = append(clients.Content, &one)
	return yaml.Marshal(&doc)
}

// member is a setting's value in a mapping.
func member(mapping *yaml.Node, name string) *yaml.Node {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == name {
			return mapping.Content[i+1]
		}
	}
	return nil
}
