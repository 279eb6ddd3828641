package pii_test

import (
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/pii"
)

// Names that a phrase tells: in greetings, behind titles, at the end of a letter,
// where people say who they are.
func TestNamesAreTold(t *testing.T) {
	for _, want := range strings.Split(strings.TrimSpace(`
Dear [Ada Lovelace], we have your order.
Dear [Ada]
dear [ada lovelace],
DEAR [ADA LOVELACE], THANK YOU FOR WAITING
DEAR MR. [STONE],
Hi [Ada], I cannot log in
Hello [Ada Lovelace]!
hey [ada], are you there?
Hi [Christina], I'm contacting you
Hi, [Ada]! The order is late.
Good morning [Ada], it is late.
> Hi [Ada],
<p>Dear [Ada],</p>
<div class="x">Hello [Ada Lovelace],<br>thanks</div>
Dear [Jean-Luc O'Brien], thanks
Dear [Jean-Luc O’Brien], thanks
Dear [Ludwig van der Berg], thanks
Dear [María de la Cruz Peña], thanks
Dear [Ada and Bob Stone], thanks
Dear Mr. and Mrs. [Stone], thanks
Dear Dr. [Müller-Lüdenscheidt],
Dear [Łukasz Żółć],
Dear [Дмитрий Петров],
Dear [陈伟],
Dear [Nguyễn Văn An],
Dear [J. R. R. Tolkien], thanks
Dear [Ada A. Lovelace], Hi [Bob I. Stone]
Liebe [Anna], danke!
Lieber Herr [von Braun], danke
Sehr geehrte Frau Dr. [Schmidt], hier ist
Cher [François], merci
Estimada Señora [García López], gracias
Mr. [Stone] flew on Tuesday morning.
I spoke with mr. [leiva] about it
For my take on Mrs. [Labrie], see
Mrs. [Labrie]'s order
please change it to Ms. [Stefania Trevisani]?
Frau [Yılmaz] hat angerufen
MR [STONE], CALLED
Kind regards, [Grace Hopper]
Kind regards,\n[Grace Hopper]
kind regards,\n[grace hopper]
KIND REGARDS\n[GRACE HOPPER]\nCEO
Thanks!\n\nBest,\n[Grace]
Regards,<br/>[Grace Hopper]</p>
Best regards\n-- \n[Grace Hopper]\nHead of Sales
Mit freundlichen Grüßen\n[Jürgen Groß]
Liebe Grüße [Anna]
Thanks, [Grace]
My name is [Martin] and I wait
my name is [eva kleist], hello
her maiden name is [nyberg]
My name’s [Ada]!
Mein Name ist [Jürgen Groß].
I'm [Katie E Miles], originally from
I am [Ada Lovelace].
This is [Ada] from billing
I write on behalf of [Ada Lovelace].
on behalf of Mr. [Stone]
I would like to remove my kid [Mario] from the will
Name:    [Toshimi Arata]\nPhone
Customer name: [Ada Lovelace]
Contact: [Ada Lovelace]\n
From: [Ada Lovelace] <[ada@example.com]>
To: "[Ada Lovelace]" <[ada@example.com]>
Signed-off-by: [Ada Lovelace]  <[ada@example.com]>
Attn: [Ada Lovelace]
Dear [Ada]&nbsp;here
Hi, this is [Ada Lovelace].
hi, this is [Ada Lovelace] ([ada@example.com]).
Hi there, this is [Ada Lovelace] and I wait
Hi [Bob], this is [Ada].
Hi [Bob] - this is [Ada].
Hello [Bob],\n\nthis is [Ada Lovelace] from Acme
Hi team,\nit's [Ada] from Acme
<p>Hi,<br>this is [Ada Lovelace]</p>
Good morning, I'm [Ada].
Hi I am [Ada Lovelace], I write
Hi, this is [Ada Lovelace] regarding order 1234
Hi, [Ada Lovelace] here, calling about it
Hallo, hier ist [Ada Lovelace].
Guten Tag, ich bin [Ada Lovelace].
Bonjour, c'est [Ada]. Bonjour, je suis [Ada Lovelace], votre cliente
At 10:00, [Ada Lovelace] <[ada@example.com]> wrote:
"[Ada Lovelace]" <[ada@example.com]>
<p>Kind regards,<br><a href="mailto:[ada@example.com]">[Ada Lovelace]</a>
Kind regards, <a href="tel:[+14155550132]">[Ada Lovelace]</a>
`), "\n") {
		want = strings.ReplaceAll(want, `\n`, "\n")
		in := strings.NewReplacer("[", "", "]", "").Replace(want)
		var out strings.Builder
		done := 0
		for _, s := range (&pii.Finder{}).Find(nil, []byte(in), pii.All) {
			out.WriteString(in[done:s.Start] + "[" + in[s.Start:s.End] + "]")
			done = s.End
		}
		if got := out.String() + in[done:]; got != want {
			t.Errorf("%q, want %q", got, want)
		}
		if !pii.TellsName([]byte(in)) && strings.Contains(in, " ") && !strings.ContainsAny(in, "&’@+") {
			t.Errorf("nothing tells that there is a name in %q", in)
		}
	}
}

