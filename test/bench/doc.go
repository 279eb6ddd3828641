// Package bench measures the gateway next to a peer or a floor in one run, and
// reports ratios: machines differ, and this one may be shared. `make bench`
// prints tables and writes one JSON line a figure to out/bench.jsonl.
package bench
