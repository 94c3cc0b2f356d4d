package parse

import (
	"fmt"
	"regexp"
	"strings"
)

// A book lies in version control and its digest in every manifest, so it is no place for credentials: the landing
// place and the store take them from the environment.

var (
	secretNames  = regexp.MustCompile(`(?i)(passw(or)?d|passphrase|secret|token|credential|api[-_]?key|private[-_]?key|access[-_]?key)`)
	secretValues = regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY|\b(AKIA|ASIA)[0-9A-Z]{16}\b|://[^/@\s:]*:[^/@\s]+@|[?&;](sig|SharedAccessKey|X-Amz-Signature)=`)
)

const secretHint = "remove it and make the secret invalid where it was issued; credentials come from the environment"

// secretName complains of a key that looks as if it held a secret.
func secretName(key string) *Wrong {
	if !secretNames.MatchString(key) {
		return nil
	}
	return &Wrong{fmt.Sprintf("%q looks like a secret, and a book holds none", Clip(key)), secretHint}
}

// secretValue complains of a text that looks like a secret. It does not repeat the text.
func secretValue(text string) *Wrong {
	if len(text) < 8 || !strings.ContainsAny(text, ":=") && !strings.Contains(text, "AKIA") && !strings.Contains(text, "ASIA") &&
		!strings.Contains(text, "-----BEGIN") {
		return nil // cheap, for it is asked of every cell
	}
	if !secretValues.MatchString(text) {
		return nil
	}
	return &Wrong{"the value looks like a secret, and a book holds none", secretHint}
}
