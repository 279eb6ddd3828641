// Command pii measures the finder of personal data, and others beside it, on
// labelled documents: precision, recall and F2 by type. Its first set is that of
// presidio-research, if it is there; the others are generated, see corpus.
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/sallyport/sallyport/internal/mask"
	"github.com/sallyport/sallyport/test/pii/corpus"
	"github.com/sallyport/sallyport/test/pii/score"
)

// Seeds of the generated documents. The finder was not developed on the second.
const (
	openSeed = 1
	heldSeed = 20261
)

type options struct {
	research string // path of the dataset of presidio-research
	python   string // with the other finders; "" for none
	values   int    // of each generated set
	mistakes string // name of the dataset whose mistakes of ours are printed
}

func main() {
	var o options
	flag.StringVar(&o.research, "dataset", cmp.Or(os.Getenv("PII_DATASET"), "../shared/pii/synth_dataset_v2.json"), "the dataset of presidio-research")
	flag.StringVar(&o.python, "python", "", "a Python that has the other finders; none are asked without")
	flag.IntVar(&o.values, "values", 6000, "how many values a generated set has")
	flag.StringVar(&o.mistakes, "mistakes", "", "print what Sallyport got wrong in this set")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Stdout, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, o options) error {
	sets, err := datasets(out, o)
	if err != nil {
		return err
	}
	finders := []finder{own{mask.Default()}}
	if o.python != "" {
		finders = append(finders, peers(ctx, o.python, out)...)
	}
	for _, set := range sets {
		for _, f := range finders {
			board, err := measure(f, set, mistakes(out, o, set, f))
			if err != nil {
				return fmt.Errorf("%s on %s: %w", f.name(), set.name, err)
			}
			report(out, f.name(), set, board)
		}
	}
	for _, f := range finders {
		if err := f.close(); err != nil {
			return err
		}
	}
	return nil
}

// datasets are all that there are.
func datasets(out io.Writer, o options) ([]dataset, error) {
	sets := []dataset{
		generated("open", openSeed, corpus.Open, o.values),
		generated("open templates, another seed", heldSeed, corpus.Open, o.values),
		generated("held", heldSeed, corpus.Held, o.values),
	}
	known, ok, err := research(o.research)
	if err != nil {
		return nil, err
	}
	if !ok {
		fmt.Fprintf(out, "The dataset of presidio-research is not at %s and is left out; set PII_DATASET.\n", o.research)
		return sets, nil
	}
	return append([]dataset{known}, sets...), nil
}

// mistakes prints what a finder got wrong; nil when nobody asked.
func mistakes(out io.Writer, o options, set dataset, f finder) func(document, string, score.Span) {
	if _, ours := f.(own); !ours || o.mistakes != set.name {
		return nil
	}
	return func(d document, kind string, s score.Span) {
		fmt.Fprintf(out, "%s %s %s %q in %q\n", kind, s.Type, d.id, d.body[s.Start:s.End], d.body[max(0, s.Start-40):min(len(d.body), s.End+20)])
	}
}

func measure(f finder, set dataset, mistake func(document, string, score.Span)) (*score.Board, error) {
	board := score.New()
	for _, d := range set.docs {
		found, err := f.find(d)
		if err != nil {
			return nil, fmt.Errorf("document %s: %w", d.id, err)
		}
		if mistake != nil {
			board.Mistake = func(kind string, s score.Span) { mistake(d, kind, s) }
		}
		board.Add(d.body, d.labels, found)
	}
	return board, nil
}
