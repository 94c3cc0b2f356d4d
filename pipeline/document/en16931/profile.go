package en16931

import "fmt"

// Profile is whose rules a document keeps beside those of EN 16931.
type Profile string

// The profiles.
const (
	// Plain is EN 16931 and nothing else. Its CII is what Factur-X and ZUGFeRD embed.
	Plain Profile = "en16931"
	// Peppol is Peppol BIS Billing 3.0.
	Peppol Profile = "peppol"
	// XRechnung is the German administration's.
	XRechnung Profile = "xrechnung"
)

// Values lists the profiles.
func (Profile) Values() []string { return []string{string(Plain), string(Peppol), string(XRechnung)} }

const (
	core      = "urn:cen.eu:en16931:2017"
	xrechnung = "#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"
	billing   = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
)

// identifiers are what a document of the profile names as its specification (BT-24) and its process (BT-23).
func (p Profile) identifiers() (specification, process string, err error) {
	switch p {
	case Plain:
		return core, "", nil
	case Peppol:
		return core + "#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0", billing, nil
	case XRechnung:
		return core + xrechnung, billing, nil
	}
	return "", "", fmt.Errorf("profile %q of electronic invoices is not known; there are %q", p, p.Values())
}
