package pii

// suffixes decide keys whose first words say whose value it is.
var suffixes = [...]struct {
	suffix string
	typ    Type
}{
	{"firstname", Name}, {"lastname", Name}, {"fullname", Name}, {"middlename", Name},
	{"givenname", Name}, {"familyname", Name}, {"surname", Name}, {"forename", Name}, {"nameoncard", Name}, {"姓名", Name},
	{"email", Email}, {"emailaddress", Email}, {"邮箱", Email}, {"郵箱", Email}, {"電郵", Email},
	{"phone", Phone}, {"phonenumber", Phone}, {"mobile", Phone}, {"mobilenumber", Phone}, {"telephone", Phone},
	{"phoneno", Phone}, {"mobileno", Phone}, {"faxnumber", Phone}, {"座机", Phone}, {"电话号", Phone},
	{"电话", Phone}, {"電話", Phone}, {"手机", Phone}, {"手機", Phone}, {"手机号", Phone}, {"手機號碼", Phone}, {"電話號碼", Phone}, {"手机号码", Phone}, {"电话号码", Phone},
	{"ssn", SSN}, {"socialsecuritynumber", SSN}, {"ssnnumber", SSN}, {"socialsecurityno", SSN}, {"身份证", ResidentID}, {"身份证号", ResidentID}, {"身份证号码", ResidentID}, {"身份證", ResidentID}, {"身份證號碼", ResidentID}, {"身分證", ResidentID},
	{"cardnumber", Card}, {"cardno", Card}, {"卡号", Card}, {"卡號", Card}, {"iban", IBAN}, {"ibannumber", IBAN}, {"ibancode", IBAN},
	{"dateofbirth", Birthdate}, {"birthdate", Birthdate}, {"birthday", Birthdate}, {"出生日期", Birthdate}, {"出生年月", Birthdate}, {"出生年月日", Birthdate}, {"生日", Birthdate},
	{"passportnumber", Passport}, {"passportno", Passport}, {"护照号", Passport}, {"护照号码", Passport}, {"護照", Passport}, {"護照號碼", Passport}, {"通行证号", Passport}, {"通行证号码", Passport},
	{"车牌", Licence}, {"车牌号", Licence}, {"车牌号码", Licence}, {"号牌号码", Licence}, {"車牌", Licence}, {"車牌號碼", Licence}, {"licenseplate", Licence}, {"licenceplate", Licence}, {"platenumber", Licence}, {"numberplate", Licence},
	{"licensenumber", Licence}, {"licencenumber", Licence}, {"licenseno", Licence}, {"licenceno", Licence},
	{"accountnumber", BankAccount}, {"accountno", BankAccount}, {"acctnumber", BankAccount}, {"routingnumber", BankAccount}, {"sortcode", BankAccount}, {"银行账号", BankAccount}, {"银行账户", BankAccount},
	{"ipaddress", IP}, {"ipaddr", IP}, {"loginip", IP}, {"userip", IP}, {"streetaddress", Address}, {"postaladdress", Address}, {"addressline1", Address}, {"addressline2", Address},
	{"mailingaddress", Address}, {"residentialaddress", Address}, {"permanentaddress", Address}, {"currentaddress", Address}, {"customeraddress", Address},
	{"workaddress", Address}, {"officeaddress", Address}, {"registeredaddress", Address}, {"formattedaddress", Address}, {"fulladdress", Address}, {"streetname", Address},
	{"地址", Address}, {"address1", Address}, {"address2", Address},
	{"password", Secret}, {"passwd", Secret}, {"passphrase", Secret}, {"passcode", Secret}, {"accesskey", Secret},
	{"appsecret", Secret}, {"webhooksecret", Secret}, {"signingsecret", Secret}, {"sharedsecret", Secret}, {"consumersecret", Secret}, {"tokensecret", Secret},
	{"sessiontoken", Secret}, {"bearertoken", Secret}, {"apikey", Secret}, {"secretkey", Secret}, {"clientsecret", Secret}, {"accesstoken", Secret},
	{"refreshtoken", Secret}, {"privatekey", Secret}, {"authtoken", Secret}, {"密码", Secret}, {"密碼", Secret}, {"口令", Secret},
	{"微信号", WeChat}, {"微信號", WeChat}, {"wechatid", WeChat},
}

