package desk

import (
	"bufio"
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/sallyport/sallyport/internal/people"
)

// catalogue has every sentence of the pages and the channels: an English line, and the
// Chinese one behind it. %s stands for what a sentence is about, %g for groups and %c for a condition.
type catalogue struct {
	exact  map[string]string
	shaped []shape
}

// shape recognises a sentence that was made elsewhere, by authority for one.
type shape struct {
	english *regexp.Regexp
	chinese string // with %s for each
	about   []string
}

// What stands for something in a sentence: groups and conditions are said in the
// sentence's language, all else as it is.
var places = regexp.MustCompile("%[sgc]")

const (
	ofGroups    = "%g"
	ofCondition = "%c"
)

// readCatalogue reads pairs of lines; blank lines and those with # are for people. A line
// behind = is only said by its name, not recognised in a text.
func readCatalogue(text string) (catalogue, error) {
	c := catalogue{exact: map[string]string{}}
	key, named := "", false
	for lines := bufio.NewScanner(strings.NewReader(text)); lines.Scan(); {
		line := strings.TrimSpace(lines.Text())
		switch {
		case line == "" || line[0] == '#':
		case key == "":
			key, named = strings.CutPrefix(line, "=")
		case !slices.Equal(places.FindAllString(key, -1), places.FindAllString(line, -1)):
			return c, fmt.Errorf("the words for %q say another number of things", key)
		default:
			c.exact[key] = line
			if about := places.FindAllString(key, -1); !named && about != nil {
				pattern := places.ReplaceAllString(regexp.QuoteMeta(key), "(.+?)")
				c.shaped = append(c.shaped, shape{regexp.MustCompile("^(?s:" + pattern + ")$"), places.ReplaceAllString(line, "%s"), about})
			}
			key = ""
		}
	}
	if key != "" {
		return c, fmt.Errorf("there are no words for %q", key)
	}
	return c, nil
}

// chinese is a sentence in Chinese; one that is not there stays English. What it
// is about is put in as it is.
func (c catalogue) chinese(text string) string {
	if found, ok := c.exact[text]; ok {
		return found
	}
	for _, s := range c.shaped {
		if parts := s.english.FindStringSubmatch(text); parts != nil {
			about := make([]any, len(parts)-1)
			for i, part := range parts[1:] {
				about[i] = part
				switch s.about[i] {
				case ofGroups:
					about[i] = groupsIn(people.Chinese, part)
				case ofCondition:
					about[i] = inChinese(part)
				}
			}
			return fmt.Sprintf(s.chinese, about...)
		}
	}
	return text
}

// groupsIn says groups, "finance or leads", in a language.
func groupsIn(language people.Language, groups string) string {
	if language == people.Chinese {
		return strings.ReplaceAll(groups, " or ", " 或 ")
	}
	return groups
}

// say is a line of the catalogue in a language, with what it is about, as it is, in
// the places of its %s. Without any, it also knows a sentence that was made elsewhere.
func (c catalogue) say(language people.Language, line string, about ...string) (done string) {
	switch {
	case language == people.Chinese && len(about) == 0:
		return c.chinese(line)
	case language == people.Chinese:
		line = cmp.Or(c.exact[line], line)
	case len(about) == 0:
		return line
	}
	for _, text := range about {
		before, after, _ := strings.Cut(line, "%s")
		done += before + text
		line = after
	}
	return done + line
}

// Say is a sentence of the Desk's catalogue in a language: a line of it, in which each
// %s is what it is about, as it is.
func (d *Desk) Say(language people.Language, line string, about ...string) string {
	return d.words.say(language, line, about...)
}
