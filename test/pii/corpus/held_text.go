package corpus

var heldText = []template{
	{mediaText, false, textForms, "Customer wrote: \"I can't log in. My login is «email», my cell is «american», and I last paid with card number «card» on «day» («price»).\" Escalated as «id», see «hash»."},
	{mediaText, false, textForms, "From: «email»\nTo: «email»\nDate: «time»\nMessage: transfer to «iban» confirmed, reference «order». Social security «ssn». Questions: «world»\n"},
	{mediaText, false, textForms, "blocked «ip» after 5 tries; also «ip». Session «uuid», build «hash», «version», window «span», order «order», parcel «tracking».\n"},
	{mediaText, false, textForms, "Text me: «world» / «world». The landlord is at «european». Unit price «price», item «isbn», sku «sku», at «geo».\n"},
	{mediaText, false, textForms, "Account holder «name», acct «account», ABA «routing». Born «birthword»; licence «licence». Signed «day»."},
	{mediaCSV, false, plainOnly, "Ticket,Customer Name,E-Mail,Mobile,Address,Paid\n«id»,«name k»,«email k»,«world k»,\"«street k»\",«price»\n«id»,«name k»,«email k»,«american k»,\"«street k»\",«cents»\n"},
	{mediaHTML, false, []string{"entities", "plain"}, "<p>Call <b>«american»</b> or <b>«world»</b>, mail <i>«email»</i>.</p><p data-id=\"«id»\">Card: «card»</p>"},
	{mediaJSON, false, []string{"percent"}, `{"log":"GET /search?q=«email»&card=«carddigits»&n=«id» 200","form":"first_name=«first k»&last_name=«last k»&mobile=«world k»&ref=«uuid»"}`},
	{mediaText, true, hanForms, "麻烦发到«hanaddress»，收件人«hanname»，«mobile»。发票抬头不变，订单号 «order»，快递 «tracking»。"},
	{mediaText, true, hanForms, "«hanname»女士来电，座机«landline»，说«day»付的款没到账，卡号«card»，身份证«resident»。"},
	{mediaText, true, hanForms, "姓名：«hanname»；联系电话：«mobile»；家庭住址：«hanaddress»；电子邮箱：«hanemail»；微信：«wechat»；流水 «id»。"},
	{mediaCSV, true, plainOnly, "订单号,收货人,联系方式,收货地址\n«id»,«hanname k»,«mobile k»,«hanaddress k»\n«id»,«hanname k»,«mobile k»,«hanaddress k»\n"},
}
