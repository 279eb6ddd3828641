package filter

import (
	"github.com/sallyport/sallyport/internal/mask"
	"github.com/sallyport/sallyport/internal/wire"
)

// maxSecrets is how many answers' secrets a worker keeps, as they were spelled, and
// maxSent how many credentials of tools.
const (
	maxSecrets = 1024
	maxSent    = 256
)

// secrets are what the check left for the mask of one answer.
type secrets struct {
	scope string           // of the session, as its header spells it; "" for marks
	sent  *mask.Credential // what the tool may say back
}

// known are secrets that came before, by how they are spelled: those of a session are
// the same for many answers, and the credentials of a tool for many sessions.
type known struct {
	all  map[string]secrets
	sent map[string]*mask.Credential
}

func newKnown() *known {
	return &known{all: map[string]secrets{}, sent: map[string]*mask.Credential{}}
}

// of reads secrets as the check spells them.
func (k *known) of(spelled []byte) secrets {
	if s, ok := k.all[string(spelled)]; ok {
		return s
	}
	text := string(spelled)
	scope, credentials := wire.ParseMaskSecrets(text)
	if len(k.all) >= maxSecrets {
		clear(k.all)
	}
	k.all[text] = secrets{scope, k.credential(credentials)}
	return k.all[text]
}

func (k *known) credential(spelled string) *mask.Credential {
	c, ok := k.sent[spelled]
	if ok {
		return c
	}
	if len(k.sent) >= maxSent {
		clear(k.sent)
		clear(k.all)
	}
	c = mask.NewCredential(spelled)
	k.sent[spelled] = c
	return c
}
