package house

import (
	"regexp"
	"strings"
)

// Command is one command that a document tells its reader to run.
type Command struct {
	Line int      // in the document, from 1
	Args []string // the program's words, quotes removed, without what it is piped into
}

// fence begins or ends a block of code.
var fence = regexp.MustCompile("^\\s*```(\\w*)")

// assignment is an environment variable set for one command.
var assignment = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*=`)

// Commands finds the commands in the ```sh and ```console blocks of a Markdown
// document, in order. In a console block they follow "$ " and the rest is
// output. Lines are joined at a backslash, lists are cut at |, && and ;, and a
// command inside $(…) is one of its own. Here-documents are not understood.
func Commands(markdown string) []Command {
	var out []Command
	language, joined, start := "", "", 0
	inside := false
	for i, line := range strings.Split(markdown, "\n") {
		if m := fence.FindStringSubmatch(line); m != nil {
			inside, language, joined = !inside, m[1], ""
			continue
		}
		if !inside || (language != "sh" && language != "console") {
			continue
		}
		line = strings.TrimSpace(line)
		if joined == "" {
			start = i + 1
			if language == "console" {
				var ok bool
				if line, ok = strings.CutPrefix(line, "$ "); !ok {
					continue
				}
			}
		}
		joined += line
		if rest, more := strings.CutSuffix(joined, `\`); more {
			joined = rest
			continue
		}
		out = append(out, split(joined, start)...)
		joined = ""
	}
	return out
}

// split cuts one line into its commands.
func split(line string, number int) []Command {
	line = strings.ReplaceAll(line, "$(", " ; ")
	var out []Command
	var args []string
	end := func() {
		for len(args) > 0 && (assignment.MatchString(args[0]) || args[0] == "export") {
			args = args[1:]
		}
		if len(args) > 0 {
			out = append(out, Command{Line: number, Args: args})
		}
		args = nil
	}
	for _, w := range words(line) {
		switch w {
		case "|", "||", "&&", ";", "&", ")":
			end()
		default:
			args = append(args, w)
		}
	}
	end()
	return out
}

// words splits at spaces outside quotes, drops comments, and makes operators
// words of their own.
func words(line string) []string {
	var out []string
	var word strings.Builder
	var quote rune
	open := false
	flush := func() {
		if open {
			out = append(out, word.String())
		}
		word.Reset()
		open = false
	}
	for _, c := range line {
		switch {
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(c)
		case c == '\'' || c == '"':
			quote, open = c, true
		case c == ' ' || c == '\t':
			flush()
		case c == '#' && !open:
			return out
		case strings.ContainsRune("|&;)", c):
			flush()
			if n := len(out); n > 0 && (c == '&' || c == '|') && out[n-1] == string(c) {
				out[n-1] += string(c)
				continue
			}
			out = append(out, string(c))
		default:
			word.WriteRune(c)
			open = true
		}
	}
	flush()
	return out
}

// Block is one ```sh block and, when a block without a language follows it at
// once, the output that it promises.
type Block struct {
	Line   int // of the first command, from 1
	Script string
	Output string
}

// Blocks finds the ```sh blocks of a Markdown document, in order.
func Blocks(markdown string) []Block {
	var out []Block
	var text []string
	language, inside, follows := "", false, false
	for i, line := range strings.Split(markdown, "\n") {
		m := fence.FindStringSubmatch(line)
		switch {
		case m != nil && !inside:
			inside, language, text = true, m[1], nil
			if language == "sh" {
				out = append(out, Block{Line: i + 2})
			}
		case m != nil:
			inside = false
			if language == "sh" {
				out[len(out)-1].Script = strings.Join(text, "\n")
			} else if language == "" && follows {
				out[len(out)-1].Output = strings.Join(text, "\n")
			}
			follows = language == "sh"
		case inside:
			text = append(text, line)
		case strings.TrimSpace(line) != "":
			follows = false
		}
	}
	return out
}
