package money

import "strings"

// The active currencies of ISO 4217 by the number of decimals of their minor
// unit. Codes without a minor unit (gold, SDR, the test codes) are not listed:
// an amount in them cannot be written in minor units.
const (
	zeroDecimals = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"

	twoDecimals = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD " +
		"CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS " +
		"GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL " +
		"MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK " +
		"PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS " +
		"TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG"

	threeDecimals = "BHD IQD JOD KWD LYD OMR TND"

	fourDecimals = "CLF UYW"
)

// Exponent is the number of decimals of a currency's minor unit: 2 for USD, 0
// for JPY, 3 for KWD. It is false for a code that is not an active ISO 4217
// currency in upper case.
func Exponent(currency string) (int, bool) {
	switch {
	case len(currency) != 3 || strings.Contains(currency, " "):
		return 0, false
	case strings.Contains(twoDecimals, currency):
		return 2, true
	case strings.Contains(zeroDecimals, currency):
		return 0, true
	case strings.Contains(threeDecimals, currency):
		return 3, true
	case strings.Contains(fourDecimals, currency):
		return 4, true
	}
	return 0, false
}
