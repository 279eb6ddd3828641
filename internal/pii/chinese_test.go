package pii_test

import (
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/pii"
)

// What Chinese customers write, in either script, with what tells it. A # stands for the
// value.
func TestChineseValues(t *testing.T) {
	for name, c := range map[string]struct {
		values, around []string
	}{
		"name": {
			[]string{"陈伟", "欧阳志强", "张三丰", "于芳", "陳偉傑", "黃曉明", "买买提·艾力"},
			[]string{"姓名：#", "姓名是#", "我叫#，", "名字叫#。", "名字：#", "联系人：#", "联系人#，", "聯絡人：#", "收貨人：#", "投诉人：#", "被保险人：#", "法人：#", "签收人：#", "戶名：#", "员工：#", "昵称：#", "用户名：#"},
		},
		"name ": { // behind what goes on in many ways
			[]string{"陈伟", "欧阳志强", "陳偉傑"},
			[]string{"客户姓名 #，请核实", "本人#，", "我是#，订单没到"},
		},
		"wechat": {
			[]string{"chenwei_88", "123456789"},
			[]string{"微信号：#", "微信號：#", "微信账号：#", "加微信#，", "wx: #", "VX：#", "V信：#", "QQ：#", "QQ号：#", "加qq #", "QQ号码 #", "扣扣：#"},
		},
		"resident_id": {
			[]string{"11010519491231002X", "11010519491231002x", "110105 19491231 002X", "110105 1949 1231 002X", "110105-19491231-002X", "１１０１０５１９４９１２３１００２Ｘ"},
			[]string{"#", "身份證字號：#", "證件號碼：#", "公民身份号码：#", "居民身份证 #", "身份证（#）"},
		},
		"card": {
			[]string{"6222021234567890128", "6222 0212 3456 7890 128", "622202 1234567890128", "6228480402564890018"},
			[]string{"#", "卡號：#", "储蓄卡 #", "打款到#，"},
		},
		"phone": {
			[]string{"+86 138 0013 8000", "0086-138-0013-8000", "86-13800138000", "+86-10-62345678", "（010）62345678", "138 00138000", "1380013 8000", "138·0013·8000", "0755-8234 5678", "021-6234-5678"},
			[]string{"#", "手機：#", "致電#，", "打#找我"},
		},
		"passport":     {[]string{"E12345678", "EA1234567"}, []string{"护照号：#", "護照號碼：#", "港澳通行证：#"}},
		"bank_account": {[]string{"320105001234567", "1100 1018 1000 5300 1234"}, []string{"账号：#", "帳號：#", "对公账户 #"}},
		"birthdate":    {[]string{"1985年3月12日", "85年3月12日", "1985-03-12", "19850312", "1985 年 3 月 12 日", "1985年03月12号"}, []string{"#出生", "生日#", "出生于#"}},
		"secret":       {[]string{"abc12345"}, []string{"密码是#", "密碼：#"}},
		"address": {
			[]string{"北京市朝阳区建国路88号3单元1202室", "廣東省深圳市南山區科技園南路十五號", "湖北省武汉市洪山区珞喻路1037号华中科技大学东十二楼", "香港九龍尖沙咀廣東道30號", "河北省石家庄市裕华区槐安路与建设大街交叉口12号"},
			[]string{"地址：#", "我住在#，", "请寄到#。"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, around := range c.around {
				for _, value := range c.values {
					in, want := strings.ReplaceAll(around, "#", value), strings.ReplaceAll(around, "#", "["+strings.TrimSpace(name)+"]")
					if got := marked(in, pii.All); got != want {
						t.Errorf("%q became %q, want %q", in, got, want)
					}
				}
			}
		})
	}
}

// What only looks like it.
func TestChineseThatTellsNothing(t *testing.T) {
	for _, in := range []string{
		"联系人：客服部，联系人：暂无，负责人：行政部，收件人：前台", "用户名：admin，用户名：user_01，用户名：管理员", "法人：北京某某科技有限公司，申请人：公司",
		"我叫车去机场，我叫了外卖，我是车主，我是高级会员，我是新用户", "本人和家人，本人于昨日，本人应当，本人从未收到", "姓名和电话，姓名和地址，姓名方面，联系人和地址都改了",
		"员工：全部，司机：已接单，老师：请假，签名：见附件", "QQ音乐会员 12345，QQ邮箱，qq是什么，WX-2000，型号V信号12345", "订单 138 00138 件，7位数 1234567 8901",
		"三栋楼都停电，七号电池，一号店，十号线", "香港2024年3月，香港第1名，2024年度第1号文件", "證件號：无，通行证办理要3天，账号 12 个",
	} {
		if got := marked(in, pii.All); got != in {
			t.Errorf("%q became %q", in, got)
		}
	}
}
