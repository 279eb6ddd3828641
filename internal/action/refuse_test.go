package action

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sallyport/sallyport/internal/reason"
)

const form = "application/x-www-form-urlencoded"

// refusal is a request that must not be a call, and why.
type refusal struct {
	method, path, query, body string
	header                    []Header
	mediaType                 string
	reason                    reason.Code
	field                     string
}

func (r refusal) check(t *testing.T, c *Catalog) {
	t.Helper()
	request := Request{Method: r.method, Path: r.path, RawQuery: r.query, Body: []byte(r.body), Header: r.header}
	if r.mediaType != "" {
		request.Header = append(request.Header, Header{"content-type", r.mediaType})
	}
	call, _, mismatch := c.Match(request)
	if mismatch == nil {
		t.Fatalf("was named %s with %s", call.Action, MarshalArgs(call.Args))
	}
	if diff := cmp.Diff(Mismatch{Reason: r.reason, Field: r.field}, Mismatch{Reason: mismatch.Reason, Field: mismatch.Field}); diff != "" {
		t.Error(diff)
	}
	if call.Args != nil || call.ClientKey != "" {
		t.Errorf("a refused request has arguments: %v", call)
	}
	if mismatch.Hint == "" || strings.HasSuffix(mismatch.Hint, ".") {
		t.Errorf("the hint %q is no hint", mismatch.Hint)
	}
}

func TestPathsThatAreNoOperation(t *testing.T) {
	c := shippedCatalog(t, "stripe")
	for name, r := range map[string]refusal{
		"another path":           {method: "GET", path: "/v1/payouts"},
		"the root":               {method: "GET", path: "/"},
		"empty":                  {method: "GET", path: ""},
		"another method":         {method: "DELETE", path: "/v1/refunds"},
		"TRACE":                  {method: "TRACE", path: "/v1/charges/ch_1"},
		"HEAD":                   {method: "HEAD", path: "/v1/charges/ch_1"},
		"CONNECT":                {method: "CONNECT", path: "/v1/charges/ch_1"},
		"method in lower case":   {method: "get", path: "/v1/charges/ch_1"},
		"path in upper case":     {method: "GET", path: "/V1/charges/ch_1"},
		"slash at the end":       {method: "GET", path: "/v1/charges/ch_1/"},
		"two slashes":            {method: "GET", path: "/v1//charges"},
		"one segment more":       {method: "GET", path: "/v1/charges/ch_1/refunds"},
		"escaped letter":         {method: "GET", path: "/v1/charges/%63h_1"},
		"escaped slash":          {method: "GET", path: "/v1/charges/ch_1%2frefunds"},
		"escaped twice":          {method: "GET", path: "/v1/charges/ch_1%252frefunds"},
		"dot segment":            {method: "GET", path: "/v1/charges/."},
		"two dots":               {method: "GET", path: "/v1/charges/.."},
		"climbing":               {method: "GET", path: "/v1/refunds/../charges/ch_1"},
		"escaped dots":           {method: "GET", path: "/v1/charges/%2e%2e"},
		"path parameter":         {method: "GET", path: "/v1/charges/ch_1;x=y"},
		"query in the path":      {method: "GET", path: "/v1/charges/ch_1?expand=x"},
		"backslash":              {method: "GET", path: `/v1\charges\ch_1`},
		"not ASCII":              {method: "GET", path: "/v1/charges/ch_é"},
		"space":                  {method: "GET", path: "/v1/charges/ch_1 "},
		"without a first slash":  {method: "GET", path: "v1/charges"},
		"absolute form":          {method: "GET", path: "http://api.stripe.com/v1/charges"},
		"the argument is absent": {method: "GET", path: "/v1/charges/"},
	} {
		r.reason = reason.ActionUnlisted
		t.Run(name, func(t *testing.T) { r.check(t, c) })
	}
}

