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
