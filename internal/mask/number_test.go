package mask_test

import (
	"testing"

	"github.com/sallyport/sallyport/internal/mask"
	"github.com/sallyport/sallyport/internal/surrogate"
)

// What a key names is personal data as a number as it is as a text.
func TestNumbersUnderPersonalKeys(t *testing.T) {
	m := mask.New(surrogate.Mark{})
	for in, want := range map[string]string{
		`{"ssn":123456789}`:            `{"ssn":"[ssn]"}`,
		`{"account_number":123456789}`: `{"account_number":"[bank_account]"}`,
		`{"routing_number":110000000}`: `{"routing_number":"[bank_account]"}`,
		`{"aadhaar":234123412346}`:     `{"aadhaar":"[aadhaar]"}`,
		`{"nhs_number":9434765919}`:    `{"nhs_number":"[nhs_number]"}`,
		`{"身份证号":110101199003077571}`:  `{"身份证号":"[resident_id]"}`,
		`{"passport_number":12345678}`: `{"passport_number":"[passport]"}`,
		`{"license_number":12345678}`:  `{"license_number":"[licence]"}`,
		`{"mrn":1234567}`:              `{"mrn":"[medical_record]"}`,
		`{"dob":19800101}`:             `{"dob":"[birthdate]"}`,
		`{"ip":3232235777}`:            `{"ip":"[ip]"}`,
		`{"password":12345678}`:        `{"password":"[secret]"}`,
		`{"wechat_id":12345678}`:       `{"wechat_id":"[wechat]"}`,
		`{"mrn":12,"dob":0,"name":7}`:  `{"mrn":12,"dob":0,"name":7}`,
	} {
		out, _, err := m.Body(nil, []byte(in), "application/json", mask.Default())
		if err != nil || string(out) != want {
			t.Errorf("%s: got %s, %v, want %s", in, out, err, want)
		}
	}
}

// A card is a card however a program writes numbers; what is near one is not.
func TestCardsAsNumbers(t *testing.T) {
	m := mask.New(surrogate.Mark{})
	for in, want := range map[string]string{
		`4242424242424242`:                       `"[card]"`,
		`4242424242424242.0`:                     `"[card]"`,
		`4242424242424242.000000000000000000000`: `"[card]"`,
		`-4242424242424242`:                      `"[card]"`,
		`-4242424242424242.00`:                   `"[card]"`,
		`4.242424242424242e15`:                   `"[card]"`,
		`4.242424242424242E+15`:                  `"[card]"`,
		`42424242424242420e-1`:                   `"[card]"`,
		`0.0004242424242424242e19`:               `"[card]"`,
		`4000000000000002.0`:                     `"[card]"`,
		`4.000000000000002e15`:                   `"[card]"`,
		`5.1051051051051e15`:                     `"[card]"`, // 5105105105105100
		`4242424242424242.5`:                     `4242424242424242.5`,
		`4.242424242424242e14`:                   `4.242424242424242e14`,
		`4.242424242424242e16`:                   `4.242424242424242e16`,
		`4.242424242424242e99999999999999999999`: `4.242424242424242e99999999999999999999`,
		`4242424242424241.0`:                     `4242424242424241.0`,
		`4242424242424242.0000000000000000001`:   `4242424242424242.0000000000000000001`,
		`42424242424242424242424242424242`:       `42424242424242424242424242424242`,
		`0.00000000000000000000000000000000`:     `0.00000000000000000000000000000000`,
		`0e4242424242424242`:                     `0e4242424242424242`,
		`1764000000000.0`:                        `1764000000000.0`,
	} {
		out, _, err := m.Body(nil, []byte(`{"x":`+in+`}`), "application/json", mask.Default())
		if err != nil || string(out) != `{"x":`+want+`}` {
			t.Errorf("%s: got %s, %v, want %s", in, out, err, want)
		}
	}
	out, _, err := m.Body(nil, []byte(`{"id":-4242424242424242,"order_id":4242424242424242.0}`), "application/json", mask.Default())
	if err != nil || string(out) != `{"id":-4242424242424242,"order_id":4242424242424242.0}` {
		t.Errorf("identifiers: %s, %v", out, err)
	}
}
