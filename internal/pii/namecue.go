package pii

import (
	"slices"
	"strings"
)

// manner is how a phrase tells the name behind it.
type manner uint8

// The manners.
const (
	tellsNothing manner = iota
	greets              // Dear
	calls               // Liebe, which is a noun, too
	hails               // Hi
	honours             // Mr.
	closes              // Kind regards
	thanks              // Thanks, which is said to nobody, too
	introduces          // my name is
	states              // I am
	presents            // this is
	represents          // on behalf of
	relates             // my wife
	fields              // Name:
	fieldsMore          // Customer:, which may be a company
	heads               // From: of a message
	opens               // this is, behind a greeting
)

// rule is what a manner asks of the text around the name.
type rule struct {
	opens  bool // the phrase stands where a sentence or a line begins
	closed bool // a comma, the end of the line or the like follows the name
	ends   bool // the name is the last of its line
	fewest int  // words of the name, without a title before them
	small  int  // most words of a name in small letters
	gap    gap
}

// gap is what stands between a phrase and its name.
type gap uint8

const (
	spaces gap = iota
	dot        // none or one, and spaces
	comma      // none or one, and spaces
	breaks     // a comma, lines or tags
	colon
)

var rules = [...]rule{
	greets:     {fewest: 1, small: 3, gap: comma},
	calls:      {opens: true, closed: true, fewest: 1, gap: spaces},
	hails:      {opens: true, fewest: 1, small: 2, gap: comma},
	honours:    {fewest: 1, small: 1, gap: dot},
	closes:     {opens: true, ends: true, fewest: 1, small: 3, gap: breaks},
	thanks:     {opens: true, ends: true, fewest: 1, gap: breaks},
	introduces: {fewest: 1, small: 3, gap: spaces},
	states:     {closed: true, fewest: 2, gap: spaces},
	presents:   {fewest: 1, gap: spaces},
	represents: {fewest: 2, gap: spaces},
	relates:    {fewest: 1, gap: spaces},
	fields:     {opens: true, ends: true, fewest: 1, gap: colon},
	fieldsMore: {opens: true, ends: true, fewest: 2, gap: colon},
	heads:      {opens: true, fewest: 1, gap: colon},
	opens:      {fewest: 1},
}

// phrases stand before names, in any capitals.
var phrases = [...]struct {
	how  manner
	list string
}{
	{greets, "dear,sehr geehrte,sehr geehrter"},
	{calls, "liebe,lieber,cher,chère,caro,cara,gentile,querido,querida,estimado,estimada,geachte,prezado,prezada,kære"},
	{hails, "hi,hello,hey,hallo,hola,bonjour,bonsoir,salut,ciao,moin,servus,good morning,good afternoon,good evening,guten tag,guten morgen,guten abend,grüß gott,buenos días,buenas tardes,buongiorno,hej,olá"},
	{honours, "mr,mrs,ms,mx,dr,prof,professor,miss,mister,frau,herr,herrn,señor,señora,señorita,srta,sra,monsieur,madame,mme,mlle,signor,signora,mevrouw,meneer,dhr,mevr"},
	{closes, "regards,kind regards,best regards,warm regards,warmest regards,kindest regards,with regards,with kind regards,with best regards,sincerely,sincerely yours,yours sincerely,yours truly,yours faithfully,faithfully,respectfully,cordially,best wishes,all the best,warmly," +
		"mit freundlichen grüßen,mit freundlichen grüssen,mit freundlichem gruß,mit besten grüßen,freundliche grüße,viele grüße,liebe grüße,beste grüße,herzliche grüße,schöne grüße,grüße,gruß,mfg,lg,vg," +
		"cordialement,bien cordialement,bien à vous,meilleures salutations,saludos,saludos cordiales,un saludo,un cordial saludo,atentamente,cordiali saluti,distinti saluti,saluti,met vriendelijke groet,vriendelijke groeten,groeten,groetjes,atenciosamente,med vänlig hälsning"},
	{thanks, "best,thanks,many thanks,thanks again,thanks a lot,thank you,thank you very much,thanks in advance,thx,cheers,love,yours,danke,vielen dank,merci,gracias,grazie"},
	{introduces, "name is,name's,mein name ist,ich heiße,je m'appelle,me llamo,mi nombre es,mi chiamo,mijn naam is,meu nome é"},
	{states, "i am,i'm,im"},
	{presents, "this is"},
	{represents, "on behalf of"},
	{relates, "my wife,my husband,my partner,my girlfriend,my boyfriend,my fiancé,my fiancée,my spouse,my son,my daughter,my kid,my child,my brother,my sister,my mother,my father,my mom,my mum,my dad,my aunt,my uncle,my niece,my nephew,my cousin,my friend,my colleague,my boss,my assistant,my lawyer,my neighbor,my neighbour,my roommate," +
		"my wife's name,my husband's name,my partner's name,meine frau,mein mann,ma femme,mon mari,mi esposa,mi marido"},
	{fields, "name,full name,first name,last name,surname,customer name,contact name,contact person,patient name,cardholder,cardholder name,billing name,guest name,passenger name,ansprechpartner,vorname,nachname,nom,prénom,nombre,nome,signed by,reported by,submitted by,attn,attention"},
	{fieldsMore, "contact,customer,client,patient,recipient,requester,applicant,sender,signed,billing address,shipping address,bill to,ship to"},
	{heads, "from,to,cc,bcc,reply-to,sender,author,committer,signed-off-by,reviewed-by,co-authored-by"},
}

