package provider_test

import (
	"context"
	"testing"
	"time"

	"github.com/sallyport/sallyport/examples/provider"
)

const key = "Idempotency-Key: k-1"

func TestSameKeyIsReplayed(t *testing.T) {
	b := start(t)
	first := b.stripe("POST", "/v1/refunds", "charge=ch_bob_90&amount=100", key)
	again := b.stripe("POST", "/v1/refunds", "amount=100&charge=ch_bob_90", key)
	equal(t, first.body, again.body)
	equal(t, []string{"", "true"}, []string{first.header.Get("Idempotent-Replayed"), again.header.Get("Idempotent-Replayed")})
	equal(t, first.header.Get("Request-Id"), again.header.Get("Original-Request"))
	equal(t, 1, len(b.Refunds("ch_bob_90")))
}

func TestRefusalIsReplayed(t *testing.T) {
	b := start(t)
	first := b.stripe("POST", "/v1/refunds", "charge=ch_bob_90&amount=9001", key)
	again := b.stripe("POST", "/v1/refunds", "charge=ch_bob_90&amount=9001", key)
	equal(t, 400, again.status)
	equal(t, first.body, again.body)
	equal(t, "true", again.header.Get("Idempotent-Replayed"))
}

func TestWrongParameterIsNotKept(t *testing.T) {
	b := start(t)
	equal(t, 400, b.stripe("POST", "/v1/refunds", "charge=ch_bob_90&amount=x", key).status)
	equal(t, 200, b.stripe("POST", "/v1/refunds", "charge=ch_bob_90&amount=1", key).status)
}

func TestKeyWithOtherParametersIsRefused(t *testing.T) {
	b := start(t)
	b.stripe("POST", "/v1/refunds", "charge=ch_bob_90&amount=100", key)
	got := b.stripe("POST", "/v1/refunds", "charge=ch_bob_90&amount=200", key)
	equal(t, 400, got.status)
	equal(t, stripeError("idempotency_error", "", "", "Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than 'k-1' if you meant to execute a different request."), got.body)
	equal(t, 400, b.stripe("POST", "/v1/other", "charge=ch_bob_90&amount=100", key).status)
	equal(t, 1, len(b.Refunds("ch_bob_90")))
}

func TestKeyIsForgottenAfterADay(t *testing.T) {
	b := start(t)
	b.stripe("POST", "/v1/refunds", "charge=ch_bob_90&amount=100", key)
	b.clock.Advance(24*time.Hour - time.Nanosecond)
	b.stripe("POST", "/v1/refunds", "charge=ch_bob_90&amount=100", key)
	equal(t, 1, len(b.Refunds("ch_bob_90")))
	b.clock.Advance(time.Nanosecond)
	b.stripe("POST", "/v1/refunds", "charge=ch_bob_90&amount=100", key)
	equal(t, 2, len(b.Refunds("ch_bob_90")))
}

func TestKeyBelongsToItsAccount(t *testing.T) {
	b := start(t)
	b.stripe("POST", "/v1/refunds", "charge=ch_bob_90&amount=100", key)
	got := b.must("POST", "/v1/refunds", "charge=ch_grace_small&amount=100", key, "Authorization: Bearer "+globexStripe)
	equal(t, 200, got.status)
}

func TestKeyInFlight(t *testing.T) {
	b := start(t)
	if err := b.Inject(provider.Fault{Fault: provider.Slow, Method: "POST", Path: "/v1/refunds", DelayMS: 1000}); err != nil {
		t.Fatal(err)
	}
	slow := make(chan reply, 1)
	go func() {
		r, err := b.send("POST", "/v1/refunds", "charge=ch_bob_90&amount=100", key, "Authorization: Bearer "+acmeStripe)
		if err != nil {
			t.Error(err)
		}
		slow <- r
	}()
	if err := b.clock.BlockUntilContext(context.Background(), 1); err != nil {
		t.Fatal(err)
	}
	got := b.stripe("POST", "/v1/refunds", "charge=ch_bob_90&amount=100", key)
	equal(t, 409, got.status)
	equal(t, "idempotency_key_in_use", got.body["error"].(map[string]any)["code"].(string))
	b.clock.Advance(time.Second)
	equal(t, 200, (<-slow).status)
	equal(t, 1, len(b.Refunds("ch_bob_90")))
}