func TestRefundsThatAreRefused(t *testing.T) {
	c := shippedCatalog(t, "stripe")
	long := strings.Repeat("a", 200)
	for name, r := range map[string]refusal{
		"payment_intent":          {body: "charge=ch_1&payment_intent=pi_1", reason: reason.InputDuplicate, field: "payment_intent"},
		"metadata":                {body: "charge=ch_1&metadata[a]=b", reason: reason.InputUnlisted, field: "metadata[a]"},
		"reverse_transfer":        {body: "charge=ch_1&reverse_transfer=true", reason: reason.InputUnlisted, field: "reverse_transfer"},
		"expand":                  {body: "charge=ch_1&expand[]=charge", reason: reason.InputUnlisted, field: "expand[]"},
		"expand, escaped":         {body: "charge=ch_1&expand%5B%5D=charge", reason: reason.InputUnlisted, field: "expand[]"},
		"another case":            {body: "Charge=ch_1", reason: reason.InputUnlisted, field: "Charge"},
		"array spelling":          {body: "charge[]=ch_1", reason: reason.InputUnlisted, field: "charge[]"},
		"space after the name":    {body: "charge+=ch_1", reason: reason.InputUnlisted, field: "charge "},
		"a long name is cut":      {body: long + "=1", reason: reason.InputUnlisted, field: long[:100]},
		"a name is shown plainly": {body: "a%0Ab%C3%A9=1", reason: reason.InputUnlisted, field: "a?b??"},
		"query":                   {query: "amount=1", body: "charge=ch_1", reason: reason.InputUnlisted, field: "query amount"},
		"no charge":               {body: "amount=1", reason: reason.InputMissing, field: "charge"},
		"nothing":                 {reason: reason.InputMissing, field: "charge"},
		"another id":              {body: "charge=pi_1", reason: reason.InputInvalid, field: "charge"},
		"prefix alone":            {body: "charge=ch_", reason: reason.InputInvalid, field: "charge"},
		"id with a slash":         {body: "charge=ch_1/refunds", reason: reason.InputInvalid, field: "charge"},
		"id with a space":         {body: "charge=ch_1+", reason: reason.InputInvalid, field: "charge"},
		"long id":                 {body: "charge=ch_" + long, reason: reason.InputInvalid, field: "charge"},
		"empty id":                {body: "charge=", reason: reason.InputInvalid, field: "charge"},
		"amount 040":              {body: "charge=ch_1&amount=040", reason: reason.InputInvalid, field: "amount"},
		"amount +4":               {body: "charge=ch_1&amount=%2B4", reason: reason.InputInvalid, field: "amount"},
		"amount after a space":    {body: "charge=ch_1&amount=+4", reason: reason.InputInvalid, field: "amount"},
		"amount 4.0":              {body: "charge=ch_1&amount=4.0", reason: reason.InputInvalid, field: "amount"},
		"amount 1e3":              {body: "charge=ch_1&amount=1e3", reason: reason.InputInvalid, field: "amount"},
		"amount 1_000":            {body: "charge=ch_1&amount=1_000", reason: reason.InputInvalid, field: "amount"},
		"amount in other digits":  {body: "charge=ch_1&amount=%D9%A1", reason: reason.InputInvalid, field: "amount"},
		"amount 0":                {body: "charge=ch_1&amount=0", reason: reason.InputInvalid, field: "amount"},
		"amount -0":               {body: "charge=ch_1&amount=-0", reason: reason.InputInvalid, field: "amount"},
		"amount -4000":            {body: "charge=ch_1&amount=-4000", reason: reason.InputInvalid, field: "amount"},
		"amount above the most":   {body: "charge=ch_1&amount=1000000000000", reason: reason.InputInvalid, field: "amount"},
		"amount beyond 64 bits":   {body: "charge=ch_1&amount=18446744073709551617", reason: reason.InputInvalid, field: "amount"},
		"empty amount":            {body: "charge=ch_1&amount=", reason: reason.InputInvalid, field: "amount"},
		"another reason":          {body: "charge=ch_1&reason=Duplicate", reason: reason.InputInvalid, field: "reason"},
		"charge twice":            {body: "charge=ch_1&charge=ch_1", reason: reason.InputDuplicate, field: "charge"},
		"amount twice, escaped":   {body: "charge=ch_1&amount=1&%61mount=900", reason: reason.InputDuplicate, field: "amount"},
		"broken escape":           {body: "charge=ch_1&amount=%4", reason: reason.BodyMalformed},
		"escape of no digits":     {body: "charge=ch_1&amount=%zz", reason: reason.BodyMalformed},
		"no equals sign":          {body: "charge", reason: reason.BodyMalformed},
		"no name":                 {body: "=ch_1", reason: reason.BodyMalformed},
		"empty pair":              {body: "charge=ch_1&", reason: reason.BodyMalformed},
		"semicolon":               {body: "charge=ch_1;amount=4", reason: reason.BodyMalformed},
		"not UTF-8":               {body: "charge=ch_1&reason=%ff", reason: reason.BodyMalformed},
		"overlong UTF-8":          {body: "charge=ch_1&reason=%c0%80", reason: reason.BodyMalformed},
		"NUL":                     {body: "charge=ch_1%00", reason: reason.BodyMalformed},
		"raw NUL":                 {body: "charge=ch_1\x00", reason: reason.BodyMalformed},
		"line break":              {body: "charge=ch_1\r\n", reason: reason.BodyMalformed},
		"malformed query":         {query: "a", body: "charge=ch_1", reason: reason.BodyMalformed, field: "query"},
		"too large":               {body: "charge=ch_1&x=" + strings.Repeat("a", 16<<10), reason: reason.BodyTooLarge},
		"JSON":                    {body: `{"charge":"ch_1"}`, mediaType: "application/json", reason: reason.BodyMediaType, field: "header content-type"},
		"multipart":               {body: "charge=ch_1", mediaType: "multipart/form-data; boundary=x", reason: reason.BodyMediaType, field: "header content-type"},
		"another charset":         {body: "charge=ch_1", mediaType: form + "; charset=utf-16", reason: reason.BodyMediaType, field: "header content-type"},
		"two parameters":          {body: "charge=ch_1", mediaType: form + "; charset=utf-8; x=y", reason: reason.BodyMediaType, field: "header content-type"},
		"no media type":           {body: "charge=ch_1", mediaType: " ", reason: reason.BodyMediaType, field: "header content-type"},
	} {
		t.Run(name, func(t *testing.T) {
			r.method, r.path = "POST", "/v1/refunds"
			if r.mediaType == "" {
				r.mediaType = form
			}
			r.check(t, c)
		})
	}
}

