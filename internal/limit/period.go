package limit

import (
	"fmt"
	"time"
	_ "time/tzdata" // a zone means the same on every machine

	"github.com/sallyport/sallyport/internal/money"
)

// Period is the time that money is added up over: rolling ("24h" is the last 24
// hours), or an hour, a day or a month of the calendar in the tenant's zone.
type Period struct {
	rolling  time.Duration // 0: of the calendar
	calendar string
	zone     *time.Location
}

// The calendar's periods.
const (
	calendarHour  = "hour"
	calendarDay   = "day"
	calendarMonth = "month"
)

// longestSum bounds how far back a rolling sum looks.
const longestSum = 31 * day

// parsePeriod reads "hour", "day", "month", or a length from 1m to 744h.
func parsePeriod(text string, zone *time.Location) (Period, error) {
	if text == calendarHour || text == calendarDay || text == calendarMonth {
		return Period{calendar: text, zone: zone}, nil
	}
	length, err := time.ParseDuration(text)
	if err != nil || length < time.Minute || length > longestSum {
		return Period{}, fmt.Errorf("must be hour, day or month of the calendar, or a rolling length from 1m to 744h (got %s)", text)
	}
	return Period{rolling: length}, nil
}

// Since is where the period that ends now begins.
func (p Period) Since(now time.Time) time.Time {
	if p.rolling > 0 {
		return now.Add(-p.rolling)
	}
	return p.begin(now, 0)
}

// Resets is when something of what is counted is free again: the start of the
// calendar's next period, or when the oldest part of a rolling sum is too old.
// Without any such part it is the zero time: what is counted is on its way.
func (p Period) Resets(now, oldest time.Time) time.Time {
	switch {
	case p.rolling == 0:
		return p.begin(now, 1)
	case oldest.IsZero():
		return time.Time{}
	default:
		return oldest.Add(p.rolling)
	}
}

// begin is where the calendar's period of a time begins, or a later one. An hour
// is counted from the zone's own full hour, also where clocks change.
func (p Period) begin(t time.Time, later int) time.Time {
	t = t.In(p.zone)
	year, month, dayOf := t.Date()
	switch p.calendar {
	case calendarMonth:
		return firstOf(year, month+time.Month(later), 1, p.zone)
	case calendarDay:
		return firstOf(year, month, dayOf+later, p.zone)
	default:
		past := time.Duration(t.Minute())*time.Minute + time.Duration(t.Second())*time.Second + time.Duration(t.Nanosecond())
		return t.Add(time.Duration(later)*time.Hour - past)
	}
}

// firstOf is the first moment of a day: midnight, or where clocks go forward at
// midnight the moment they do, which time.Date takes for one of the hours beside it.
func firstOf(year int, month time.Month, dayOf int, zone *time.Location) time.Time {
	midnight := time.Date(year, month, dayOf, 0, 0, 0, 0, zone)
	before, after := midnight.ZoneBounds()
	switch midnight.Hour() {
	case 0:
		return midnight
	case 23:
		return after.In(zone)
	default:
		return before.In(zone)
	}
}

// String is the period in words: "the last 24h0m0s", "this day (Europe/Berlin)".
func (p Period) String() string {
	if p.rolling > 0 {
		return "the last " + p.rolling.String()
	}
	return "this " + p.calendar + " (" + p.zone.String() + ")"
}

// None is ISO 4217's code for no currency: what counts effects counts in it.
const None = "XXX"

// one is how much an effect adds to a count.
var one = money.Amount{Minor: 1, Currency: None}
