package bank

import (
	"regexp"
	"strings"

	"daybook/schemas/payment"
)

// purpose reads :86: in the three ways in which banks structure it: by ?20 to ?63 (Germany and Austria), by /EREF/ and the like
// (SWIFT's own), and by EREF+ and the like within the purpose (SEPA in Germany). What has none of them is text.
func purpose(r *payment.Row, value string) {
	joined := strings.ReplaceAll(value, "\n", "")
	fields := subfields(joined)
	if fields == nil {
		r.Text = strings.TrimSpace(r.Text + " " + strings.ReplaceAll(value, "\n", " "))
		if strings.HasPrefix(joined, "/") {
			r.Text = strings.TrimSpace(joined)
			slashes(r, joined)
		}
		return
	}
	var use, name strings.Builder
	for _, f := range fields {
		switch n := f.number; {
		case n >= "20" && n <= "29", n >= "60" && n <= "63":
			use.WriteString(f.text)
		case n == "32", n == "33":
			name.WriteString(f.text)
		case n == "31":
			r.PartyAccount = payment.Plain(f.text)
		}
	}
	r.Party = strings.TrimSpace(name.String())
	r.Text = strings.TrimSpace(use.String())
	sepa(r)
}

type subfield struct{ number, text string }

var (
	subfieldMark = regexp.MustCompile(`\?(\d\d)`)
	sepaMark     = regexp.MustCompile(`(EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|IBAN|BIC|COAM|OAMT)\+`)
	slashMark    = regexp.MustCompile(`/(EREF|REMI|RREF|MARF|CSID|NAME|IBAN|BIC|ORDP|BENM|TRTP|RTRN|PREF|ADDR|ISDT)/`)
)

// subfields are the parts of a text that begin with ?20 and the like; nil where there is none.
func subfields(text string) (out []subfield) {
	marks := subfieldMark.FindAllStringSubmatchIndex(text, -1)
	for i, m := range marks {
		end := len(text)
		if i+1 < len(marks) {
			end = marks[i+1][0]
		}
		out = append(out, subfield{text[m[2]:m[3]], text[m[1]:end]})
	}
	return out
}

// marked are the parts of a text that begin with marks.
func marked(text string, mark *regexp.Regexp) (out []subfield) {
	marks := mark.FindAllStringSubmatchIndex(text, -1)
	for i, m := range marks {
		end := len(text)
		if i+1 < len(marks) {
			end = marks[i+1][0]
		}
		out = append(out, subfield{text[m[2]:m[3]], strings.TrimSpace(text[m[1]:end])})
	}
	return out
}

func sepa(r *payment.Row) {
	for _, f := range marked(r.Text, sepaMark) {
		switch f.number {
		case "EREF":
			endToEnd(r, f.text)
		case "IBAN":
			r.PartyAccount = payment.Plain(f.text)
		case "SVWZ":
			structured(r, f.text)
		}
	}
}

func slashes(r *payment.Row, text string) {
	for _, f := range marked(text, slashMark) {
		switch f.number {
		case "EREF":
			endToEnd(r, f.text)
		case "REMI":
			structured(r, strings.TrimPrefix(strings.TrimPrefix(f.text, "USTD//"), "STRD/CUR/"))
		case "NAME":
			r.Party = f.text
		case "IBAN":
			r.PartyAccount = payment.Plain(f.text)
		case "RTRN":
			r.Return = strings.Trim(f.text, "/")
		}
	}
}

func endToEnd(r *payment.Row, text string) {
	if text != "" && text != "NOTPROVIDED" {
		r.EndToEnd = text
	}
}

// structured takes a purpose that is a creditor's reference and nothing else.
func structured(r *payment.Row, text string) {
	if ref, sound := payment.CheckedReference(text); sound {
		r.Structured = ref
	}
}