func TestHeadersThatAreRefused(t *testing.T) {
	c := shippedCatalog(t, "stripe")
	for name, tc := range map[string]struct {
		header []Header
		reason reason.Code
		field  string
	}{
		"another account":      {[]Header{{"stripe-account", "acct_1"}}, reason.InputUnlisted, "header stripe-account"},
		"a context":            {[]Header{{"stripe-context", "x"}}, reason.InputUnlisted, "header stripe-context"},
		"method override":      {[]Header{{"x-http-method-override", "DELETE"}}, reason.InputUnlisted, "header x-http-method-override"},
		"upper case":           {[]Header{{"Stripe-Version", "2026-10-28.endive"}}, reason.InputUnlisted, "header Stripe-Version"},
		"no name":              {[]Header{{"", "x"}}, reason.InputUnlisted, "header "},
		"a range":              {[]Header{{"range", "bytes=0-1"}}, reason.InputUnlisted, "header range"},
		"a condition":          {[]Header{{"if-match", "x"}}, reason.InputUnlisted, "header if-match"},
		"preview version":      {[]Header{{"stripe-version", "2026-10-28.preview; x=v1"}}, reason.InputInvalid, "header stripe-version"},
		"no version":           {[]Header{{"stripe-version", ""}}, reason.InputInvalid, "header stripe-version"},
		"version and a line":   {[]Header{{"stripe-version", "2026-10-28\n"}}, reason.InputInvalid, "header stripe-version"},
		"two versions":         {[]Header{{"stripe-version", "2026-10-28"}, {"stripe-version", "2026-10-28"}}, reason.InputDuplicate, "header stripe-version"},
		"two content types":    {[]Header{{"content-type", form}, {"content-type", form}}, reason.InputDuplicate, "header content-type"},
		"two keys":             {[]Header{{"idempotency-key", "a"}, {"idempotency-key", "a"}}, reason.InputDuplicate, "header idempotency-key"},
		"empty key":            {[]Header{{"idempotency-key", ""}}, reason.InputInvalid, "header idempotency-key"},
		"key with a space":     {[]Header{{"idempotency-key", "a b"}}, reason.InputInvalid, "header idempotency-key"},
		"key beyond ASCII":     {[]Header{{"idempotency-key", "é"}}, reason.InputInvalid, "header idempotency-key"},
		"long key":             {[]Header{{"idempotency-key", strings.Repeat("k", 256)}}, reason.InputInvalid, "header idempotency-key"},
		"compressed":           {[]Header{{"content-encoding", "gzip"}}, reason.BodyEncoded, "header content-encoding"},
		"compressed by a list": {[]Header{{"content-encoding", "identity, gzip"}}, reason.BodyEncoded, "header content-encoding"},
		"another preference":   {[]Header{{"prefer", "return=minimal"}}, reason.InputInvalid, "header prefer"},
	} {
		t.Run(name, func(t *testing.T) {
			refusal{method: "GET", path: "/v1/charges/ch_1", header: tc.header, reason: tc.reason, field: tc.field}.check(t, c)
		})
	}
}

