package approvald

import (
	"testing"

	"github.com/sallyport/sallyport/approvald/execute"
	"github.com/sallyport/sallyport/internal/tenant"
	"github.com/sallyport/sallyport/internal/token"
)

// A question is answered once, by the agent and in the session that was asked.
func TestQuestionIsItsOwners(t *testing.T) {
	fits := func(*openQuestion) bool { return true }
	by := func(tenantName, agent, session string) call {
		return call{Caller: execute.Caller{
			Tenant: &tenant.Tenant{Name: tenantName}, Identity: token.Identity{Tenant: tenantName, Agent: agent, Session: token.Session{ID: session}},
		}}
	}
	q := newQuestions()
	id := q.ask(&openQuestion{by: by("acme", "bot", "s1")})
	for _, other := range []call{by("globex", "bot", "s1"), by("acme", "bot2", "s1"), by("acme", "bot", "s2")} {
		if q.take(id, other, fits) != nil {
			t.Errorf("%+v answers", other.Identity)
		}
	}
	if q.take(id+"0", by("acme", "bot", "s1"), fits) != nil {
		t.Error("another question is taken for it")
	}
	if q.take(id, by("acme", "bot", "s1"), func(*openQuestion) bool { return false }) != nil {
		t.Error("an answer to another call closes a question")
	}
	if q.take(id, by("acme", "bot", "s1"), fits) == nil || q.take(id, by("acme", "bot", "s1"), fits) != nil {
		t.Error("it is not answered once")
	}
	id = q.ask(&openQuestion{by: by("acme", "bot", "s1")})
	q.drop(id)
	if q.take(id, by("acme", "bot", "s1"), fits) != nil {
		t.Error("it is answered when it is over")
	}
}
