package daemon

import (
	"os"
	"runtime/debug"
)

// collectAt is GOGC of a gateway: garbage is collected when the heap has grown to
// five times what is in use. A check leaves little behind, and most of what is in
// use are tenants, which do not change; at Go's own setting a small gateway
// spends a sixth of its time on looking for garbage.
const collectAt = 400

// CollectLess sets it, unless the environment says GOGC itself. GOMEMLIMIT
// bounds the memory, as in every Go program.
func CollectLess() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectAt)
	}
}