func TestReadsThatAreRefused(t *testing.T) {
	c := shippedCatalog(t, "stripe")
	for name, r := range map[string]refusal{
		"expand":               {path: "/v1/charges/ch_1", query: "expand[]=customer", reason: reason.InputUnlisted, field: "query expand[]"},
		"a body":               {path: "/v1/charges/ch_1", body: "expand[]=customer", mediaType: form, reason: reason.InputUnlisted, field: "body"},
		"another id":           {path: "/v1/charges/cus_1", reason: reason.InputInvalid, field: "charge"},
		"a search for nothing": {path: "/v1/charges/search", reason: reason.InputMissing, field: "customer"},
		"limit 0":              {path: "/v1/charges", query: "limit=0", reason: reason.InputInvalid, field: "limit"},
		"limit 101":            {path: "/v1/charges", query: "limit=101", reason: reason.InputInvalid, field: "limit"},
		"limit twice":          {path: "/v1/charges", query: "limit=1&limit=2", reason: reason.InputDuplicate, field: "limit"},
		"created[gt]":          {path: "/v1/charges", query: "created[gt]=1", reason: reason.InputUnlisted, field: "query created[gt]"},
		"a time with a zero":   {path: "/v1/charges", query: "created[gte]=01", reason: reason.InputInvalid, field: "created_from"},
		"a time of a float":    {path: "/v1/charges", query: "created[gte]=1.5", reason: reason.InputInvalid, field: "created_from"},
		"another search":       {path: "/v1/charges/search", query: "query=amount%3E1", reason: reason.InputInvalid, field: "customer"},
		"a longer search":      {path: "/v1/charges/search", query: `query=customer:%22cus_1%22%20OR%20amount%3E1`, reason: reason.InputInvalid, field: "customer"},
		"two in one search":    {path: "/v1/charges/search", query: `query=customer:%22cus_1%22+customer:%22cus_2%22`, reason: reason.InputInvalid, field: "customer"},
	} {
		r.method = "GET"
		t.Run(name, func(t *testing.T) { r.check(t, c) })
	}
}

