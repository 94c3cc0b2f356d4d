package payment

// CSVColumns are those of payments as CSV, payments-1.0, of which account, booked, amount and currency must be there. A book says by
// mapping, columns and constants of the source which columns of a bank's or a processor's file they come from.
//
//	account      ours: its IBAN, or a name for an account with a processor     charges     what was kept of it, where amount is without
//	statement    the statement or payout that it stands on                     party       who paid
//	reference    the bank's or processor's own                                 iban        the payer's account
//	booked       the day, or by layout of the mapping                          structured  the creditor's reference
//	valued       the day of value                                              end_to_end  the payer's identifier
//	amount       above zero for what we receive; layout 1.234,56 says how      document    a document's number
//	currency     of ISO 4217                                                   text        anything else
//	sign         credit or debit, where amount has no sign of its own          status      booked, pending or information; booked where empty
func CSVColumns() []string {
	return []string{
		"account", "statement", "reference", "booked", "valued", "amount", "currency", "sign", "charges", "party", "iban", "structured", "end_to_end", "document", "text", "status",
	}
}
