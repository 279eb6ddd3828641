package main

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/rig"
)

// A gateway that asks for a certificate is shown the program's, and after it was
// renewed the new one.
func TestRunShowsItsCertificate(t *testing.T) {
	authority := rig.NewAuthority(t)
	one, two := authority.Client("one"), authority.Client("two")
	cert, key := authority.Files(one)
	gateway := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprintln(w, r.TLS.PeerCertificates[0].Subject.CommonName, r.Header.Get("authorization"))
		w.Header().Set("connection", "close")
		newCert, newKey := authority.Files(two)
		if os.Rename(newCert, cert) != nil || os.Rename(newKey, key) != nil {
			t.Error("the pair is not renewed")
		}
	}))
	gateway.TLS = &tls.Config{Certificates: []tls.Certificate{authority.Listener()}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: authority.Pool}
	gateway.Config.SetKeepAlivesEnabled(false)
	gateway.StartTLS()
	t.Cleanup(gateway.Close)
	endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]any{
			"issuer": "http://" + r.Host, "token_endpoint": "http://" + r.Host + "/token", "resource": gateway.URL, "access_token": "spgw_t", "expires_in": 900,
		})
	}))
	t.Cleanup(endpoint.Close)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	call := `curl -s $SALLYPORT_URL/stripe -H "Authorization: Bearer $SALLYPORT_TOKEN"`
	command := exec.Command(self, "run", "--data", started(t), "--issuer", endpoint.URL, "--tenant", "acme", "--agent", "bot", "--client-cert", cert, "--client-key", key, "--", "sh", "-c", call+"; "+call)
	command.Env = append(os.Environ(), "SALLYPORT_TEST_MAIN=1", "SSL_CERT_FILE="+authority.File)
	if out, err := command.CombinedOutput(); err != nil || string(out) != "one Bearer spgw_t\ntwo Bearer spgw_t\n" {
		t.Errorf("%v: %s", err, out)
	}
}

func TestRunRefusesHalfACertificate(t *testing.T) {
	address, _ := tokenEndpoint(t)
	cert, key := rig.NewAuthority(t).Files(rig.NewAuthority(t).Client("one"))
	junk := filepath.Join(t.TempDir(), "junk")
	write(t, junk, "no PEM")
	for name, tt := range map[string]struct {
		args []string
		says string
	}{
		"no key":         {[]string{"--client-cert", cert}, "go together"},
		"a file is gone": {[]string{"--client-cert", cert + "x", "--client-key", key}, "--client-cert"},
		"in clear":       {[]string{"--client-cert", cert, "--client-key", key}, "--agent-client-ca"},
		"no PEM":         {[]string{"--client-cert", junk, "--client-key", key}, "--client-c"},
	} {
		args := append([]string{"run", "--data", started(t), "--issuer", address, "--tenant", "acme", "--agent", "bot"}, append(tt.args, "--", "true")...)
		got := sallyport(t, "", args...)
		if got.code == 0 || strings.Count(got.stderr, "\n") != 1 || !strings.Contains(got.stderr, tt.says) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
