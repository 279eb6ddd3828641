// Command wasm is the mask as Envoy loads it. Build it with
//
//	GOOS=wasip1 GOARCH=wasm go build -trimpath -buildmode=c-shared -ldflags="-s -w" -o bin/mask.wasm ./wasm
//
// What it does stands in package filter.
package main

func main() {}