// What looks like a name to who knows phrases alone stays whole.
func TestNoNamesAreTold(t *testing.T) {
	for _, in := range strings.Split(strings.TrimSpace(`
Dear Customer, your order is here.
Dear Valued Customer,
Dear Sir or Madam,
Dear Madam,
Dear All, Dear all, Dear Team, Dear Acme Team, Dear Stripe support team,
Dear Hiring Manager,
Dear Acme Customer Service,
dear customer, dear friends,
Dear diary, dear god,
Hi there! Hi team, hi all, hi again,
hello everyone, hey guys, hi folks
hi just checking in,
hi quick question,
Hello World
Hello, World!
Hello, Stripe charged me twice
Hi Fi systems
Hi, I am waiting. Hello, My order is late
Hello January, Hi Monday, Thanks, Friday is fine
Good morning, America is great
Kind regards, The Support Team
Kind regards,\nThe Support Team
Best regards,\nAcme Support
Regards,\nCustomer Service\nAcme Inc.
Best regards, Your Acme team
Thanks for Christmas. Thanks for the help
Thanks,\nplease advise
Thanks, Everyone
Thanks, John Deere tractors are fine
Thank you Amazon is great
Best Practices\nBest Western is near
Best Buy\n
Love Actually is a film. Cheers Bar
Mr. Coffee 12-cup
Dr. Pepper, Dr. Martens boots
I miss Berlin. You miss Christmas
MS Word and MS Office, DR Congo
at 12 Main Dr Springfield
Liebe Grüße aus Berlin
Liebe Grüße Team Acme
Liebe Kundin, Lieber Kunde, Liebe Kolleginnen und Kollegen,
Sehr geehrte Damen und Herren,
Liebe Freunde, lieber Kaffee als Tee
Herr der Ringe, Frau und Mann
Die Liebe Gottes
The file name is README.md and the product name is Acme Desk
my name is misspelled on the card
My name is not on it
I'm Using Windows. I am American. I'm Very happy with it
This is Grand Canyon. This is Customer Support from Acme
This is Monday from hell
on behalf of Acme, on behalf of Deutsche Bank, on behalf of the Acme Group
my friend Monday
my wife and my son went
Name: blue-widget-2\nName: 4000\nname:
Contact: Support\nCustomer: Acme\nClient: Acme Holdings Ltd\n
From: Berlin to: Paris
To: Berlin <br>no
Regards
The Regards Company of Best Names
Dear Ada_1, dear4 Ada
Dear Ada@example
Give her my regards, Berlin is nice
Hi, this is Grand Canyon tour
Hello, this is Windows. Hi, this is Urgent! Hi, I'm German and I
Hi, this is Customer Support.
Hallo, ich bin Kunde.
Hi, this is the Acme team
hi, it is Monday. Hi, it is Great
it's Ada, I am Ada, this is Ada
Dear
Hi
Mr.
`), "\n") {
		in = strings.ReplaceAll(in, `\n`, "\n")
		if got := marked(in, pii.All); got != in {
			t.Errorf("%q became %q", in, got)
		}
	}
}
