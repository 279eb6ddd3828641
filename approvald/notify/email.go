package notify

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"github.com/sallyport/sallyport/approvald/desk"
	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/authority"
)

// mailSubject bounds a subject, in characters: nobody reads more of one.
const mailSubject = 200

// email writes to a person of the channel who may decide, or to each. Nothing in a
// mail decides: its link leads to the Desk, where who opens it has to log in.
func (n *Notifier) email(ctx context.Context, m notice) error {
	addresses := m.addresses()
	if len(addresses) == 0 && m.person != "" { // files have changed since
		n.Logger.Info("A person is not written to any more", "tenant", m.tenant.Name, "channel", m.channel.Name, "person", m.person, "intent", m.intent.ID)
		return nil
	}
	if len(addresses) == 0 {
		return final{errors.New("nobody of this channel's people is in " + authority.Words(authority.Join(m.groups())))}
	}
	messages := make([]*mail.Msg, 0, len(addresses))
	for _, address := range addresses {
		message, err := m.in(m.reads(m.channel.Person(address))).mail(address, n.Clock.Now())
		if err != nil {
			return final{err}
		}
		messages = append(messages, message)
	}
	return n.hand(ctx, m, addresses, messages)
}

// groups are those who may decide, and of an escalation those who may from now on.
func (m notice) groups() []string {
	if m.delivery.Event == ledger.Escalated {
		return authority.Split(m.intent.EscalateTo)
	}
	return desk.Deciding(m.intent)
}

// addresses are those of the people who may decide, and of all for an intent that
// no group decides; of mail to one person, of that one.
func (m notice) addresses() []string {
	var out []string
	groups := m.groups()
	for _, address := range slices.Sorted(maps.Keys(m.channel.People)) {
		person, ok := m.tenant.People.Find(m.channel.Person(address))
		if ok && (m.person == "" || m.person == person.ID) && (len(groups) == 0 || slices.ContainsFunc(groups, person.In)) {
			out = append(out, address)
		}
	}
	return out
}

// mail is the message to one person. All mails about one intent are one thread.
func (m notice) mail(to string, now time.Time) (*mail.Msg, error) {
	message, err := m.blank(to, now)
	if err != nil {
		return nil, err
	}
	_, host, _ := strings.Cut(m.channel.From, "@")
	thread := m.intent.ID + "@" + host
	message.SetMessageIDWithValue(fmt.Sprintf("%s.%d.%s", m.intent.ID, m.delivery.Version, thread))
	message.SetGenHeader(mail.HeaderReferences, "<"+thread+">")
	message.Subject(subject(m.tenant.Title + ": " + m.headline()))
	message.SetBodyString(mail.TypeTextPlain, m.letter())
	return message, nil
}

// blank is a mail to one person that says nothing yet.
func (m notice) blank(to string, now time.Time) (*mail.Msg, error) {
	message := mail.NewMsg()
	message.SetDateWithValue(now)
	message.SetBulk()                                        // no out-of-office answers
	message.SetGenHeader("Auto-Submitted", "auto-generated") // nor any other (RFC 3834)
	return message, errors.Join(message.From(m.channel.From), message.To(to))
}

func (m notice) letter() string {
	var b strings.Builder
	headline := oneLine(m.headline())
	if m.item.Summary != m.item.Action { // which has points, and is nobody's words
		headline = m.unlinked(headline)
	}
	fmt.Fprintf(&b, "%s\n\n", headline)
	for _, line := range m.lines() {
		value := oneLine(line.value)
		if line.foreign {
			value = m.unlinked(value)
		}
		fmt.Fprintf(&b, "%-10s %s\n", line.name+":", value)
	}
	fmt.Fprintf(&b, "\n%s\n%s\n", m.say("Read all of it and decide in the Desk:"), m.url)
	if m.intent.State == ledger.Waiting {
		fmt.Fprintf(&b, "\n%s\n", m.say("This mail decides nothing, and nothing happens until somebody decides."))
	}
	return b.String()
}

// linked is what a mail program may make a link of: an address with a protocol, or a
// name with a domain.
var linked = regexp.MustCompile(`[!-~]*(?:://|[\pL\pN]\.\pL{2})[!-~\pL]*`)

// unlinked is somebody's text without links. The Desk shows them as they are.
func (m notice) unlinked(text string) string {
	return linked.ReplaceAllLiteralString(text, m.say("[link]"))
}

// subject is a text as a subject. What is encoded in it already stays as it reads:
// mail programs would decode it, and show what it hides.
func subject(text string) string {
	return short(strings.ReplaceAll(text, "=?", "= ?"), mailSubject)
}

// short is a text on one line of at most so many characters.
func short(text string, most int) string {
	runes := []rune(oneLine(text))
	if len(runes) > most {
		runes = append(runes[:most-1], '…')
	}
	return string(runes)
}

// oneLine keeps somebody's words from looking like lines of ours.
func oneLine(text string) string {
	return strings.Join(strings.Fields(text), " ")
}
