package notify

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"github.com/sallyport/sallyport/approvald/ledger"
)

// What a click carries back.
const (
	actionApprove = "sallyport_approve"
	actionDeny    = "sallyport_deny"
	actionOpen    = "sallyport_open"
	blockReason   = "sallyport_reason"
	actionReason  = "reason"
)

// Bounds of a message: one text of it, in characters, of which Slack takes no more in a
// field; and arguments and facts, for Slack takes 50 blocks.
const (
	slackText   = 2000
	slackArgs   = 30
	slackFields = 10 // of one section
	slackFound  = 30
)

// slack writes one message an intent, and changes it when something happens.
func (n *Notifier) slack(ctx context.Context, m notice) (reference string, err error) {
	api, err := n.slackAPI(m)
	if err != nil {
		return "", err
	}
	options := []slack.MsgOption{
		slack.MsgOptionText(escaped(m.headline()), false), // for notifications
		slack.MsgOptionBlocks(m.blocks()...), slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl(),
	}
	if known := m.delivery.Reference; known != "" {
		reference = known
		_, _, _, err = api.UpdateMessageContext(ctx, m.channel.Room, known, options...)
		if err == nil && m.delivery.Event == ledger.Escalated { // of a change nobody hears
			_, _, err = api.PostMessageContext(ctx, m.channel.Room, options[0], slack.MsgOptionTS(known), slack.MsgOptionBroadcast())
		}
	} else {
		_, reference, err = api.PostMessageContext(ctx, m.channel.Room, options...)
	}
	return reference, slackError(err)
}

// slackAPI speaks as the bot of a notice's channel.
func (n *Notifier) slackAPI(m notice) (*slack.Client, error) {
	token, err := n.secret(m.tenant, m.channel.Secret)
	if err != nil {
		return nil, err
	}
	return slack.New(token, slack.OptionAPIURL(m.channel.URL), slack.OptionHTTPClient(n.client(m.channel))), nil
}

// slackError tells what Slack wants to be asked again later.
func slackError(err error) error {
	var limited *slack.RateLimitedError
	var answered slack.StatusCodeError
	switch {
	case errors.As(err, &limited):
		return later{err, limited.RetryAfter}
	case errors.As(err, &answered) && answered.Code == http.StatusGone:
		return final{err}
	}
	return err
}

// blocks are the message. Every text of somebody else is plain: Slack neither
// links nor mentions what is in it.
func (m notice) blocks() []slack.Block {
	blocks := []slack.Block{slack.NewSectionBlock(plain(m.headline()), nil, nil)}
	asked, whole := m.asked()
	blocks = append(blocks, asked...)
	blocks = append(blocks, m.found()...)
	var lines []string
	for _, line := range m.lines() {
		lines = append(lines, line.name+": "+line.value)
	}
	blocks = append(blocks, fields(lines)...)
	open := slack.NewButtonBlockElement(actionOpen, "", plain(m.say("Open in the Desk")))
	open.URL = m.url
	if m.intent.State != ledger.Waiting {
		return append(blocks, slack.NewActionBlock("", open))
	}
	reason := slack.NewInputBlock(blockReason, plain(m.say("Reason (needed to deny; the agent reads it)")), nil,
		slack.NewPlainTextInputBlockElement(nil, actionReason)).WithOptional(true)
	// A click names the arguments that this message shows.
	value := m.intent.ID + " " + m.intent.Digest
	approve := slack.NewButtonBlockElement(actionApprove, value, plain(m.say("Approve"))).WithStyle(slack.StylePrimary)
	deny := slack.NewButtonBlockElement(actionDeny, value, plain(m.say("Deny"))).WithStyle(slack.StyleDanger)
	if !whole { // nobody approves what they were not shown
		return append(blocks, reason, slack.NewActionBlock("", deny, open))
	}
	return append(blocks, reason, slack.NewActionBlock("", approve, deny, open))
}

// asked are the arguments of what waits, one a block, so that none looks like
// another; whole says that all of them fit.
func (m notice) asked() (blocks []slack.Block, whole bool) {
	if m.intent.State != ledger.Waiting {
		return nil, true
	}
	blocks = []slack.Block{slack.NewContextBlock("", plain(m.say("What the agent asked")+". "+m.say("Said by the agent, not by the gateway.")))}
	whole = len(m.item.Args) <= slackArgs
	for _, arg := range m.item.Args[:min(len(m.item.Args), slackArgs)] {
		text := arg.Name + ": " + arg.Value
		whole = whole && utf8.RuneCountInString(oneLine(text)) <= slackText
		blocks = append(blocks, slack.NewSectionBlock(plain(text), nil, nil))
	}
	if !whole {
		blocks = append(blocks, slack.NewSectionBlock(plain(m.say("Not all of it fits here: read it in the Desk to approve it.")), nil, nil))
	}
	return blocks, whole
}

// found is what the gateway knows itself about what waits.
func (m notice) found() []slack.Block {
	if m.intent.State != ledger.Waiting {
		return nil
	}
	var lines []string
	for _, fact := range m.item.Facts {
		lines = append(lines, fact.Name+": "+fact.Value)
	}
	for _, sum := range m.item.Sums {
		lines = append(lines, m.say("sum")+" "+sum.Name+": "+m.say(sum.Value))
	}
	for _, left := range m.item.Budgets {
		lines = append(lines, m.say(left))
	}
	if len(lines) == 0 {
		return nil
	}
	if len(lines) > slackFound {
		lines = append(lines[:slackFound-1], "…")
	}
	return append([]slack.Block{slack.NewContextBlock("", plain(m.say("What the gateway found out itself")))}, fields(lines)...)
}

// fields are lines beside each other.
func fields(lines []string) []slack.Block {
	var out []slack.Block
	for some := range slices.Chunk(lines, slackFields) {
		var texts []*slack.TextBlockObject
		for _, line := range some {
			texts = append(texts, plain(line))
		}
		out = append(out, slack.NewSectionBlock(nil, texts, nil))
	}
	return out
}

func plain(text string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, short(text, slackText), false, false)
}

// escaped is text that Slack does not take for links or mentions.
func escaped(text string) string {
	return slackEscaper.Replace(oneLine(text))
}