// owners are the words before name is: the name of a file is none.
const owners = "my his her their your first last full middle maiden real given family legal whose"

// meaning is what a word is when it stands where a name may.
type meaning uint8

const (
	ordinary   meaning = iota
	never              // no word of a name, it ends one
	neverLater         // the same, unless it is the first: Will, May
	collective         // it speaks of a role, a group or a company: no person is named
	product            // no person behind a title
	particle           // in small letters, between the words of a name
	owner
)

var words = [...]struct {
	what meaning
	list string
}{
	{owner, owners},
	{particle, "van von der den de del della di da dos das do du la le el al bin ibn ben ter ten zu zur af av"},
	{neverLater, "will may april june mark can our for and"},
	{product, "coffee clean muscle potato pibb robot bean kipling pepper martens oetker scholl butterworth"},
	{never, "i me we us you he she it they them the a this that these those is are was were be been am does did have has had would could should shall must not no yes ok okay " +
		"on in at by with from or but if as of to up out off over about into than then when where which who what what's whats how why here now just also still only back again soon please pls sorry thank thanks thx " +
		"good morning afternoon evening day night nice great happy hope hoping wanted want need trying quick question follow following checking update see regarding re fw fwd welcome congratulations attached find below above more any some one two three first " +
		"there's here's it's i'm i've i'd let let's name wrong incorrect incorrectly misspelled spelled missing listed changed correct different unknown private confidential secret none empty null undefined " +
		"monday tuesday wednesday thursday friday saturday sunday january february march july august september october november december christmas easter today tomorrow yesterday " +
		"montag dienstag mittwoch donnerstag freitag samstag sonntag januar februar märz mai juni juli oktober dezember und oder ich wir sie die das dem ein eine bei aus im am zum für mit nach wie vielen dank bitte " +
		"le la les el los las un une una et je nous vous il elle grüße grüssen grüßen grüsse gruß gott world kitty fresh siri google alexa diary lord god jesus heaven " +
		"dear mr mrs ms mx dr prof professor miss mister frau herr herrn señor señora señorita srta sra monsieur madame mme mlle signor signora mevrouw meneer dhr mevr " +
		"id no error warning info debug true false ref order invoice ticket case payment refund card account phone email mobile fax tel address city country date street suite apt"},
	{collective, "all everyone everybody anyone anybody someone somebody there team teams folks guys friend friends colleague colleagues support user users member members subscriber subscribers customer customers client clients guest guests parent parents student students applicant applicants candidate candidates editor editors " +
		"mom mum mommy dad daddy santa reader readers recruiter recruiters partner partners supplier suppliers vendor vendors owner owners tenant tenants resident residents neighbour neighbours neighbor neighbors shareholder shareholders investor investors patient patients passenger passengers traveller traveler travellers cardholder cardholders " +
		"sir sirs madam ma'am ladies gentlemen gentleman lady both people person whoever valued esteemed fellow beloved mate buddy man dude bro sis kids children class " +
		"billing sales human resources hiring manager managers management staff crew committee board admin administrator administrators moderator moderators seller sellers buyer buyers shopper merchant merchants developer developers engineer engineers doctor nurse teacher officer agent agents representative operator reception receptionist concierge community group family landlord assistant bot " +
		"service services department dept inc ltd llc llp gmbh ag corp corporation co company companies bank desk center centre office insurance holding holdings international solutions systems software technologies technology labs hotel hotels airlines airways university college school hospital clinic institute foundation association agency ministry council club store shop market online limited plc sa sas srl bv nv kg ohg care experience success relations operations payments security helpdesk newsletter plan subscription edition pro premium enterprise desktop windows cloud api app version release system notification notifications noreply mailer postmaster daemon webmaster studio platform network media news press " +
		"kunde kundin kunden kundinnen damen herren kollege kollegin kollegen kolleginnen freund freunde freundin freundinnen leute nutzer mitglied mitglieder alle alles zusammen mitarbeiter mitarbeiterin mitarbeitende eltern gäste leser leserin leserinnen interessent interessenten bewerber kundenservice kundendienst abteilung bestellung " +
		"cliente tous toutes amis équipe equipe todos todas equipo amigo amigos amiga usuario usuarios tutti klant klanten directeur director head chief ceo cto cfo vp president"},
}

