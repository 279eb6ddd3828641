package pii

// labels announce a name in running Chinese text, as in 姓名：陈伟.
var labels = [...]string{"姓名", "联系人", "收件人", "收货人", "申请人", "持卡人",
	"寄件人", "发件人", "户主", "户名", "开户人", "经办人", "负责人", "患者", "乘客", "入住人",
	"名字", "开户名", "账户名", "法定代表人", "被保险人", "投保人", "监护人", "紧急联络人",
	"聯絡人", "聯繫人", "收貨人", "申請人", "發件人", "戶主", "戶名", "開戶人", "經辦人", "負責人"}

// mayLabel may stand before a name as well as before something else: only what is one by
// its own is one there. So may whatever ends with 人.
var mayLabel = [...]string{"员工", "學員", "学员", "签名", "簽名", "签字", "簽字", "署名", "落款", "称呼", "稱呼", "昵称", "暱稱", "司机", "骑手", "家长", "车主", "业主", "房东", "租客", "医生", "老师"}

// notNames begin what is written in the place of a name, or begin as names do.
var notNames = [...]string{"客服", "暂无", "暫無", "未知", "未填", "本人", "同上", "门卫", "前台", "公司", "管理", "匿名", "保密", "系统", "无",
	"车主", "房东", "党员", "安卓", "江苏", "江西", "金卡", "金牌", "白金", "黄金", "文员", "单身", "单位", "高中", "高三", "高二", "高一", "高级", "高管",
	"成都", "成员", "温州", "贵州", "常州", "常客", "路人", "路过", "全职", "全部", "全家", "万分", "安全", "安装", "牛人", "包年", "包月", "应届", "应该", "平台", "平时",
	"商家", "商户", "项目", "许多", "马上", "黄牛", "水电", "水果", "石家", "易碎", "方便", "方面", "时候", "行政", "顺丰", "圆通", "中通", "京东", "双方", "甘肃", "宁波", "宁夏", "福州", "苏州", "杭州", "郑州", "余额", "严重", "张家"}

// hanLabelled is what begins at text[i:] behind a label in Chinese, which most text before
// a colon is told from by its last character.
func hanLabelled(text, before []byte, i int) Span {
	if saysIs(before) && len(before) > 2*3 { // 密码是：
		before = before[:len(before)-3]
	}
	switch string(before[len(before)-3:]) {
	case "名", "人", "主", "者", "客", "字", "工", "员", "員", "呼", "机", "手", "长", "东", "生", "师", "称", "稱", "款":
		return hanNamed(text, before, i)
	}
	return hanSaid(text, before, i)
}

// saysIs reports text that ends with 是 or 为.
func saysIs(text []byte) bool {
	at := len(text) - 3
	switch text[at+2] {
	case "是"[2]:
		return hasAt(text, at, "是")
	case "为"[2]:
		return hasAt(text, at, "为")
	}
	return false
}

// hanNamed is the name at text[i:] behind a label that may be one of names.
func hanNamed(text, before []byte, i int) Span {
	end := i
	switch {
	case anyBefore(before, []string{"用户名", "用戶名"}): // admin
		end = wholeNameEnd(text, i)
	case anyBefore(before, labels[:]) && !begins(text, i, notNames[:]):
		end = nameEnd(text, i)
	case anyBefore(before, []string{"人"}), anyBefore(before, mayLabel[:]):
		end = wholeNameEnd(text, i)
	}
	if end == i {
		return Span{}
	}
	return Span{Start: i, End: end, Type: Name}
}

// wholeNameEnd is the end of a Chinese name at text[i:] that nothing else goes on behind;
// i for none.
func wholeNameEnd(text []byte, i int) int {
	if end := dottedEnd(text, i); end > i {
		return end
	}
	most := 3
	if isCompound(text[min(i, len(text)):]) {
		most = 4
	} else if !isSurname(text[min(i, len(text)):]) {
		return i
	}
	end := i
	for end <= i+most*3 && isHanAt(text, end) {
		end += 3
	}
	if end < i+2*3 || end > i+most*3 || standsIn(text, end) || begins(text, i, notNames[:]) {
		return i
	}
	return end
}

// begins reports that text goes on at i with one of the words.
func begins(text []byte, i int, words []string) bool {
	for _, w := range words {
		if hasAt(text, i, w) {
			return true
		}
	}
	return false
}
