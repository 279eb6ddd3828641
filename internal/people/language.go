package people

import "github.com/sallyport/sallyport/internal/config"

// Language is one that people are written to in; "" where nothing is said.
type Language string

// The languages that the gateway speaks.
const (
	English Language = "en"
	Chinese Language = "zh"
)

// Spoken says whether the gateway speaks a language.
func (l Language) Spoken() bool { return l == English || l == Chinese }

// CheckLanguage adds what is wrong with a setting, which may be absent.
func CheckLanguage(problems *config.Problems, at string, l Language) {
	if l != "" && !l.Spoken() {
		problems.Add(at, "must be en or zh", string(l))
	}
}