func TestCommentsThatAreRefused(t *testing.T) {
	c := shippedCatalog(t, "zendesk")
	comment := func(inner string) string { return `{"ticket":{"comment":{` + inner + `}}}` }
	for name, r := range map[string]refusal{
		"closed":            {body: `{"ticket":{"status":"closed","comment":{"body":"x"}}}`, reason: reason.InputInvalid, field: "status"},
		"a field too":       {body: `{"ticket":{"assignee_id":1,"status":"solved","comment":{"body":"x"}}}`, reason: reason.InputUnlisted, field: "ticket.assignee_id"},
		"html_body":         {body: comment(`"html_body":"<b>x</b>"`), reason: reason.InputUnlisted, field: "ticket.comment.html_body"},
		"author":            {body: comment(`"body":"x","author_id":1`), reason: reason.InputUnlisted, field: "ticket.comment.author_id"},
		"another case":      {body: comment(`"Body":"x"`), reason: reason.InputUnlisted, field: "ticket.comment.Body"},
		"dotted key":        {body: `{"ticket.comment.body":"x"}`, reason: reason.InputUnlisted, field: "ticket.comment.body"},
		"body in a list":    {body: comment(`"body":["x"]`), reason: reason.InputInvalid, field: "body"},
		"body of a number":  {body: comment(`"body":1`), reason: reason.InputInvalid, field: "body"},
		"null":              {body: comment(`"body":null`), reason: reason.InputInvalid, field: "body"},
		"empty":             {body: comment(`"body":""`), reason: reason.InputInvalid, field: "body"},
		"NUL":               {body: comment(`"body":"a\u0000"`), reason: reason.BodyMalformed},
		"lone surrogate":    {body: comment(`"body":"\ud800"`), reason: reason.BodyMalformed},
		"wrong pair":        {body: comment(`"body":"\ud800\u0041"`), reason: reason.BodyMalformed},
		"not UTF-8":         {body: comment("\"body\":\"\xff\""), reason: reason.BodyMalformed},
		"raw line break":    {body: comment("\"body\":\"a\nb\""), reason: reason.BodyMalformed},
		"public as text":    {body: comment(`"body":"x","public":"false"`), reason: reason.InputInvalid, field: "public"},
		"public as number":  {body: comment(`"body":"x","public":0`), reason: reason.InputInvalid, field: "public"},
		"public twice":      {body: comment(`"body":"x","public":false,"public":true`), reason: reason.InputDuplicate, field: "public"},
		"twice, escaped":    {body: comment(`"body":"x","b\u006fdy":"y"`), reason: reason.InputDuplicate, field: "body"},
		"ticket twice":      {body: `{"ticket":{"comment":{"body":"x"}},"ticket":{}}`, reason: reason.InputDuplicate, field: "ticket"},
		"no body":           {body: comment(`"public":true`), reason: reason.InputMissing, field: "body"},
		"comment is a text": {body: `{"ticket":{"comment":"x"}}`, reason: reason.InputInvalid, field: "ticket.comment"},
		"a list":            {body: `[]`, reason: reason.InputInvalid},
		"another ticket":    {body: `{"ticket":{"id":2,"comment":{"body":"x"}}}`, reason: reason.InputInvalid, field: "ticket.id"},
		"ticket as float":   {body: `{"ticket":{"id":1.0,"comment":{"body":"x"}}}`, reason: reason.InputInvalid, field: "ticket.id"},
		"trailing comma":    {body: comment(`"body":"x",`), reason: reason.BodyMalformed},
		"two values":        {body: comment(`"body":"x"`) + "{}", reason: reason.BodyMalformed},
		"a comment":         {body: "/**/" + comment(`"body":"x"`), reason: reason.BodyMalformed},
		"byte order mark":   {body: "\ufeff" + comment(`"body":"x"`), reason: reason.BodyMalformed},
		"cut off":           {body: `{"ticket":{"comment":{"body":"x`, reason: reason.BodyMalformed},
		"NaN":               {body: comment(`"body":NaN`), reason: reason.BodyMalformed},
		"deep":              {body: strings.Repeat("[", 1000), reason: reason.BodyMalformed},
		"long body":         {body: comment(`"body":"` + strings.Repeat("a", 64<<10+1) + `"`), reason: reason.InputInvalid, field: "body"},
		"too large":         {body: strings.Repeat(" ", 128<<10+1), reason: reason.BodyTooLarge},
		"a form":            {body: "ticket=1", mediaType: form, reason: reason.BodyMediaType, field: "header content-type"},
	} {
		t.Run(name, func(t *testing.T) {
			r.method, r.path = "PUT", "/api/v2/tickets/1.json"
			if r.mediaType == "" {
				r.mediaType = "application/json"
			}
			r.check(t, c)
		})
	}
	for name, path := range map[string]string{
		"leading zero": "/api/v2/tickets/01.json", "many": "/api/v2/tickets/update_many", "nineteen digits": "/api/v2/tickets/1000000000000000000.json",
	} {
		t.Run(name, func(t *testing.T) {
			refusal{method: "PUT", path: path, reason: reason.InputInvalid, field: "ticket"}.check(t, c)
		})
	}
}
