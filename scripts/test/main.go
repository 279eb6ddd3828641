// Command test runs `go test` with the given arguments and ends with a summary
// that counts every test. A skipped test fails the run: what was not tried must
// not look as if it had passed.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

func run(args []string, stdout, stderr io.Writer) int {
	cmd := exec.Command("go", append([]string{"test", "-json"}, args...)...)
	cmd.Stderr = stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		fmt.Fprintln(stderr, "test:", err)
		return 1
	}
	report := newReport(stdout)
	readErr := read(out, report)
	waitErr := cmd.Wait()
	ok := report.close()
	if readErr != nil {
		fmt.Fprintln(stderr, "test:", readErr)
	}
	if !ok || readErr != nil || waitErr != nil {
		return 1
	}
	return 0
}

// read passes every event on; lines that are none are printed as they are.
func read(from io.Reader, to *report) error {
	lines := bufio.NewReader(from)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			var e event
			if json.Unmarshal(line, &e) != nil {
				fmt.Fprintf(to.out, "%s", line)
			} else {
				to.take(e)
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
