package corpus

// Names in letters and chats, and what only reads like them.
var openNames = []template{
	{mediaText, false, textForms, "Dear «widename»,\n\nthank you for writing about order «order». We looked into it on «day» and sent it again.\n\nKind regards,\n«name»\nCustomer Support, Acme Inc.\n"},
	{mediaText, false, textForms, "Dear Customer,\n\nMonday is a holiday, so Tuesday it is. See you in March, April or May.\n\nKind regards,\nThe Support Team\n"},
	{mediaText, false, textForms, "hi «lowerfirst», your parcel «tracking» is late. my name is «lowername», write to «email»\n"},
	{mediaText, false, textForms, "DEAR «capsname», YOUR ORDER «order» IS LATE. KIND REGARDS, THE SUPPORT TEAM\n"},
	{mediaText, false, textForms, "Sehr geehrte Frau «last»,\n\nIhre Bestellung «order» ist da.\n\nMit freundlichen Grüßen\n«widename»\n"},
	{mediaText, false, textForms, "Liebe Grüße aus Berlin! Liebe Kundin, lieber Kunde, die Bestellung «order» ist da. Herr der Ringe ist ausverkauft, die Liebe Gottes nicht.\n\nIhr Team von Acme\n"},
	{mediaText, false, textForms, "Hello Mr. «last», I write on behalf of «name», who paid «price» with «card». My wife «first» called twice, as did Mrs. «last»'s lawyer.\n\nThanks for your help,\n«first»\n"},
	{mediaText, false, textForms, "Hi there, Mr. Coffee 12-cup is sold out, and so is Dr. Pepper. Dear Sir or Madam, Dear All and Hi team are greetings. Thanks for Amazon Prime. MS Word and MS Office crash. The file name is README and the product name is Desk Lamp.\n"},
	{mediaText, false, []string{"plain", "in-string", "comment", "base64"}, "From: «name» <«email»>\nTo: \"«widename»\" <«email»>\nSubject: Hello World\n\nHi «first»,\n\nthis is the April release. Thanks, everyone\n"},
	{mediaJSON, false, jsonForms, `{"ticket":{"id":«id»,"html_body":"<p>Hello «widename»,</p><p>Your refund of «price» is done.</p><p>Best regards,<br>«name»</p>","subject":"Hello Kitty mug, Best Buy voucher and the Dear Diary set"}}`},
	{mediaText, true, hanForms, "Dear «hanname»，您好！«hanname»先生已经付款，订单«order»。\n"},
	{mediaText, true, hanForms, "尊敬的客户，您好。客服团队会在周一回复，Dear Customer 是模板。订单«order»。收货人：«hanname»，手机«mobile»，地址：«hanaddress»。\n"},
}
