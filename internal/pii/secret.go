package pii

// secrets are how keys and tokens begin, and how long they are at least.
var secrets = [...]struct {
	prefix string
	fewest int
}{
	{"sk_live_", 20}, {"sk_test_", 20}, {"rk_live_", 20}, {"rk_test_", 20}, {"whsec_", 24}, {"sk-ant-", 24}, {"sk-proj-", 24}, {"sk-", 32},
	{"ghp_", 24}, {"gho_", 24}, {"ghu_", 24}, {"ghs_", 24}, {"ghr_", 24}, {"github_pat_", 30}, {"glpat-", 20},
	{"xoxb-", 20}, {"xoxp-", 20}, {"xoxa-", 20}, {"xoxr-", 20}, {"xoxs-", 20}, {"xapp-", 20},
	{"AKIA", 20}, {"ASIA", 20}, {"AIza", 30}, {"ya29.", 24}, {"npm_", 24}, {"pypi-", 24}, {"hf_", 24}, {"SG.", 30},
	{"shpat_", 24}, {"shpss_", 24}, {"dop_v1_", 32}, {"hvs.", 24}, {"sq0atp-", 24}, {"sq0csp-", 24}, {"eyJ", 40}, {"spgw_", 40},
	{"AGE-SECRET-KEY-", 40}, {"PMAK-", 30}, {"dckr_pat_", 24}, {"lin_api_", 24}, {"pk_live_", 24}, {"EAAC", 40},
}

// secretsBy are where the secrets stand that begin with a byte.
var secretsBy = func() (t [256][]int) {
	for i, s := range secrets {
		t[s.prefix[0]] = append(t[s.prefix[0]], i)
	}
	return t
}()

// secretAt is the key or token that the word around text[i], its first digit, is.
func secretAt(text []byte, i, floor int) Span {
	from := i
	for from > floor && tokenish(text[from-1]) {
		if from--; isDigit(text[from]) {
			return Span{}
		}
	}
	for ; from < i; from++ { // what stands before it is no part: key=sk_live_…, a.eyJ…
		known := secretsBy[text[from]]
		if known == nil || from > floor && is(text[from-1], letter|digit) {
			continue
		}
		for _, n := range known {
			s := &secrets[n]
			if !hasAt(text, from, s.prefix) {
				continue
			}
			end := from
			for end < len(text) && tokenish(text[end]) {
				end++
			}
			for end > from && text[end-1] == '.' {
				end--
			}
			if end-from >= s.fewest {
				return Span{Start: from, End: end, Type: Secret}
			}
		}
	}
	return Span{}
}

// tokenish reports what keys and tokens are written in.
func tokenish(c byte) bool { return c == '_' || c == '-' || c == '.' || is(c, letter|digit) }

// pem are the two ends of a private key.
const (
	pemBegin = "-----BEGIN "
	pemKey   = "PRIVATE KEY-----"
	pemEnd   = "-----END "
)

// pemAt is the private key whose first dash is at text[i].
func pemAt(text []byte, i int) Span {
	if !hasAt(text, i, pemBegin) {
		return Span{}
	}
	at := i + len(pemBegin)
	for at < len(text) && at < i+40 && !hasAt(text, at, pemKey) {
		at++
	}
	if !hasAt(text, at, pemKey) {
		return Span{}
	}
	for end := at + len(pemKey); end < len(text); end++ {
		if text[end] != '-' || !hasAt(text, end, pemEnd) {
			continue
		}
		for end += len(pemEnd); end < len(text); end++ {
			if hasAt(text, end, "-----") {
				return Span{Start: i, End: end + len("-----"), Type: Secret}
			}
		}
	}
	return Span{Start: i, End: len(text), Type: Secret} // cut off: it goes all the same
}
