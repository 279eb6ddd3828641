package accesslog

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/sallyport/sallyport/internal/audit"
	"github.com/sallyport/sallyport/internal/wire"
)

// The order of a line's fields: the listener, and then wire.AccessLogFields.
const (
	fieldListener = iota
	fieldStart
	fieldRequest
	fieldDecision
	fieldTenant
	fieldStatus
	fieldFlags
	fieldDetails
	fieldDuration
	fieldHeadersIn
	fieldBodyIn
	fieldHeadersOut
	fieldBodyOut
	fieldCluster
	fieldMasked
	fieldMethod
	fieldPath
	fields
)

var errLine = errors.New("a line of the access log has too few fields")

// parse reads one line, without its end, and says whether the answer was an
// upstream's and not one of Envoy's own.
func parse(line string) (row *audit.Request, upstream bool, err error) {
	f := strings.SplitN(line, "\t", fields)
	if len(f) != fields {
		return nil, false, errLine
	}
	for i := range f {
		if f[i] == "-" { // Envoy's word for nothing
			f[i] = ""
		}
	}
	row = &audit.Request{
		Time: moment(f[fieldStart]), Tenant: short(f[fieldTenant], maxName), Decision: short(f[fieldDecision], maxName), Listener: short(f[fieldListener], maxName),
		Method: short(f[fieldMethod], maxMethod), Path: Path(f[fieldPath]),
		Flags: short(f[fieldFlags], maxName), DurationUS: number(f[fieldDuration], 63),
		BytesIn:  uint64(number(f[fieldHeadersIn], 62)) + uint64(number(f[fieldBodyIn], 62)),
		BytesOut: uint64(number(f[fieldHeadersOut], 62)) + uint64(number(f[fieldBodyOut], 62)),
		Cluster:  short(f[fieldCluster], maxCluster), Masked: short(f[fieldMasked], maxReport),
		Status: uint32(number(f[fieldStatus], 16)),
	}
	// The execute listener's requests belong to the decision they grew from, which
	// their check named; where no check answered, the request's id must do.
	if id := f[fieldRequest]; row.Decision == "" && id != "" {
		row.Decision = wire.DecisionID(short(id, maxName))
	}
	return row, f[fieldDetails] == wire.ViaUpstream, nil
}

// Bounds of fields, in bytes.
const (
	maxMethod  = 16
	maxName    = 128
	maxCluster = 300
	maxReport  = 1024
)

// number is 0 for what is no number of some bits.
func number(text string, bits int) int64 {
	n, err := strconv.ParseUint(text, 10, bits)
	if err != nil {
		return 0
	}
	return int64(n)
}

// moment reads seconds with six digits behind the dot.
func moment(text string) time.Time {
	seconds, micros, _ := strings.Cut(text, ".")
	return time.Unix(number(seconds, 40), number(micros, 20)*int64(time.Microsecond)).UTC()
}

func short(s string, most int) string {
	if len(s) > most {
		s = s[:most]
	}
	return strings.ToValidUTF8(s, "?")
}
