package torture

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sallyport/sallyport/approvald/desk"
	"github.com/sallyport/sallyport/cmd/sallyport/up"
	"github.com/sallyport/sallyport/internal/rig"
	"github.com/sallyport/sallyport/internal/rig/postgres"
	"github.com/sallyport/sallyport/internal/testkit"
)

// gateway is what is tortured.
type gateway struct {
	t                *testing.T
	rig              *rig.Rig
	mu               sync.Mutex
	approvald        *exec.Cmd
	stop             func()           // kills it
	primary, standby *postgres.Server // nil on SQLite
	http             *http.Client
	deskToken        string
}

// limits bound one charge and nothing else: a day's worth of rounds is one agent's.
const limits = "sums:\n  charge_24h: {actions: [stripe.refund.create], by: [args.charge], window: 24h}\n"

func boot(t *testing.T, store string) *gateway {
	t.Helper()
	g := &gateway{t: t, http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}}
	if store == "postgres" {
		g.primary = postgres.Start(t)
		g.standby = g.primary.Standby(t)
	}
	g.rig = rig.Start(t, rig.Options{External: []up.Service{up.Approvald}, Prepare: func(tenants string) {
		if err := os.WriteFile(filepath.Join(tenants, "acme", "limits.yaml"), []byte(limits), 0o600); err != nil {
			t.Fatal(err)
		}
	}})
	g.start()
	t.Cleanup(func() {
		g.kill()
		if strings.Contains("\n"+g.rig.Log.String(), "\npanic: ") {
			t.Error("approvald panicked, and was started again")
		}
	})
	g.answers()
	token, err := os.ReadFile(filepath.Join(g.rig.Data, "desk.token"))
	if err != nil {
		t.Fatal(err)
	}
	g.deskToken = strings.TrimSpace(string(token))
	return g
}

// database names both servers: whichever takes writes is used.
func (g *gateway) database() string {
	if g.primary == nil {
		return ""
	}
	return strings.Replace(g.primary.URL("postgres"), g.primary.Address, g.primary.Address+","+g.standby.Address, 1)
}

func (g *gateway) answers() {
	testkit.Eventually(g.t, "approvald answers", func() bool { return g.rig.DeskAnswers(g.t) })
}

// refund asks once and returns the refund's id; "" when it is not known yet.
func (g *gateway) refund(ctx context.Context, w *wish) string {
	form := fmt.Sprintf("charge=%s&amount=%d", w.charge, w.amount)
	status, body := g.do(ctx, http.MethodPost, "http://"+g.rig.Addresses().Agent+"/stripe/v1/refunds", form, w.token,
		"content-type", "application/x-www-form-urlencoded", "idempotency-key", w.key)
	var refund struct{ ID, Object string }
	if status != http.StatusOK || json.Unmarshal([]byte(body), &refund) != nil || refund.Object != "refund" {
		return ""
	}
	return refund.ID
}

// approve says yes to whatever waits for one of these charges.
func (g *gateway) approve(ctx context.Context, charges []string) {
	base := "http://" + g.rig.Addresses().Desk + "/api/v1/intents"
	_, body := g.do(ctx, http.MethodGet, base, "", g.deskToken)
	var items []desk.Item
	if json.Unmarshal([]byte(body), &items) != nil {
		return
	}
	for _, item := range items {
		for _, arg := range item.Args {
			if arg.Name == "charge" && slices.Contains(charges, arg.Value) {
				g.do(ctx, http.MethodPost, base+"/"+item.ID+"/approve", `{"digest":"`+item.Digest+`"}`, g.deskToken)
			}
		}
	}
}

func (g *gateway) do(ctx context.Context, method, url, body, token string, headers ...string) (int, string) {
	request, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return 0, ""
	}
	request.Header.Set("authorization", "Bearer "+token)
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := g.http.Do(request)
	if err != nil {
		return 0, ""
	}
	data, err := io.ReadAll(response.Body)
	if errors.Join(err, response.Body.Close()) != nil {
		return 0, ""
	}
	return response.StatusCode, string(data)
}

// pause waits a moment that the seed chose, or for the end.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
