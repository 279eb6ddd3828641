package pii_test

import (
	"testing"

	"github.com/sallyport/sallyport/internal/pii"
)

// The ways in which people and programs write what TestFind and TestFindMore have in its
// plainest form, and what only looks like it.
func TestFindInOtherForms(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"setting":               {"DB_PASSWORD=S3cret!pass\nAPI_KEY = abc123def", "DB_PASSWORD=[secret]\nAPI_KEY = [secret]"},
		"setting in quotes":     {`password="S3cret!pass" "api_key": 'abc123def'`, `password="[secret]" "api_key": '[secret]'`},
		"access key":            {"aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "aws_secret_access_key = [secret]"},
		"password said":         {"my password is hunter2x, 密码是abc12345", "my password is [secret], 密码是[secret]"},
		"password of a URL":     {"postgres://app:s3cretpw1@db.example.com/x", "postgres://app:[secret]@db.example.com/x"},
		"nothing of a URL":      {"see https://x.example/a:ann@example.com", "see https://x.example/a:[email]"},
		"secret of an app":      {"client_secret=a1b2c3d4, webhook secret: whs-a1b2, the secret: first-class support", "client_secret=[secret], webhook secret: [secret], the secret: first-class support"},
		"what is said with it":  {"password=changed the password is required type=password1 <input type=password>", "password=changed the password is required type=password1 <input type=password>"},
		"token of a setting":    {"page=2 and a=b, x==y", "page=2 and a=b, x==y"},
		"label with equals":     {"姓名=陈伟 微信号=chenwei", "姓名=[name] 微信号=[wechat]"},
		"quoted in entities":    {"&quot;ann lee&quot;@example.com", "[email]"},
		"card behind a slash":   {"visa/4242 4242 4242 4242", "visa/[card]"},
		"SSN with dots":         {"SSN: 536.22.8745, and 536.22.8745", "SSN: [ssn], and 536.22.8745"},
		"initials of birth":     {"D.O.B. 12/03/1985, d.o.b: 1985-03-12", "D.O.B. [birthdate], d.o.b: [birthdate]"},
		"birth of eight digits": {"DOB: 19850312, DOB: 19851312, on 19851312", "DOB: [birthdate], DOB: [birthdate], on 19851312"},
		"birth on the 12th":     {"born on the 12th of March 1985", "born on the [birthdate]"},
		"birth with dashes":     {"DOB 12-Mar-1985, born 12 Mar 85", "DOB [birthdate], born [birthdate]"},
		"birth, German":         {"geboren am 12.03.1985", "geboren am [birthdate]"},
		"birth, Chinese":        {"2024年3月12日下单，1985年3月12日出生，生于1985年3月12日", "2024年3月12日下单，[birthdate]出生，生于[birthdate]"},

		"dialled from abroad":  {"0044 20 7946 0958, 00 49 30 901820, 011 44 20 7946 0958", "[phone], [phone], [phone]"},
		"dialled, no number":   {"0000 1234 5678 9012, 00 12, 0012-63468574, 00 11 22 33 44 55", "0000 1234 5678 9012, 00 12, 0012-63468574, 00 11 22 33 44 55"},
		"dialled, reference":   {"ref=0044-1234-5678-90, order 00 44 1234 5678 90", "ref=0044-1234-5678-90, order 00 44 1234 5678 90"},
		"label in HTML":        {"<b>Name:</b> Ada Lovelace<br><b>Password</b>: <code>hunter2x</code> <td>姓名：</td><td>陈伟</td>", "<b>Name:</b> [name]<br><b>Password</b>: <code>[secret]</code> <td>姓名：</td><td>[name]</td>"},
		"label in Markdown":    {"**Name:** Ada Lovelace\n*Password*: `hunter2x`\n- **微信号：** chenweix\n__Name__: Ada", "**Name:** [name]\n*Password*: `[secret]`\n- **微信号：** [wechat]\n__Name__: Ada"},
		"label, no markup":     {"password: ******** abc123 Name: <ada@example.com> Blue Note", "password: ******** abc123 Name: <[email]> Blue Note"},
		"address, a mall":      {"广东省广州市天河区天河路385号太古汇一座3001室", "[address]"},
		"area in brackets":     {"（010）62345678, (0512) 63468574, (020) 7946 0958", "[phone], [phone], [phone]"},
		"no area":              {"(0512) 6346, (00) 62345678, f(010) 62345678", "(0512) 6346, (00) 62345678, f(010) 62345678"},
		"services, nobody's":   {"热线400-810-1234，客服电话4008101234，call 1-800-555-0199, (888) 555-0199, +1 877 555 0199 ext. 4, 0800 123 4567, tel. 08001234567, +86 400 810 1234", "热线400-810-1234，客服电话4008101234，call 1-800-555-0199, (888) 555-0199, +1 877 555 0199 ext. 4, 0800 123 4567, tel. 08001234567, +86 400 810 1234"},
		"like a service's":     {"手机18001234567，18881234567, mobile 8881234567, call 88812 34567, +61 400 810 123, +18081234567, 801-555-0199, 08 082 62 15 69, 608-411-1314, 4008101234@qq.com", "手机[phone]，[phone], mobile [phone], call [phone], [phone], [phone], [phone], [phone], [phone], [email]"},
		"country in brackets":  {"(+86)13812345678 （+86） 138 1234 5678 (+1) 415-555-0132 (+44)(0)20 7946 0958 (+86 13812345678) (+7) f(+86)13812345678", "[phone] [phone] [phone] [phone] ([phone]) (+7) f([phone]"},
		"slash, if said":       {"Tel.: 030/901820, on 030/901820", "Tel.: [phone], on 030/901820"},
		"telephone, German":    {"Telefon 0301234567", "Telefon [phone]"},
		"order like a mobile":  {"order 13800138000, 订单编号：13800138000", "order 13800138000, 订单编号：13800138000"},
		"account in groups":    {"account 1234 5678 90, account 12 34 56", "account [bank_account], account 12 34 56"},
		"sort code":            {"sort code 20-00-00, sort by 20-00-00, a/c no 12345678", "sort code [bank_account], sort by 20-00-00, a/c no [bank_account]"},
		"record with its word": {"MRN-1234567, CUST-1234567", "[medical_record], CUST-1234567"},
		"record in Chinese":    {"就诊卡号：00012345，住院号：20231234", "就诊卡号：[medical_record]，住院号：[medical_record]"},
		"resident in groups":   {"110105 19491231 002X, 110105 1949 1231 002X, 110105 19491231 0021", "[resident_id], [resident_id], 110105 19491231 0021"},
		"resident, old":        {"身份证：110105491231002，编号：110105491231002", "身份证：[resident_id]，编号：110105491231002"},
		"addresses of routers": {"fe80::1 2a02::1 a::1 12::34 ab::cd", "[ip] [ip] a::1 12::34 ab::cd"},
		"WeChat said":          {"我的微信是chenweilove，微信号 cw-1988，微信是什么", "我的微信是[wechat]，微信号 [wechat]，微信是什么"},

		"phone, middle dots":   {"415·555·0132, 415•555•0132, 415‧555‧0132, 138・0013・8000", "[phone], [phone], [phone], [phone]"},
		"dots, hidden":         {`415&middot;555&bull;0132, 415\u00b7555\u00b70132, ４１５·５５５·０１３２`, "[phone], [phone], [phone]"},
		"card, middle dots":    {"4242·4242·4242·4242 from 203·0·113·7", "[card] from [ip]"},
		"middle dots, none":    {"• 415 items · 3·14 · 2020•2021", "• 415 items · 3·14 · 2020•2021"},
		"email, at a number":   {"ann@[192.0.2.1], <bob.lee@[IPv6:2001:db8::1]>", "[email], <[email]>"},
		"no host's number":     {"ann@[1.2.3] bob@[office] @[192.0.2.1]", "ann@[1.2.3] bob@[office] @[[ip]]"},
		"name with a dot":      {"姓名：买买提·艾力，我叫阿卜杜拉·买买提，联系人在北京·上海", "姓名：[name]，我叫[name]，联系人在北京·上海"},
		"house in characters":  {"寄到北京市朝阳区建国路八十八号。南京市中山路一百二十号三单元五〇一室，谢谢", "寄到[address]。[address]，谢谢"},
		"mixed numerals":       {"北京市朝阳区建国路88号三单元十二楼五室 上海市浦东新区世纪大道一百号腾讯大厦12楼", "[address] [address]"},
		"towers in characters": {"浙江省杭州市西湖区幸福小区三栋二单元五〇一室，台北市信義區市府路四十五號", "[address]，[address]"},
		"numerals, no house":   {"全市人民都知道一号通知，北京市地铁十号线，三月八号到成都市第七号", "全市人民都知道一号通知，北京市地铁十号线，三月八号到成都市第七号"},
		"traditional":          {"尊敬的陳偉傑先生，黃曉明女士", "尊敬的[name]先生，[name]女士"},
		"number and id":        {"电话/微信：1380013 8000，微信：138001380", "电话/微信：[phone]，微信：[wechat]"},
		"name with a space":    {"姓名:王 芳，联系人是周杰，收件人 张伟 收", "姓名:[name]，联系人是[name]，收件人 [name] 收"},
		"many of a title":      {"小明同学们好，先生们", "小明同学们好，先生们"},
		"address, a yard":      {"北京市海淀区中关村大街27号院3号楼502", "[address]"},
		"address, a group":     {"河南省信阳市固始县陈淋子镇孙滩村3组12号", "[address]"},
		"address, a section":   {"四川省成都市高新区天府大道北段1700号", "[address]"},
		"address, a tower":     {"广东省深圳市南山区科技园南路15号腾讯大厦12楼，谢谢", "[address]，谢谢"},
		"address with spaces":  {"浙江省 杭州市 西湖区 文三路 477 号 2单元 301室 13800138000", "[address] [phone]"},
		"address, old style":   {"台北市信義區市府路45號", "[address]"},
		"behind an address":    {"北京市朝阳区建国路88号的快递在小区门口", "[address]的快递在小区门口"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := marked(c.in, pii.All); got != c.want {
				t.Errorf("%q became %q, want %q", c.in, got, c.want)
			}
		})
	}
}
