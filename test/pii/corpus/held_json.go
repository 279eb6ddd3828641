package corpus

var heldJSON = []template{
	{mediaJSON, false, jsonForms, `{"results":[{"id":«id»,"title":"Refund «order»","submitter":{"id":«id»,"display_name":"«name k =s»","email":"«email k»"},"comment":{"plain_body":"«=s» asked for a call back: «american». Receipt «order», paid «price» on «day»."},"updated_at":"«time»"}],"count":1}`},
	{mediaJSON, false, jsonForms, `{"object":"list","data":[{"id":"«charge»","created":«unix»,"amount":«cents»,"receipt_email":"«email k»","shipping":{"name":"«name k»","phone":"«world k»","address":{"line1":"«street k»","city":"«city k»","postal_code":"«postcode k»"}},"metadata":{"gift_note":"for «email»","sku":"«sku»"}}],"has_more":false,"url":"/v1/charges"}`},
	{mediaJSON, false, jsonForms, `{"employee":{"givenName":"«first k»","familyName":"«last k»","workEmail":"«email k»","mobileNumber":"«world k»","homeAddress":"«address k»","birthDate":"«birth k»","socialSecurityNumber":"«ssn k»"},"payroll":{"iban":"«iban k»","grade":«cents»},"updatedAt":"«time»","id":"«uuid»"}`},
	{mediaJSON, false, jsonForms, `{"contact":{"customer_name":"«name k =c»","customer_phone":"«american k»","billing_address":"«address k»"},"transcript":["agent: may I have your card number?","customer: sure, «card»","customer: and my mail is «email»","agent: thanks «=c», your case is «id»"]}`},
	{mediaJSON, false, jsonForms, `{"audit":[{"actor":"«email k»","client_ip":"«ip k»","action":"export","rows":«cents»,"digest":"«hash»"},{"actor":"«email k»","client_ip":"«ip k»","action":"delete","object":"«uuid»","at":«millis»}],"agent":"«version»"}`},
	{mediaJSON, false, jsonForms, `{"shipments":[{"reference":"«order»","carrier_code":"«tracking»","weight_g":«cents»,"recipient_name":"«name k»","street":"«street k»","depot":«id»}],"cursor":"«hash»","generated":«unix»,"limit":100,"isbn":"«isbn»"}`},
	{mediaJSON, false, jsonForms, `{"person":{"legal_name":"«name k»","national_id":"«ssn k»","nhs":"«nhs k»","national_insurance_number":"«nino k»","driver_license":"«licence k»"},"remark":"also seen: passport «passport», aadhaar number «aadhaar», card «carddigits»"}`},
	{mediaJSON, true, jsonForms, `{"data":[{"联系人":"«hanname k =p»","手机号码":"«mobile k»","详细地址":"«hanaddress k»","留言":"«=p»的快递«tracking»请放门口，有事打«mobile»"}],"页码":1,"时间":«millis»}`},
	{mediaJSON, true, jsonForms, `{"会员":{"客户姓名":"«hanname k»","证件号码":"«resident k»","卡号":"«carddigits k»","生日":"«birth k»","电子邮件":"«hanemail k»","住址":"«hanaddress k»"},"积分":«cents»,"流水号":"«id»"}`},
	{mediaJSON, true, jsonForms, `{"conversation":[{"role":"user","text":"退款请打到银行卡 «card»，户主«hanname»，身份证 «resident»"},{"role":"agent","text":"好的，请问收货地址还是«hanaddress»吗？"},{"role":"user","text":"是的，手机换成 «mobile» 了，邮箱 «hanemail»"}],"id":"«uuid»"}`},
}
