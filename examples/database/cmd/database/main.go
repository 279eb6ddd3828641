// Command database runs the example database by itself. `sallyport up
// --examples` runs the same one inside the gateway's process.
package main

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/sallyport/sallyport/examples/database"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "database:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	flags := flag.NewFlagSet("database", flag.ContinueOnError)
	address := flags.String("address", "127.0.0.1:10092", "where it is served, at "+database.Path)
	keyFile := flags.String("key-file", "", "file with the key of its client")
	if err := flags.Parse(args); err != nil {
		return err
	}
	key, err := os.ReadFile(*keyFile)
	if err != nil {
		return fmt.Errorf("%w; write a key into a file and give it with -key-file", err)
	}
	d, err := database.New(database.Options{Key: strings.TrimSpace(string(key))})
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle(database.Path, d)
	server := &http.Server{Addr: *address, Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	return server.ListenAndServe()
}