// lexeme is a word in the table by which it is looked up.
type lexeme struct {
	word    string // as fold of it
	what    meaning
	phrases []phrase // that begin with it, the longest first
}

// phrase is what follows the first word of a phrase, and what it tells.
type phrase struct {
	rest string
	how  manner
}

// tells reports a word that begins a phrase of one of the manners.
func (l *lexeme) tells(these ...manner) bool {
	return slices.ContainsFunc(l.phrases, func(p phrase) bool { return slices.Contains(these, p.how) })
}

// lexemes is the size of the lexicon, four times what it holds.
const lexemes = 4096

// lexicon holds words and phrases where lexemeSlot says, or right behind.
var lexicon = func() (t [lexemes]lexeme) {
	for _, row := range words {
		for w := range strings.FieldsSeq(row.list) {
			if l := lexemeIn(&t, w); l.what == ordinary {
				l.what = row.what
			}
		}
	}
	for _, row := range phrases {
		for p := range strings.SplitSeq(row.list, ",") {
			n := strings.IndexAny(p+" ", " -'")
			l := lexemeIn(&t, p[:n])
			l.phrases = append(l.phrases, phrase{rest: p[n:], how: row.how})
			slices.SortFunc(l.phrases, func(a, b phrase) int { return len(b.rest) - len(a.rest) })
		}
	}
	return t
}()

// lexemeIn is the place of a word in a table that is being filled.
func lexemeIn(t *[lexemes]lexeme, word string) *lexeme {
	folded := make([]byte, len(word))
	for i := range len(word) {
		folded[i] = word[i] | 0x20
	}
	i := lexemeSlot(folded)
	for t[i].word != "" && t[i].word != string(folded) {
		i = (i + 1) % len(t)
	}
	t[i].word = string(folded)
	return &t[i]
}

// longestLexeme is how long a word of the lexicon is at most, in bytes.
const longestLexeme = 20

// lexemeLengths are how long the words are that begin with a byte, a bit for
// each length: most words of a text are none by that.
var lexemeLengths = func() (t [256]uint32) {
	for i := range lexicon {
		if w := lexicon[i].word; w != "" {
			t[w[0]] |= 1 << len(w)
			t[w[0]&^0x20] |= 1 << len(w)
		}
	}
	return t
}()

// phraseBeginnings are the first three letters of phrases, by their lowest five
// bits, a bit for each third: few words of a text pass. What is behind a shorter
// word counts for its third.
var phraseBeginnings = func() (t [32][32]uint32) {
	for i := range lexicon {
		if word := lexicon[i].word; len(lexicon[i].phrases) > 0 {
			first, second, third := word[0]&31, byte(0), ^uint32(0)
			if len(word) > 1 {
				second = word[1] & 31
			}
			if len(word) > 2 {
				third = 1 << (word[2] & 31)
			}
			t[first][second] |= third
			if len(word) == 1 { // I am, I'm
				t[first]['\''&31] |= third
			}
		}
	}
	return t
}()

// phraseLengths are how long the first words of phrases are, by the lowest five bits of
// their first two letters, a bit for each length.
var phraseLengths = func() (t [32][32]uint32) {
	for i := range lexicon {
		switch word := lexicon[i].word; {
		case len(lexicon[i].phrases) == 0:
		case len(word) == 1: // whatever is behind it
			for second := range t[word[0]&31] {
				t[word[0]&31][second] |= 1 << 1
			}
		default:
			t[word[0]&31][word[1]&31] |= 1 << len(word)
		}
	}
	return t
}()

// mayBeginPhrase reports that a word, at the beginning of text, is as long as one that
// begins a phrase with the same letters.
func mayBeginPhrase(text []byte, length int) bool {
	return phraseLengths[text[0]&31][text[1]&31]>>length&1 != 0
}

// mayBePhrase reports that the word at text[i:] may begin a phrase.
func mayBePhrase(text []byte, i int) bool {
	return i+2 < len(text) && phraseBeginnings[text[i]&31][text[i+1]&31]>>(text[i+2]&31)&1 != 0
}

// lexemeSlot is where to look for a word first, in any capitals.
func lexemeSlot(word []byte) int {
	h := uint32(len(word))
	for _, c := range word {
		h = h*31 + uint32(c|0x20)
	}
	return int(h>>7^h) % lexemes
}

// noLexeme is what an unknown word is.
var noLexeme lexeme

// lookUp is what the lexicon says of a word in any capitals.
func lookUp(word []byte) *lexeme {
	if len(word) == 0 || len(word) > longestLexeme || lexemeLengths[word[0]]>>len(word)&1 == 0 {
		return &noLexeme
	}
	for i := lexemeSlot(word); lexicon[i].word != ""; i = (i + 1) % len(lexicon) {
		if sameLetters(word, lexicon[i].word) {
			return &lexicon[i]
		}
	}
	return &noLexeme
}
