package notify

import (
	"context"
	"errors"
	"net/http"

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

// slackText bounds one text of a message, in characters; Slack takes 3000.
const slackText = 2000

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
	var fields []*slack.TextBlockObject
	for _, line := range m.lines() {
		fields = append(fields, plain(line.name+": "+line.value))
	}
	if len(fields) > 0 {
		blocks = append(blocks, slack.NewSectionBlock(nil, fields, nil))
	}
	open := slack.NewButtonBlockElement(actionOpen, "", plain("Open in the Desk"))
	open.URL = m.url
	if m.intent.State != ledger.Waiting {
		return append(blocks, slack.NewActionBlock("", open))
	}
	reason := slack.NewInputBlock(blockReason, plain("Reason (needed to deny; the agent reads it)"), nil,
		slack.NewPlainTextInputBlockElement(nil, actionReason)).WithOptional(true)
	// A click names the arguments that this message shows.
	value := m.intent.ID + " " + m.intent.Digest
	approve := slack.NewButtonBlockElement(actionApprove, value, plain("Approve")).WithStyle(slack.StylePrimary)
	deny := slack.NewButtonBlockElement(actionDeny, value, plain("Deny")).WithStyle(slack.StyleDanger)
	return append(blocks, reason, slack.NewActionBlock("", approve, deny, open))
}

func plain(text string) *slack.TextBlockObject {
	runes := []rune(oneLine(text))
	if len(runes) > slackText {
		runes = append(runes[:slackText], '…')
	}
	return slack.NewTextBlockObject(slack.PlainTextType, string(runes), false, false)
}

// escaped is text that Slack does not take for links or mentions.
func escaped(text string) string {
	return slackEscaper.Replace(oneLine(text))
}
