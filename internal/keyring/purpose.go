package keyring

// SigningPurpose is what an Ed25519 key is for.
type SigningPurpose string

// SecretPurpose is what a 32-byte HMAC key is for.
type SecretPurpose string

// The purposes. The words are part of file names and key ids.
const (
	Token     SigningPurpose = "token"     // gateway tokens
	Admission SigningPurpose = "admission" // extauthz to approvald
	Order     SigningPurpose = "order"     // approvald to the execute check

	ProviderKey SecretPurpose = "provider-key" // idempotency keys sent to providers
	DeskSession SecretPurpose = "desk-session" // Desk links, sessions and forms
)

var (
	signingPurposes = [...]SigningPurpose{Token, Admission, Order}
	secretPurposes  = [...]SecretPurpose{ProviderKey, DeskSession}
)
