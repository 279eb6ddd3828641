package resource

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	bootstrapv3 "github.com/envoyproxy/go-control-plane/envoy/config/bootstrap/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/sallyport/sallyport/internal/wire"
)

// options are complete; every socket has a name of its own.
func options() BootstrapOptions {
	o := BootstrapOptions{NodeID: "node-1", AgentAddress: "127.0.0.1:10000", WasmFile: "/bin/mask.wasm", AccessLogFile: "/data/access.log"}
	v := reflect.ValueOf(&o).Elem()
	for i := range v.NumField() {
		if name := v.Type().Field(i).Name; strings.HasSuffix(name, "Socket") {
			v.Field(i).SetString("/run/" + name)
		}
	}
	return o
}

// built is a bootstrap as Envoy reads it: strictly, and valid.
func built(t testing.TB, o BootstrapOptions) *bootstrapv3.Bootstrap {
	t.Helper()
	data, err := Bootstrap(o)
	if err != nil {
		t.Fatal(err)
	}
	b := &bootstrapv3.Bootstrap{}
	if err := protojson.Unmarshal(data, b); err != nil {
		t.Fatal(err)
	}
	if err := b.ValidateAll(); err != nil {
		t.Fatal(err)
	}
	return b
}

// protojson varies its spaces from one program to the next, so the bytes are
// also held against what no such space can be in.
func TestBootstrapIsDeterministic(t *testing.T) {
	first, err := Bootstrap(options())
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		if again, err := Bootstrap(options()); err != nil || !bytes.Equal(first, again) {
			t.Fatalf("%v: another text", err)
		}
	}
	if bytes.Contains(first, []byte(`":  `)) || bytes.Contains(first, []byte(`,  `)) {
		t.Error("the text has the spaces that protojson varies")
	}
}

func TestEveryOptionIsUsed(t *testing.T) {
	base, err := Bootstrap(options())
	if err != nil {
		t.Fatal(err)
	}
	fields := reflect.TypeFor[BootstrapOptions]()
	for i := range fields.NumField() {
		o := options()
		switch f := reflect.ValueOf(&o).Elem().Field(i); fields.Field(i).Name {
		case "AgentAddress":
			f.SetString("127.0.0.1:10001")
		case "AgentTLS":
			o.AgentTLS = ListenerTLS{Certificate: "/certificate.json"}
		case "Unmasked":
			o.Unmasked, o.WasmFile = true, ""
		default:
			f.SetString("/other")
		}
		if other, err := Bootstrap(o); err != nil || bytes.Equal(base, other) {
			t.Errorf("%s changes nothing (%v)", fields.Field(i).Name, err)
		}
	}
}

func TestListenersAndSockets(t *testing.T) {
	b := built(t, options())
	addresses := map[string]string{"admin": spelled(b.GetAdmin().GetAddress())}
	for _, l := range b.GetStaticResources().GetListeners() {
		addresses[l.GetName()] = spelled(l.GetAddress())
		if l.GetEnableReusePort().GetValue() || l.GetEnableReusePort() == nil {
			t.Errorf("%s shares its port with a second gateway", l.GetName())
		}
	}
	for _, c := range b.GetStaticResources().GetClusters() {
		addresses[c.GetName()] = spelled(c.GetLoadAssignment().GetEndpoints()[0].GetLbEndpoints()[0].GetEndpoint().GetAddress())
	}
	want := map[string]string{
		"admin":              "unix:/run/AdminSocket",
		wire.ListenerAgent:   "127.0.0.1:10000",
		wire.ListenerExecute: "unix:/run/ExecuteSocket", wire.ClusterControlPlane: "unix:/run/ControlPlaneSocket",
		wire.ClusterAgentCheck: "unix:/run/AgentCheckSocket", wire.ClusterExecuteCheck: "unix:/run/ExecuteCheckSocket",
		wire.ClusterApprovald: "unix:/run/ApprovaldSocket",
	}
	if !reflect.DeepEqual(addresses, want) {
		t.Errorf("got %v", addresses)
	}
}

