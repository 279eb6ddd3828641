package door

import (
	"crypto/rand"
	"crypto/subtle"
	"crypto/tls"
	"encoding/hex"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"time"

	"github.com/sallyport/sallyport/internal/token"
	"github.com/sallyport/sallyport/internal/wire"
)

// Options are what a Door needs.
type Options struct {
	Gateway *url.URL // where agents call
	Source  *Source
	// Certificate is shown to a gateway that asks for one; nil shows none. It is
	// called for each connection, so that what it reads may change.
	Certificate func() (*tls.Certificate, error)
	Listener    net.Listener // on loopback
}

// Door is the handler.
type Door struct {
	Options
	key   string
	proxy *httputil.ReverseProxy
}

// slots are the headers that a program's key may stand in.
var slots = [...]string{"Authorization", "X-Api-Key"}

// New returns a Door with a key of its own.
func New(o Options) *Door {
	var secret [32]byte
	_, _ = rand.Read(secret[:])
	d := &Door{Options: o, key: wire.TokenPrefix + "run_" + hex.EncodeToString(secret[:])}
	d.proxy = &httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) {
			p.SetURL(o.Gateway)
			p.Out.Host = o.Gateway.Host
		},
		FlushInterval: -1, // streams pass as they come
		Transport: &http.Transport{
			Proxy: nil, DisableCompression: true, MaxIdleConnsPerHost: 64, IdleConnTimeout: time.Minute,
			DialContext:     (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
			TLSClientConfig: o.tls(),
		},
		ModifyResponse: d.answered,
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) {
			refuse(w, http.StatusBadGateway, "gateway_unavailable", "The gateway at "+o.Gateway.String()+" does not answer. Whether this call was done is not known.")
		},
	}
	return d
}

func (o Options) tls() *tls.Config {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if o.Certificate != nil {
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return o.Certificate() }
	}
	return config
}

// Key is the placeholder that the program uses as its API key.
func (d *Door) Key() string { return d.key }

// URL is the door's own.
func (d *Door) URL() string { return "http://" + d.Listener.Addr().String() }

// ServeHTTP lets a call of the program pass, with a fresh token.
func (d *Door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodConnect || r.URL.IsAbs() || !d.own(r.Host) {
		refuse(w, http.StatusMisdirectedRequest, "misdirected", "This door leads to one gateway alone. Call "+d.URL()+".")
		return
	}
	if !d.holds(r) {
		refuse(w, http.StatusUnauthorized, "token_missing", "This call does not carry the key of this run. Use SALLYPORT_TOKEN of the program's environment as the API key.")
		return
	}
	raw, err := d.Source.Token(r.Context())
	if err != nil {
		refuse(w, http.StatusServiceUnavailable, "token_unavailable", "There is no token for this call. Nothing was done: "+err.Error())
		return
	}
	for _, slot := range slots {
		r.Header.Del(slot)
	}
	r.Header.Set(slots[0], "Bearer "+raw)
	d.proxy.ServeHTTP(w, r)
}

// own says whether a call was meant for this door. A page in a browser that made
// its own name lead here does not say ours.
func (d *Door) own(host string) bool {
	address := d.Listener.Addr().String()
	_, port, err := net.SplitHostPort(address)
	return err == nil && (host == address || host == "localhost:"+port)
}

// holds says whether the placeholder stands where SDKs put their key, and no
// other key does.
func (d *Door) holds(r *http.Request) bool {
	found := false
	for _, slot := range slots {
		for _, value := range r.Header.Values(slot) {
			raw, ok := token.FromCredential(strings.ToLower(slot), value)
			if !ok {
				continue
			}
			if subtle.ConstantTimeCompare([]byte(raw), []byte(d.key)) != 1 {
				return false
			}
			found = true
		}
	}
	return found
}

// answered forgets a token that is not good any more, so that the next call has
// another one. The gateway's challenge tells it: to Slack's clients it says so with 200,
// and a 401 of the tool itself is not about the token. One that was revoked is not
// replaced: somebody wants it to stop.
func (d *Door) answered(r *http.Response) error {
	challenge := r.Header.Get("www-authenticate")
	if strings.HasPrefix(challenge, `Bearer realm="sallyport"`) && strings.Contains(challenge, `error="invalid_token"`) && !strings.Contains(challenge, "revoked") {
		raw, _ := strings.CutPrefix(r.Request.Header.Get(slots[0]), "Bearer ")
		d.Source.Drop(raw)
	}
	return nil
}

// refuse answers as the gateway does where it knows no dialect.
func refuse(w http.ResponseWriter, status int, code, detail string) {
	w.Header().Set("content-type", "application/problem+json")
	w.Header().Set("cache-control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"type": "about:blank", "status": status, "code": code, "detail": detail})
}
