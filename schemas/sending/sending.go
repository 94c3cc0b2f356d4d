// Package sending holds what a book says of how issued documents reach customers, and what was decided about those of which nobody
// knows whether they did.
package sending

import "daybook/schemas"

// Sending is how documents reach customers: sending.yaml. No run depends on it.
type Sending struct {
	// Since is the date of the first documents that are sent: those dated before went another way.
	Since schemas.Date `yaml:"since"`
	// Mail is how mail is sent.
	Mail *Mail `yaml:"mail,omitempty"`
	// Recipients say who gets what.
	Recipients []Recipient `yaml:"recipients"`
}

// Mail is the server that takes mail, and what stands in it.
type Mail struct {
	// Server is its name and port, such as mail.example.com:587.
	Server   string   `yaml:"server"`
	Security Security `yaml:"security,omitempty"`
	// From is the address that mail comes from, and ReplyTo that to which is answered; empty is the same.
	From    string `yaml:"from"`
	ReplyTo string `yaml:"reply_to,omitempty"`
	// User is the name by which the server knows us; the password stands in the environment, as DAYBOOK_SMTP_PASSWORD. Without a user
	// the server is told neither.
	User string `yaml:"user,omitempty"`
	// Text is what the mail says below the line that names the document, one paragraph each.
	Text []string `yaml:"text,omitempty"`
}

// Security is how the way to the mail server is kept secret.
type Security string

// The ways, the default first.
const (
	StartTLS Security = "starttls"
	TLS      Security = "tls"
	// Plain is for a server on this machine.
	Plain Security = "none"
)

// Values lists what a book may say, the default first.
func (Security) Values() []string { return schemas.Texts(StartTLS, TLS, Plain) }

// Recipient is who gets documents, of whom, and in what form. Where recipients name an account, those get its documents, or else those
// that name its customer, or else those that name neither.
type Recipient struct {
	// ID tells recipients apart, and what was sent to them: under another one all is sent again.
	ID       string            `yaml:"id"`
	Customer string            `yaml:"customer,omitempty"`
	Account  schemas.AccountID `yaml:"account,omitempty"`
	// From is the date of the first documents that it gets; no day is that of all.
	From schemas.Date `yaml:"from,omitempty"`
	By   Way          `yaml:"by"`
	// To are addresses for mail; none is the customer's email.
	To []string `yaml:"to,omitempty"`
	// Place is the directory or bucket of a folder or a Peppol access point, a URL or a path relative to the book.
	Place string `yaml:"place,omitempty"`
	// Attach are the forms of the files; none is pdf. What goes to a Peppol access point has one of its own.
	Attach []Attachment `yaml:"attach,omitempty"`
}

// Way is how something is sent.
type Way string

// The ways.
const (
	ByMail Way = "mail"
	// ByFolder puts files into a directory or bucket, from which others fetch them.
	ByFolder Way = "folder"
	// ByPeppol puts documents in their envelope into the directory or bucket of a Peppol access point.
	ByPeppol Way = "peppol"
)

// Values lists what a book may say.
func (Way) Values() []string { return schemas.Texts(ByMail, ByFolder, ByPeppol) }

// Attachment is a form of a file that is sent: the document's, or the usage behind it.
type Attachment string

// The attachments.
const (
	AsPDF          Attachment = "pdf"
	AsHTML         Attachment = "html"
	AsJSON         Attachment = "json"
	AsFacturX      Attachment = "factur-x"
	AsPeppol       Attachment = "peppol"
	AsXRechnung    Attachment = "xrechnung"
	AsXRechnungCII Attachment = "xrechnung-cii"
	AsUBL          Attachment = "ubl"
	AsCII          Attachment = "cii"
	// UsageCSV and UsageParquet are the usage records of the document's accounts and month.
	UsageCSV     Attachment = "usage-csv"
	UsageParquet Attachment = "usage-parquet"
)

// Values lists what a book may say, the default first.
func (Attachment) Values() []string {
	return schemas.Texts(AsPDF, AsHTML, AsJSON, AsFacturX, AsPeppol, AsXRechnung, AsXRechnungCII, AsUBL, AsCII, UsageCSV, UsageParquet)
}

// Electronic reports whether it is, or holds, an electronic invoice.
func (a Attachment) Electronic() bool {
	switch a {
	case AsFacturX, AsPeppol, AsXRechnung, AsXRechnungCII, AsUBL, AsCII:
		return true
	case AsPDF, AsHTML, AsJSON, UsageCSV, UsageParquet:
	}
	return false
}

// Ruling says what becomes of something that was sent, or may have been: a row of sendings.csv.
type Ruling struct {
	// Document is the number, and Recipient the identifier, of what the decision is about.
	Document  string `yaml:"document"`
	Recipient string `yaml:"recipient"`
	// Attempt is the one that it is about, counted from 1.
	Attempt int     `yaml:"attempt"`
	Outcome Outcome `yaml:"outcome"`
	// On is when it was decided, By who did, and Reason why.
	On     schemas.Date `yaml:"on"`
	By     string       `yaml:"by"`
	Reason string       `yaml:"reason,omitempty"`
}

// Outcome is what a ruling makes of an attempt.
type Outcome string

// The outcomes.
const (
	// Arrived says that it reached the recipient.
	Arrived Outcome = "arrived"
	// Again sends it once more.
	Again Outcome = "again"
	// Never says that it is not sent any more.
	Never Outcome = "never"
)

// Values lists what a book may say.
func (Outcome) Values() []string { return schemas.Texts(Arrived, Again, Never) }
