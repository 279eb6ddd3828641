// Package issuer is the gateway's OAuth 2.0 authorization server: programs get
// gateway tokens from its token endpoint, and everybody can read how (RFC 8414,
// RFC 9728) and with which keys tokens are signed.
//
// A request for a token takes these steps, and each of them refuses:
//
//  1. the client shows that it is the one that the tenant declared: by a secret,
//     of which the gateway has the hash, or by an assertion that it signed with
//     its key (RFC 7523), once;
//  2. the grant is one that the client may use;
//  3. roles are narrowed to what the client declares;
//  4. of a token for a ticket, the gateway itself reads who the customer is;
//  5. the token is signed, for no longer than the client may have it, and recorded.
//
// The tenant is the one that declares the client. What cannot be resolved gives no
// token.
package issuer