// exactKey is the type under a key that says it only as a whole.
func exactKey(folded string) Type {
	switch folded {
	case "name", "names", "displayname", "realname", "legalname", "preferredname", "nickname", "maidenname",
		"customername", "requestername", "submittername", "assigneename", "authorname", "agentname", "contactname",
		"recipientname", "sendername", "ownername", "holdername", "cardholdername", "cardholder", "accountholdername",
		"accountholder", "billingname", "shippingname", "payername", "payeename", "patientname", "employeename",
		"guestname", "passengername", "buyername", "sellername", "membername", "personname", "clientname",
		"signername", "fname", "lname", "contactperson", "username", "namesuffix", "nameprefix",
		"联系人", "收件人", "收货人", "申请人", "持卡人", "名字", "客户名称", "姓", "名",
		"寄件人", "发件人", "户主", "户名", "开户人", "经办人", "负责人", "入住人", "投保人", "被保险人", "监护人", "法定代表人", "聯絡人", "聯繫人", "收貨人", "申請人", "戶名":
		return Name
	case "mail", "emails", "emailaddresses", "电子邮件", "邮件地址":
		return Email
	case "phones", "phonenumbers", "cell", "cellnumber", "tel", "fax", "telno", "phone1", "phone2", "contactnumber", "whatsapp", "whatsappnumber", "msisdn", "联系方式":
		return Phone
	case "socialsecurity", "ssnlast4", "nationalid", "nationalidnumber", "nationalidentitynumber", "idnumber", "itin", "tin", "taxpayerid":
		return SSN
	case "证件号", "证件号码", "residentid", "idcard", "idcardno", "idcardnumber":
		return ResidentID
	case "card", "cards", "creditcard", "debitcard", "pan", "primaryaccountnumber", "ccnumber", "ccnum", "cardnum", "银行卡", "信用卡":
		return Card
	case "dob", "customerdob", "出生", "born":
		return Birthdate
	case "passport", "护照":
		return Passport
	case "drivinglicence", "drivinglicense", "driverslicense", "driverlicense", "driverslicence", "driverlicence", "dlnumber", "驾驶证", "驾驶证号", "驾照":
		return Licence
	case "mrn", "medicalrecordnumber", "medicalrecord", "medicalrecordno", "mrnnumber", "病历号", "就诊卡号", "住院号", "门诊号", "病案号":
		return MedicalRecord
	case "bankaccount", "routing", "routingno", "aba", "abanumber", "账号", "帐号", "账户", "帳號", "帳戶":
		return BankAccount
	case "aadhaar", "aadhaarnumber", "aadhaarno", "aadhar", "aadharnumber", "aadharno", "uidai":
		return Aadhaar
	case "panno", "pannumber", "pancard", "pancardnumber":
		return PAN
	case "nhs", "nhsnumber", "nhsno":
		return NHS
	case "nino", "ninumber", "nationalinsurance", "nationalinsurancenumber", "nationalinsuranceno":
		return NINO
	case "address", "addresses", "street", "street1", "street2", "line1", "line2", "line3", "billingaddress", "shippingaddress", "homeaddress", "deliveryaddress",
		"city", "城市", "town", "postalcode", "postcode", "zip", "zipcode", "邮编", "邮政编码",
		"收货地址", "住址", "详细地址", "家庭住址":
		return Address
	case "ip", "ips", "clientip", "remoteip", "sourceip", "lastip", "ipv4", "ipv6", "ipv6address", "remoteaddr":
		return IP
	case "wechat", "weixin", "wechatno", "wxid", "微信", "qq", "qqnumber", "qq号", "qq号码", "qq號":
		return WeChat
	case "secret", "pwd", "credential", "credentials", "idtoken":
		return Secret
	}
	return None
}