// spelled is an address; a socket that others may open is none.
func spelled(a *corev3.Address) string {
	if p := a.GetPipe(); p != nil {
		if p.GetMode() != 0o600 {
			return "open to others"
		}
		return "unix:" + p.GetPath()
	}
	s := a.GetSocketAddress()
	return s.GetAddress() + ":" + strconv.Itoa(int(s.GetPortValue()))
}

func TestAddressIsNumberAndPort(t *testing.T) {
	for address, want := range map[string]string{
		"0.0.0.0:1": "0.0.0.0:1", "[::1]:65535": "::1:65535", "127.0.0.1:10000": "127.0.0.1:10000",
		"": "", ":10000": "", "127.0.0.1": "", "127.0.0.1:": "", "127.0.0.1:0": "", "127.0.0.1:65536": "", "127.0.0.1:-1": "", "127.0.0.1:http": "", "[::1]": "",
		"localhost:10000": "", "::1:10000": "", "[127.0.0.1]:1": "", "[::1:1": "",
	} {
		o := options()
		o.AgentAddress = address
		if data, err := Bootstrap(o); (err == nil) != (want != "") {
			t.Errorf("%q: %v", address, err)
		} else if err != nil && (data != nil || !strings.Contains(err.Error(), "IP:port")) {
			t.Errorf("%q: %v", address, err)
		} else if err == nil && spelled(built(t, o).GetStaticResources().GetListeners()[0].GetAddress()) != want {
			t.Errorf("%q is listened on elsewhere", address)
		}
	}
}

// Nothing passes unmasked because somebody forgot to name the module.
func TestMaskIsNamedOrRefusedAloud(t *testing.T) {
	for _, o := range []BootstrapOptions{{AgentAddress: "127.0.0.1:1"}, {AgentAddress: "127.0.0.1:1", WasmFile: "/m", Unmasked: true}} {
		if _, err := Bootstrap(o); err == nil || !strings.Contains(err.Error(), "mask") {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

func TestAdminAnswersOnlyWhatHarmsNobody(t *testing.T) {
	var open []string
	for _, p := range built(t, options()).GetAdmin().GetAllowPaths() {
		open = append(open, p.GetExact()+p.GetPrefix())
	}
	if want := []string{"/ready", "/stats", "/server_info", "/drain_listeners"}; !slices.Equal(open, want) {
		t.Errorf("open are %v", open)
	}
}

// TestEnvoyTakesTheBootstrap asks the real one.
func TestEnvoyTakesTheBootstrap(t *testing.T) {
	envoy := os.Getenv("ENVOY")
	if envoy == "" {
		t.Fatal(`this test asks a real Envoy: run "make deps" or set ENVOY`)
	}
	o := options()
	o.WasmFile, o.Unmasked, o.AccessLogFile = "", true, filepath.Join(t.TempDir(), "access.log")
	data, err := Bootstrap(o)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "bootstrap.json")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(envoy, "--mode", "validate", "--log-level", "error", "-c", file).CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
	named := bytes.ReplaceAll(data, []byte("127.0.0.1"), []byte("localhost")) // which it does not take
	if err := os.WriteFile(file, named, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := exec.Command(envoy, "--mode", "validate", "--log-level", "error", "-c", file).CombinedOutput(); err == nil {
		t.Error("Envoy takes anything")
	}
}

// What the check says to the mask holds secrets, and stands beside what the access
// log writes: the log names each field, and nothing else in Envoy reads those two.
func TestNobodyButTheMaskIsToldOfSecrets(t *testing.T) {
	data, err := Bootstrap(options())
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	for _, all := range []string{wire.MetadataNamespace + ")%", wire.MetadataNamespace + ":" + wire.MetaMask, `"key": "` + wire.MetaMask, "grpc.v3.HttpGrpcAccessLogConfig"} {
		if strings.Contains(text, all) {
			t.Errorf("%s is in the bootstrap", all)
		}
	}
	if !strings.Contains(text, wire.MetadataNamespace+":"+wire.MetaDecision) || !strings.Contains(text, `"key": "`+wire.MetaVerdict) {
		t.Error("the bootstrap spells what is read another way")
	}
}
