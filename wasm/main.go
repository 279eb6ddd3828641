// Command wasm is the mask as Envoy loads it. `make build` builds it with
//
//	GOOS=wasip1 GOARCH=wasm go build -trimpath -buildmode=c-shared -ldflags="-s -w" -pgo=wasm/mask.pgo -o bin/mask.go.wasm ./wasm
//	go run ./scripts/wasmflow bin/mask.go.wasm bin/mask.wasm
//
// mask.pgo says where masking spends its time, so that the compiler spares the calls
// there. It is made anew with
//
//	go test ./internal/mask -run '^$' -bench 'Body/.*/.*/(mask|seal)' -o /dev/null -cpuprofile wasm/mask.pgo
//
// What the filter does stands in package filter.
package main

func main() {}
