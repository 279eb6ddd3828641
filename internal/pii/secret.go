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

// secretSeconds are the second bytes of the secrets that begin with a byte, by their
// lowest five bits.
var secretSeconds = func() (t [256]uint32) {
	for _, s := range secrets {
		t[s.prefix[0]] |= 1 << (s.prefix[1] & 31)
	}
	return t
}()

// mayBeSecret reports that a secret may begin at text[i]: few words do.
func mayBeSecret(text []byte, i int) bool {
	return i+1 < len(text) && secretSeconds[text[i]]>>(text[i+1]&31)&1 != 0
}

// secretAt is the key or token that the word around text[i], its first digit, is.
func secretAt(text []byte, i, floor int) Span {
	from, known := i, false
	for from > floor {
		k := classes[text[from-1]]
		if k&letter == 0 {
			if k&digit != 0 {
				return Span{}
			}
			known = known || mayBeSecret(text, from)
			if !tokenish(text[from-1]) {
				break
			}
		}
		from--
	}
	if !known && (from > floor || !mayBeSecret(text, from)) {
		return Span{} // most words
	}
	return secretIn(text, from, i, floor)
}

// schemes stand before a credential of HTTP, which has so many bytes at least. A digit
// never begins what is said in ASCII behind Basic, and often what is behind Bearer.
var schemes = [...]struct {
	word   string
	fewest int
	digits bool
}{{"basic", 12, false}, {"bearer", 16, true}}

// credentialAround is the credential of HTTP whose first digit is text[i], behind its
// scheme, or the password behind "password is".
func credentialAround(text []byte, i, floor int) Span {
	first := i
	for ; i > floor; i-- {
		k := classes[text[i-1]]
		if k&digit != 0 {
			return Span{}
		}
		if k&credential == 0 {
			break
		}
	}
	if i < floor+2 || text[i-1] != ' ' {
		if i > floor && endsHanSecret(text[i-1]) {
			return hanPassword(text, i, floor)
		}
		return Span{}
	}
	switch text[i-2] | 0x20 {
	case 'c', 'r':
	case "码"[2] | 0x20, "碼"[2] | 0x20, "令"[2] | 0x20:
		return hanPassword(text, i, floor)
	case 's':
		if i > floor+4 && text[i-3]|0x20 == 'i' && text[i-4] == ' ' && endsSecretLabel(text[floor:i-4]) {
			return secretWord(text, i)
		}
		return Span{}
	default:
		return Span{}
	}
	for _, s := range &schemes {
		from := i - 1 - len(s.word)
		if from < floor || !sameLetters(text[from:i-1], s.word) || from > floor && wordy(text[from-1]) || i == first && !s.digits {
			continue
		}
		if found := secretOf(text, i, s.fewest, inCredential); found.Type != None {
			return found
		}
	}
	return Span{}
}

// secretIn is the key or token that begins in text[from:i].
func secretIn(text []byte, from, i, floor int) Span {
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
			if found := secretOf(text, from, s.fewest, tokenish); found.Type != None {
				return found
			}
		}
	}
	return Span{}
}

// secretOf is what text[from:] begins with of the bytes that a secret is written in,
// without the full stops of a sentence behind it, if they are so many at least.
func secretOf(text []byte, from, fewest int, written func(byte) bool) Span {
	end := from
	for end < len(text) && written(text[end]) {
		end++
	}
	for end > from && text[end-1] == '.' {
		end--
	}
	if end-from < fewest {
		return Span{}
	}
	return Span{Start: from, End: end, Type: Secret}
}

// inCredential reports what credentials of HTTP are written in.
func inCredential(c byte) bool { return is(c, credential) }

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
