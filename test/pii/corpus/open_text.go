package corpus

var openText = []template{
	{mediaText, false, textForms, "Hi team,\n\nmy order «order» from «day» never came (tracking «tracking»). Please call me on «american» or «world». You can also mail «email».\n\nI paid with «card».\n\nRegards,\n«name»\n"},
	{mediaText, false, textForms, "«time» INFO  request «uuid» from «ip» took 153 ms\n«time» WARN  «version» user «email» failed, sha «hash»\n«time» INFO  peer «ip» closed, mac «mac», at «geo»\n"},
	{mediaText, false, textForms, "My SSN is «ssn» and my ITIN is «itin». The wire goes to IBAN «iban»; US account number «account», routing number «routing»."},
	{mediaText, false, textForms, "Invoice «order» of «day»: «price». ISBN «isbn», SKU «sku», part «id», «size», «version», geo «geo», at «span», commit «hash», device «uuid»."},
	{mediaText, false, textForms, "Contact: «wideemail» (preferred) or «wideemail»\nPhone: «european»\nFax: «american»\n"},
	{mediaText, false, textForms, "Patient MRN: «mrn», NHS number «nhs», NI number «nino», date of birth «birthword». Driver's license «licence». Passport no. «passport»."},
	{mediaText, false, textForms, "DOB: «wrongbirth», NHS no. «wrongnhs». Our line 1-800-555-0199 is free, so is 0800 123 4567. Send it to «house». 24 Hour Road Service has 2 Google Drive accounts. Delivered on 31/04/2024, ref «order»."},
	{mediaText, false, textForms, "Aadhaar «aadhaar», PAN «pan», reach me at «world». Ref «order», ticket «id»."},
	{mediaText, false, textForms, "The deploy used «secret» and the old one was «secret». Build «hash», release «version»."},
	{mediaText, false, textForms, "cards on file:\n- «carddigits»\n- «card»\n- «card» (expires 08/29)\nids: «id», «id», «unix», «millis»\n"},
	{mediaText, false, textForms, "Dear Ms. «last», we could not reach you at «national». Is «american» still right? Case «id», invoice «order»."},
	{mediaCSV, false, plainOnly, "id,name,email,phone,city,amount,created\n«id»,«name k»,«email k»,«american k»,«city k»,«cents»,«time»\n«id»,\"«name k»\",«email k»,\"«world k»\",«city k»,«cents»,«time»\n«id»,«name k»,«email k»,«tendigits k»,«city k»,«cents»,«time»\n"},
	{mediaCSV, false, plainOnly, "order_id;first_name;last_name;street;ssn;iban;order_number\n«id»;«first k»;«last k»;«street k»;«ssn k»;«iban k»;«order»\n«id»;«first k»;«last k»;«street k»;«ssn k»;«iban k»;«order»\n"},
	{mediaHTML, false, []string{"entities", "plain"}, "<table><tr><td>Mail</td><td><a href=\"mailto:«email»\">«email»</a></td></tr><tr><td>Phone</td><td>«world»</td></tr><tr><td>Card</td><td>«card»</td></tr><tr><td>Order</td><td>«order»</td></tr></table>"},
	{mediaJSON, false, []string{"percent"}, `{"request":{"method":"POST","path":"/v1/customers?email=«email»&phone=«world»&page=2","ts":«unix»},"body":"name=«name k»&email=«email k»&phone=«world k»&order=«id»"}`},

	{mediaText, true, hanForms, "您好，我叫«hanname»，手机号«mobile»，订单«order»还没收到，请寄到«hanaddress»，谢谢！"},
	{mediaText, true, hanForms, "收货人：«hanname»\n手机：«mobile»\n地址：«hanaddress»\n订单编号：«order»\n快递单号：«tracking»\n金额：￥88.50\n"},
	{mediaText, true, hanForms, "请联系«hanname»先生，电话 «mobile»，座机 «landline»，邮箱«hanemail»。工单编号«id»，版本 «version»。"},
	{mediaText, true, hanForms, "身份证号：«resident»，银行卡号：«card»，生日：«hanbirth»。微信号：«wechat»，护照号码 «passport»。"},
	{mediaText, true, hanForms, "请联系«hanname»，电话«mobile»。车牌号 «plate»，登录密码 «hansecret»，出生日期：«spelledbirth»。订单«order»。\n\n此致\n敬礼！\n«hanname»\n"},
	{mediaText, true, hanForms, "请联系客服，热线400-810-1234，或请找司机。忘记密码 iPhone15 也可以，密码 6-20位。公司成立于一九八五年四月三日，京ICP备12345678号。请找«hanname»处理订单«order»。\n——客服部\n"},
	{mediaCSV, true, plainOnly, "编号,姓名,手机号,地址,金额\n«id»,«hanname k»,«mobile k»,«hanaddress k»,«cents»\n«id»,«hanname k»,«mobile k»,«hanaddress k»,«cents»\n«id»,«hanname k»,«mobile k»,«hanaddress k»,«cents»\n"},
}
