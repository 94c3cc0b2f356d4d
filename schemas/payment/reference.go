package payment

import "strings"

// CreditorReference is the structured reference of ISO 11649 for a document's number: RF, two check digits, and up to 21 letters and
// digits. Empty where the number has none, or more of them.
func CreditorReference(number string) string {
	body := alphanumeric(number)
	if body == "" || len(body) > 21 {
		return ""
	}
	check := 98 - mod97(body+"RF00")
	return "RF" + string([]byte{byte('0' + check/10), byte('0' + check%10)}) + body
}

// CheckedReference is a creditor's reference as it is compared, without blanks and in capitals, and reports whether its check digits are right.
func CheckedReference(text string) (string, bool) {
	text = alphanumeric(text)
	if len(text) < 5 || len(text) > 25 || !strings.HasPrefix(text, "RF") {
		return text, false
	}
	return text, mod97(text[4:]+text[:4]) == 1
}

// CheckedIBAN is an IBAN without blanks, and reports whether its check digits are right.
func CheckedIBAN(text string) (string, bool) {
	text = alphanumeric(text)
	if len(text) < 15 || len(text) > 34 || text[0] < 'A' || text[1] < 'A' {
		return text, false
	}
	return text, mod97(text[4:]+text[:4]) == 1
}

// Plain is what is compared of numbers and references: letters and digits, the letters in capitals.
func Plain(text string) string { return alphanumeric(text) }

func alphanumeric(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9', r >= 'A' && r <= 'Z':
			return r
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		}
		return -1
	}, text)
}

// mod97 is the remainder by 97 of digits and letters, which count from A = 10.
func mod97(text string) int {
	sum := 0
	for _, c := range []byte(text) {
		if c >= 'A' {
			sum = (sum*100 + int(c-'A') + 10) % 97
		} else {
			sum = (sum*10 + int(c-'0')) % 97
		}
	}
	return sum
}
