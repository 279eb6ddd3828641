package main

import (
	"slices"
	"strings"
)

// decisive is the last step that decided about the call itself.
func (d recordedDecision) decisive() recordedStep {
	for _, r := range slices.Backward(d.Recorded) {
		if r.Step != "execute:fact" {
			return r
		}
	}
	return d.Recorded[0]
}

func (d recordedDecision) lines() []string {
	var lines []string
	for i, r := range d.Recorded {
		title := "recorded   "
		if i > 0 {
			title = "           "
		}
		text := title + r.Time + " " + r.Step + ": " + strings.Join(slices.DeleteFunc([]string{orNobody(r.Agent), r.Action, r.Effect, r.Reason}, func(s string) bool { return s == "" }), ", ")
		if r.Rule != "" {
			text += " by " + r.Rule
		}
		if r.Intent != "" {
			text += ", " + r.Intent
		}
		lines = append(lines, text)
	}
	switch {
	case d.Live == "":
		return append(lines, "files      of no tenant were asked: no token was accepted")
	case d.Same:
		lines = append(lines, "files      those of today, "+d.Live)
	default:
		lines = append(lines, "files      "+orNone(d.decisive().Bundle)+"; today's are others, "+d.Live+", in which a line may be another rule")
	}
	if d.Rule != "" {
		lines = append(lines, "rule       "+d.decisive().Rule+": "+d.Rule)
	}
	if len(d.Missing) > 0 {
		lines = append(lines, "replay     needs what no record has: "+strings.Join(d.Missing, ", "))
	}
	if d.Replay == nil {
		return lines
	}
	if d.Own {
		lines = append(lines, "replay     of the call's own arguments, under today's files:")
	} else {
		lines = append(lines, "replay     of OTHER arguments than the call had, under today's files:")
	}
	return append(lines, d.Replay.Ladder()...)
}

func orNobody(agent string) string {
	if agent == "" {
		return "nobody"
	}
	return agent
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}
