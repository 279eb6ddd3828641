// Package login proves who a person is: by the tenant's OpenID Connect provider,
// with the authorization code flow, PKCE, state and nonce; or by a passkey that
// the person registered with a one-time invitation.
//
// It knows no sessions and no pages; the Desk has them. What it cannot verify is
// an error that says nothing to whoever sent it. A provider that does not answer
// lets nobody in; passkeys go on.
package login
