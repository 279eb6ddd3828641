package mask_test

import (
	"encoding/json"
	"testing"
)

// Cells of tables in HTML and Markdown are what the cells beside or above them say.
func TestGrid(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"rows of HTML": {
			"<table><tr><td>Name</td><td>Ada Lovelace</td></tr><tr><td>Phone:</td><td>4155550132</td></tr><tr><td>Address</td><td>12 Main Street</td></tr></table>",
			"<table><tr><td>Name</td><td>[name]</td></tr><tr><td>Phone:</td><td>[phone]</td></tr><tr><td>Address</td><td>[address]</td></tr></table>",
		},
		"labels": {
			"<tr><th class=\"a1\">Name</th>\n <td class=\"v2\"><b>Ada Lovelace</b></td></tr><TR><TH>Passport no.</TH><TD>C01234567</TD></TR>",
			"<tr><th class=\"a1\">Name</th>\n <td class=\"v2\"><b>[name]</b></td></tr><TR><TH>Passport no.</TH><TD>[passport]</TD></TR>",
		},
		"terms":   {"<dl><dt>Name<dd>Ada<dt>Date of birth</dt><dd>12/03/1985</dd></dl>", "<dl><dt>Name<dd>[name]<dt>Date of birth</dt><dd>[birthdate]</dd></dl>"},
		"pairs":   {"<tr><td>Name</td><td>Ada</td><td>Plan</td><td>Pro</td><td>City</td><td>Bath</td></tr>", "<tr><td>Name</td><td>[name]</td><td>Plan</td><td>Pro</td><td>City</td><td>[address]</td></tr>"},
		"columns": {"<tr><th>Name</th><th>Plan</th></tr><tr><td>Ada</td><td>Pro</td></tr>", "<tr><th>Name</th><th>Plan</th></tr><tr><td>[name]</td><td>Pro</td></tr>"},
		"columns, unmarked": {
			"<tr><td><b>Name</b></td><td>Phone</td></tr><tr><td>Ada</td><td>4155550132</td></tr>",
			"<tr><td><b>Name</b></td><td>Phone</td></tr><tr><td>[name]</td><td>[phone]</td></tr>",
		},
		"Chinese":            {"<tr><td>姓名</td><td>陈伟</td></tr>\n| 联系人： | 张三丰 |", "<tr><td>姓名</td><td>[name]</td></tr>\n| 联系人： | 张三丰 |"},
		"rows of Markdown":   {"So:\n| **Name** | Ada Lovelace |\n|---|:-:|\n| Phone | 4155550132 |\nann@b.co", "So:\n| **Name** | [name] |\n|---|:-:|\n| Phone | [phone] |\n[email]"},
		"without a first":    {"| 姓名 | 陈伟 |\n| 电话 | 62345678 |", "| 姓名 | [name] |\n| 电话 | [phone] |"},
		"columns of it":      {"| Name | Phone |\n|------|---|\n| Ada | 4155550132 |\n\n| Plan | Name |\n| Pro | ann@b.co |", "| Name | Phone |\n|------|---|\n| [name] | [phone] |\n\n| Plan | Name |\n| Pro | [email] |"},
		"no bars":            {"Name | Phone\n---|---\nAda | 4155550132", "Name | Phone\n---|---\n[name]|[phone]"},
		"no pairs":           {"<tr><td>Ticket</td><td>Name</td><td>State</td></tr>", "<tr><td>Ticket</td><td>Name</td><td>State</td></tr>"},
		"no table":           {"a <td of Name | Ada |, <td>Name</td>", "a <td of Name | Ada |, <td>Name</td>"},
		"around it, a value": {"ann@b.co <tr><td>Name</td><td>Ada</td></tr> 4242 4242 4242 4242", "[email] <tr><td>Name</td><td>[name]</td></tr> [card]"},
	} {
		t.Run(name, func(t *testing.T) {
			read := func(text string) string {
				body, err := json.Marshal([]string{text})
				if err != nil {
					t.Fatal(err)
				}
				var out []string
				if err := json.Unmarshal([]byte(masked(t, "application/json", string(body))), &out); err != nil {
					t.Fatal(err)
				}
				if plain := masked(t, "text/html", text); plain != out[0] {
					t.Errorf("as a text: %s", plain)
				}
				return out[0]
			}
			got := read(c.in)
			if again := read(got); got != c.want || again != got {
				t.Errorf("%s became\n%s and\n%s, want\n%s", c.in, got, again, c.want)
			}
		})
	}
}
