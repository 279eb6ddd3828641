package corpus

import (
	"fmt"
	"strings"
)

var (
	firstNames = strings.Fields("James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara Richard Susan Joseph Jessica Thomas Sarah Anna Karen Lukas Nora José Zoë François Małgorzata Søren Björn Ingrid Chiara Priya Arjun Ananya Rahul Siobhán Dmitri Yusuf Fatima Aiko Kwame")
	lastNames  = strings.Fields("Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Gonzalez Wilson Anderson Taylor Moore Jackson Martin Lee Müller Schmidt Dubois Lefèvre Rossi Nowak Kowalczyk Novák Jensen O'Brien McCarthy Sharma Patel Iyer Singh Okafor Tanaka Yılmaz Petrov Castellanos")
	// The commonest family names, and some that are rarer or have two characters.
	surnames = strings.Fields("王 李 张 刘 陈 杨 黄 赵 吴 周 徐 孙 马 朱 胡 郭 何 高 林 罗 郑 梁 谢 宋 唐 许 韩 冯 邓 曹 彭 曾 肖 田 董 袁 潘 于 蒋 蔡 余 杜 叶 程 苏 魏 吕 丁 任 沈 姚 卢 姜 崔 钟 谭 陆 汪 范 金 石 廖 贾 夏 韦 付 方 白 邹 孟 熊 秦 邱 江 尹 薛 闫 段 雷 侯 龙 史 陶 黎 贺 顾 毛 郝 龚 邵 万 钱 严 赖 覃 洪 武 莫 孔 欧阳 司马 上官 诸葛")
	given    = strings.Fields("伟 芳 娜 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 霞 平 刚 桂英 秀兰 建国 志强 小明 雨桐 子涵 浩然 思远 欣怡 梓萱 宇轩 晓东 海燕 文博 佳琪 天佑 若曦 俊熙 丽华")
	hosts    = []string{"example.com", "mail.example.org", "acme-corp.example.net", "gmail.com", "web.de", "post.example.co.uk", "outlook.com", "uni-koeln.example.de", "example.io"}
	hanHosts = []string{"qq.com", "163.com", "126.com", "example.cn", "sina.com", "mail.example.com.cn"}
	pinyin   = strings.Fields("chenwei wangfang lina zhangmin zhaojing wuqiang zhoulei xujun sunyang mayong huyan guojie hejuan gaotao linming")
)

func fullName(m *maker) string { return pick(m, firstNames...) + " " + pick(m, lastNames...) }

// wideName is one of more than two words of plain letters.
func wideName(m *maker) string {
	first, last := pick(m, firstNames...), pick(m, lastNames...)
	return pick(m, first+"-"+pick(m, firstNames...)+" "+last, first+" "+last+"-"+pick(m, lastNames...), first+" van der "+last, first+" de la "+last,
		first+" "+shape(m, "A")+". "+last, first+" D'Angelo", first+" von "+last, first+" "+pick(m, firstNames...)+" "+last, "Đặng Văn "+first, "Дмитрий "+last)
}

func hanName(m *maker) string { return pick(m, surnames...) + pick(m, given...) }

// plainLetters writes a name as it stands in an address.
func plainLetters(s string) string {
	return strings.NewReplacer("é", "e", "ë", "e", "ç", "c", "ł", "l", "ø", "o", "ö", "o", "á", "a", "ü", "u", "è", "e", "'", "", "ı", "i").Replace(strings.ToLower(s))
}

func email(m *maker) string {
	first, last := plainLetters(pick(m, firstNames...)), plainLetters(pick(m, lastNames...))
	local := pick(m, first+"."+last, first+last, first[:1]+last, first+"_"+last, first+digits(m, 2), first+"+"+pick(m, "shop", "news", "x1")+"", last+"-"+first)
	return local + "@" + pick(m, hosts...)
}

// wideEmail is one that is not ASCII alone.
func wideEmail(m *maker) string {
	return pick(m, "josé."+plainLetters(pick(m, lastNames...))+"@example.com", plainLetters(pick(m, firstNames...))+"@müller-söhne.example.de",
		"дмитрий"+digits(m, 2)+"@пример.рф", pick(m, pinyin...)+"@例子.中国", "jürgen"+digits(m, 3)+"@bücher.example.ch", "info"+digits(m, 2)+"@παράδειγμα.gr")
}

