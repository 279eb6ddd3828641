package bench

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strconv"
	"strings"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"
	authv3 "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	"google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/codes"
)

// stockModel is Sallyport's default model without what only Sallyport has.
const stockModel = `
[request_definition]
r = sub, act, in

[policy_definition]
p = role, act, cond, eft

[role_definition]
g = _, _

[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))

[matchers]
m = g(r.sub, p.role) && keyMatch(r.act, p.act) && condition(r.in, p.cond)
`

// stockCasbin is the ext_authz that one writes with Casbin: an enforcer for each
// tenant, which is its fastest arrangement. It believes the headers that say
// who asks, so it pays for no token, no catalog, no limit and no record.
type stockCasbin struct {
	authv3.UnimplementedAuthorizationServer
	enforcers map[string]*casbin.Enforcer
}

// asked is what a condition may speak about.
type asked struct{ args map[string]int }

func newStockCasbin(w workload) (*stockCasbin, error) {
	s := &stockCasbin{enforcers: map[string]*casbin.Enforcer{}}
	conditions := map[string]func(*asked) bool{} // compiled once, as Sallyport's are
	for tenant := range w.tenants {
		m, err := model.NewModelFromString(stockModel)
		if err != nil {
			return nil, err
		}
		e, err := casbin.NewEnforcer(m)
		if err != nil {
			return nil, err
		}
		var rows [][]string
		for _, r := range w.policy(tenant) {
			rows = append(rows, []string{r.role, r.action, r.condition(), r.effect()})
			conditions[r.condition()] = compileCondition(r.condition())
		}
		if _, err := e.AddPolicies(rows); err != nil {
			return nil, err
		}
		for agent := range w.roles() {
			for _, role := range w.rolesOf(agent) {
				if _, err := e.AddGroupingPolicy(agentName(agent), "role"+strconv.Itoa(role)); err != nil {
					return nil, err
				}
			}
		}
		e.AddFunction("condition", func(args ...any) (any, error) {
			in, text := args[0].(*asked), args[1].(string)
			return conditions[text](in), nil
		})
		s.enforcers[tenantName(tenant)] = e
	}
	return s, nil
}

// compileCondition reads "args.amount <= 40".
func compileCondition(text string) func(*asked) bool {
	name, bound, _ := strings.Cut(strings.TrimPrefix(text, "args."), " <= ")
	most, _ := strconv.Atoi(bound)
	return func(in *asked) bool {
		value, ok := in.args[name]
		return ok && value <= most
	}
}

// Check names the action, asks Casbin and answers; an error is a deny.
func (s *stockCasbin) Check(_ context.Context, in *authv3.CheckRequest) (*authv3.CheckResponse, error) {
	http := in.GetAttributes().GetRequest().GetHttp()
	var tenant, agent string
	for _, h := range http.GetHeaderMap().GetHeaders() {
		switch h.GetKey() {
		case "x-bench-tenant":
			tenant = string(h.GetRawValue())
		case "x-bench-agent":
			agent = string(h.GetRawValue())
		}
	}
	enforcer, known := s.enforcers[tenant]
	action, args, err := name(http)
	if err == nil && known {
		if allowed, err := enforcer.Enforce(agent, action, &asked{args}); err == nil && allowed {
			return &authv3.CheckResponse{Status: &status.Status{}, HttpResponse: &authv3.CheckResponse_OkResponse{OkResponse: &authv3.OkHttpResponse{}}}, nil
		}
	}
	return &authv3.CheckResponse{
		Status:       &status.Status{Code: int32(codes.PermissionDenied)},
		HttpResponse: &authv3.CheckResponse_DeniedResponse{DeniedResponse: &authv3.DeniedHttpResponse{}},
	}, nil
}

// name is the least that makes an action of a request.
func name(http *authv3.AttributeContext_HttpRequest) (string, map[string]int, error) {
	path, query, _ := strings.Cut(http.GetPath(), "?")
	parts := strings.Split(path, "/")
	if len(parts) != 5 {
		return "", nil, errors.New("no such operation")
	}
	if http.GetMethod() == "GET" {
		values, err := url.ParseQuery(query)
		if err != nil {
			return "", nil, err
		}
		limit, err := strconv.Atoi(values.Get("limit"))
		return "desk." + parts[3] + ".read", map[string]int{"limit": limit}, err
	}
	var body struct {
		Amount int `json:"amount"`
	}
	err := json.Unmarshal(http.GetRawBody(), &body)
	return "desk." + parts[3] + ".write", map[string]int{"amount": body.Amount}, err
}
