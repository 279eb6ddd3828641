package corpus

// The same as openNames with other letters; written before the finder was measured
// on them.
var heldNames = []template{
	{mediaText, false, textForms, "Good afternoon Dr. «last»,\n\nI am «name», and my colleague «name» told me to ask about invoice «order».\n\nYours sincerely,\n\n«widename»\n"},
	{mediaText, false, textForms, "Dear Hiring Manager,\n\nHello from the Easter sale. Thanks in advance for Black Friday, Cheers Bar and Love Island.\n\nSincerely,\nAcme Holdings Ltd\n"},
	{mediaText, false, textForms, "Cher «first»,\n\nvotre commande «order» est partie.\n\nBien cordialement,\n«widename»\n"},
	{mediaText, false, textForms, "Estimada Señora «last», su pedido «order» ha salido. Un saludo, «name»\n"},
	{mediaText, false, textForms, "hey «first»! «name» is my neighbour. Her maiden name is «last», mail «email».\nlg\n«first»\n"},
	{mediaText, false, textForms, "Hello Fresh boxes arrive on Sunday. Hey Siri, play Mr. Bean. This is Grand Canyon weather. I am American Express ready. Dear Lord, hi again, hi everyone, good morning America.\n"},
	{mediaText, false, textForms, "> Dear Ms «last»,\n> we wrote on «day».\n\nAttn: «name»\nSigned by: «widename»\nContact: Sales\n"},
	{mediaText, false, textForms, "WARM REGARDS,\n«capsname»\nHEAD OF SALES\n"},
	{mediaJSON, false, jsonForms, `{"messages":[{"role":"user","text":"Hello, my name is «widename» and I wait for «order»."},{"role":"assistant","text":"Thanks, «first»! Is Mr. «last» your husband?"},{"role":"user","text":"Regards, Your Acme Team is what it says. Liebe Grüße Team Acme"}]}`},
	{mediaText, true, hanForms, "我是客服。Hi «hanname»，您的快递«tracking»到了，请联系«hanname»女士，电话 «mobile»。\n"},
	{mediaText, true, hanForms, "您好，我叫«hanname»，微信号：«wechat»，订单«order»，地址：«hanaddress»。谢谢！Best regards\n"},
}