func hanEmail(m *maker) string {
	return pick(m, pick(m, pinyin...)+digits(m, 3), digits(m, 9), pick(m, pinyin...)+"_"+digits(m, 2)) + "@" + pick(m, hanHosts...)
}

// world is a telephone number with the code of its country.
func world(m *maker) string {
	return shape(m, pick(m, "+1 N0N-N##-####", "+1 (N0N) N##-####", "+1N0NN######", "+44 20 7### ####", "+44 7### ######", "+4930#######", "+49 151 ########", "+33 6 ## ## ## ##",
		"+34 6## ### ###", "+39 3## #######", "+91 9#### #####", "+919#########", "+81 90-####-####", "+61 4## ### ###", "+31 6 ########", "+46 70 ### ## ##", "+353 85 ### ####", "+65 9### ####", "+852 6### ####", "+41 79 ### ## ##"))
}

// american is a national form of North America.
func american(m *maker) string {
	return shape(m, pick(m, "(N0N) N##-####", "N0N-N##-####", "N0N.N##.####", "(N0N)N##-####", "1-N0N-N##-####", "N0N-N##-#### ext. 4##", "N0N-N##-####x2##"))
}

// european is a form with the zero of trunk calls.
func european(m *maker) string {
	return shape(m, pick(m, "020 7### ####", "07### ### ###", "01 4# ## ## ##", "06 ## ## ## ##", "030 ## ## ## ##", "0171 ### ####", "08 ### ## ## ##"))
}

// national is a form that only its country's people know.
func national(m *maker) string {
	return shape(m, pick(m, "07### ######", "030 ########", "0171/#######", "0N ########", "98### #####", "N## #### ####", "01########"))
}

func mobile(m *maker) string {
	n := pick(m, "130", "135", "136", "138", "139", "150", "152", "158", "159", "166", "177", "180", "186", "188", "189", "191", "199")
	return pick(m, n+shape(m, "########"), n+shape(m, "########"), n+shape(m, " #### ####"), n+shape(m, "-####-####"), "+86 "+n+shape(m, "########"), "+86-"+n+shape(m, "-####-####"))
}

// streetNames are names of streets without the word for one.
var streetNames = []string{"Main", "Old Kent", "5th", "N. Capitol", "O'Connell"}

func landline(m *maker) string {
	return shape(m, pick(m, "010-6#######", "021-5#######", "0755-8#######", "0571-8#######", "028-8#######", "(010) 6#######", "0512-6#######转8##"))
}

func street(m *maker) string {
	return pick(m, fmt.Sprintf("%d %s %s", 1+m.r.IntN(9999), pick(m, lastNames...), pick(m, "Street", "Avenue", "Road", "Lane", "Blvd")),
		fmt.Sprintf("%s %d", pick(m, "Hauptstraße", "Bahnhofstr.", "Rue de la Paix", "Via Garibaldi", "Calle Mayor"), 1+m.r.IntN(200)),
		fmt.Sprintf("Flat %d, %d %s Road", 1+m.r.IntN(40), 1+m.r.IntN(300), pick(m, lastNames...)), fmt.Sprintf("Plot %d, MG Road", 1+m.r.IntN(300)))
}

func city(m *maker) string {
	return pick(m, "Springfield", "Köln", "Lyon", "Leeds", "Austin", "Bengaluru", "Porto", "Gdańsk", "Cork", "Oakland")
}

func postalAddress(m *maker) string {
	return street(m) + pick(m, ", ", "\n") + city(m) + " " + shape(m, "#####")
}

func hanAddress(m *maker) string {
	place := pick(m, "北京市朝阳区", "北京市海淀区", "上海市浦东新区", "上海市徐汇区", "广东省深圳市南山区", "广东省广州市天河区", "浙江省杭州市西湖区", "四川省成都市武侯区", "湖北省武汉市洪山区",
		"江苏省南京市鼓楼区", "陕西省西安市雁塔区", "山东省青岛市市南区", "福建省厦门市思明区", "重庆市渝北区", "河南省郑州市金水区")
	road := pick(m, "建国路", "中关村大街", "世纪大道", "科技园南路", "文三路", "人民南路", "珞喻路", "中山北路", "高新四路", "香港中路", "解放西路", "和平街")
	door := pick(m, "", "3单元1202室", "8栋501", "A座1201室", "2号楼", "15层", "6幢2单元302室")
	return place + road + fmt.Sprint(1+m.r.IntN(999)) + "号" + door
}
