// Package journal posts what was issued, paid and decided by a chart of accounts, so that every entry balances. It is pure.
//
// Documents are posted on the day of issue: receivables against revenue, tax and what was paid before. Money is posted on the day on which the
// bank booked it, against what customers have paid and is not applied; an allocation moves it from there to receivables. So the balance of
// the account of receivables is always what is open of documents, and that of unapplied money always what is left of payments; Check
// proves both, the trial balance, and the tax.
//
// Amounts have the currency of what they are of, and stand beside their value in the provider's: what a document was worth when it was issued and
// its payment when it came differ by a realised exchange difference. An entry's identifier is a digest of what it is about, so that who
// posts again finds what was posted.
//
// Start with [Post].
package journal
