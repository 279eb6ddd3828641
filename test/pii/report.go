package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/sallyport/sallyport/test/pii/score"
)

// report prints how a finder did.
func report(out io.Writer, name string, set dataset, b *score.Board) {
	size, labels := 0, 0
	for _, d := range set.docs {
		size += len(d.body)
		labels += len(d.labels)
	}
	fmt.Fprintf(out, "\n%s on %s: %d documents, %d bytes, %d values\n", name, set.name, len(set.docs), size, labels)
	w := tabwriter.NewWriter(out, 2, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "type\tvalues\trecall\tprecision\tF2\tfalse\tbytes in clear\t")
	for _, typ := range sorted(b.Types) {
		c := *b.Types[typ]
		fmt.Fprintf(w, "%s\t%d\t%.4f\t%.4f\t%.4f\t%d\t%d\t\n", typ, c.Labels, c.Recall(), c.Precision(), c.F2(), c.False, c.Left)
	}
	_ = w.Flush()
	groups := sorted(b.Groups)
	if name != ours { // how they do on each form does not matter here
		groups = slices.DeleteFunc(groups, func(g string) bool { return strings.HasPrefix(g, "form ") })
	}
	for _, group := range groups {
		total := score.Count{}
		for _, c := range b.Groups[group] {
			total.Labels += c.Labels
			total.Hits += c.Hits
			total.Left += c.Left
		}
		fmt.Fprintf(out, "  %s: %d values, recall %.4f, %d bytes in clear", group, total.Labels, total.Recall(), total.Left)
		for _, typ := range sorted(b.Groups[group]) {
			if c := b.Groups[group][typ]; name == ours && c.Hits < c.Labels {
				fmt.Fprintf(out, ", %s %.3f", typ, c.Recall())
			}
		}
		fmt.Fprintln(out)
	}
}

func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
