package schemas

// CodeInfo documents one finding code: what it means, how grave it is unless the book says otherwise, and what to do.
type CodeInfo struct {
	Code     Code
	Severity Severity
	Meaning  string
	Fix      string
}

// The finding codes. Each has an entry in Codes and a fixture under fixtures/.
const (
	// Of a row.
	CodeBadDecimal        Code = "bad_decimal"
	CodeTooPrecise        Code = "too_precise"
	CodeBadTime           Code = "bad_time"
	CodeBadPeriod         Code = "bad_period"
	CodeMissingValue      Code = "missing_value"
	CodeBadValue          Code = "bad_value"
	CodeBadJSON           Code = "bad_json"
	CodeBadEncoding       Code = "bad_encoding"
	CodeRaggedRow         Code = "ragged_row"
	CodeBadQuote          Code = "bad_quote"
	CodeLongRow           Code = "long_row"
	CodeOtherPeriod       Code = "other_period"
	CodeDuplicateConflict Code = "duplicate_conflict"
	CodeUnknownAccount    Code = "unknown_account"
	CodeTwoOwners         Code = "two_owners"
	CodeUnknownSKU        Code = "unknown_sku"
	CodeUnknownCurrency   Code = "unknown_currency"
	CodeNoSubscription    Code = "no_subscription"
	CodeUnitMismatch      Code = "unit_mismatch"
	CodeNegativeUsage     Code = "negative_usage"
	CodePeriodNotRun      Code = "period_not_run"
	CodeLateUsage         Code = "late_usage"
	CodeRerateDiffers     Code = "rerate_differs"
	CodeLateFacts         Code = "late_facts"
	CodeAccountGone       Code = "account_gone"
	CodeUsageDecided      Code = "usage_decided"
	CodeDecidedGone       Code = "decided_missing"
	CodeTooLarge          Code = "too_large"
	// Of an object or delivery.
	CodeToleratedNull     Code = "tolerated_null"
	CodeToleratedTime     Code = "tolerated_time"
	CodeToleratedCase     Code = "tolerated_case"
	CodeToleratedBinary   Code = "tolerated_binary"
	CodeRounded           Code = "rounded"
	CodeDialect           Code = "dialect"
	CodeJoinedFiles       Code = "joined_files"
	CodeUnknownColumn     Code = "unknown_column"
	CodeLeftOut           Code = "left_out"
	CodeMissingColumn     Code = "missing_column"
	CodeUnreadableObject  Code = "unreadable_object"
	CodeManifestMismatch  Code = "manifest_mismatch"
	CodeHostileObject     Code = "hostile_object"
	CodeMissingDelivery   Code = "missing_delivery"
	CodeLateDelivery      Code = "late_delivery"
	CodeSupersededVersion Code = "superseded_version"
	CodeEmptyObject       Code = "empty_object"
	CodeUnsettled         Code = "unsettled_object"
	CodeRepeatedObject    Code = "repeated_object"
	CodeStrayObject       Code = "stray_object"
	CodeSequenceGap       Code = "sequence_gap"
	CodeFeedStopped       Code = "feed_stopped"
	CodeUnusableVersion   Code = "unusable_version"
	CodeTwoExports        Code = "two_exports"
	// Of an account or of the plan.
	CodeNoPrice          Code = "no_price"
	CodeNoRate           Code = "no_fx_rate"
	CodeUnplanned        Code = "unplanned_revenue"
	CodePlanMissed       Code = "plan_variance"
	CodePlanChanged      Code = "plan_changed"
	CodePlanAtRisk       Code = "plan_at_risk"
	CodePeerOverbilled   Code = "peer_overbilled"
	CodePeerUnderbilled  Code = "peer_underbilled"
	CodePeerUnmatched    Code = "peer_unmatched"
	CodePeerUnbilled     Code = "peer_unbilled"
	CodeTermUnknown      Code = "term_unknown"
	CodePeerRow          Code = "peer_discrepancy"
	CodePeerTolerated    Code = "peer_tolerance_passed"
	CodePeerInvoice      Code = "peer_invoice"
	CodeDisputeDue       Code = "dispute_due"
	CodeDisputeUnknown   Code = "dispute_unmatched"
	CodeRequestUnmatched Code = "request_unmatched"
	CodeUnallocated      Code = "unallocated_cost"
	CodeNegativeMargin   Code = "negative_margin"
	CodeBudgetReached    Code = "budget_reached"
	CodeUseAnomaly       Code = "use_anomaly"
	CodeUndivided        Code = "cost_undivided"
	CodeGoalMissed       Code = "goal_missed"
	// Of who uses peers' services.
	CodeIdentityUnknown   Code = "identity_unknown"
	CodeIdentityShared    Code = "identity_of_two"
	CodeIdentityOutlives  Code = "identity_outlives"
	CodeIdentityMissing   Code = "identity_missing"
	CodeIdentityUnowned   Code = "identity_unowned"
	CodeCredentialEnded   Code = "credential_ended"
	CodeCredentialDue     Code = "credential_due"
	CodeCredentialUnknown Code = "credential_unknown"
	CodeNotEntitled       Code = "not_entitled"
	CodeNotSettled        Code = "not_settled"
	CodeCheaperPeer       Code = "cheaper_peer"
	// Of a promise about a service.
	CodeSLABreach      Code = "sla_breach"
	CodeSLAReview      Code = "sla_review"
	CodeSLAUnmeasured  Code = "sla_unmeasured"
	CodeClaimDue       Code = "claim_due"
	CodeMissingCredit  Code = "missing_credit"
	CodeCreditUnbooked Code = "credit_unbooked"
	// Of what was paid.
	CodeStatementUnbalanced Code = "statement_unbalanced"
	CodePaymentNotSplit     Code = "payment_not_split"
)

// Codes lists every code once, in the order of the constants.
var Codes = []CodeInfo{
	{CodeBadDecimal, Rejected, "a quantity, price or cost is not a decimal number", "have the source write plain decimals such as 12.5 or 1e-6"},
	{CodeTooPrecise, Rejected, "a decimal has more than 18 fraction digits that are not zero", "have the source round, or set tolerate.rounding of the source"},
	{CodeBadTime, Rejected, "a time is not in a format that the source declares", "add the format to tolerate.times of the source"},
	{CodeBadPeriod, Rejected, "a charge period ends before it begins, or lacks an end", "have the source correct the row"},
	{CodeMissingValue, Rejected, "a required column is empty", "have the source fill it"},
	{CodeBadValue, Rejected, "a value is outside the set that the format allows", "have the source correct it"},
	{CodeBadJSON, Rejected, "a line or a JSON column does not parse", "have the source correct the row"},
	{CodeBadEncoding, Rejected, "a text is not UTF-8", "have the source export UTF-8"},
	{CodeRaggedRow, Rejected, "a row has more or fewer fields than the header", "look for an unquoted comma or line break in the row"},
	{CodeBadQuote, Rejected, "a quote stands inside an unquoted field, or is never closed; the row ends with its first line", "have the source put fields with quotes in quotes, and double those within"},
	{CodeLongRow, Rejected, "a row is longer than the limit", "look for a missing closing quote"},
	{CodeOtherPeriod, Rejected, "the row belongs to another billing period than its delivery", "ask the source whether the row was meant for that period; it is billed when delivered there"},
	{CodeDuplicateConflict, Warning, "two records with one identifier differ", "the first is used; ask the source which is right"},
	{CodeUnknownAccount, Suspended, "no customer of the book has this account", "add it to accounts of a customer, or of the peer whose number it is; the row is rated on the next run"},
	{CodeTwoOwners, Suspended, "mappings of one order claim a row for several accounts, and it is nobody's", "give the one that is to count a lower order; the row is rated on the next run"},
	{CodeUnknownSKU, Suspended, "no meter of the book takes this SKU", "add the SKU to skus of a meter; the row is rated on the next run"},
	{CodeUnknownCurrency, Suspended, "the currency is not in ISO 4217", "have the source write the code of ISO 4217, or set BillingCurrency by constants of the source"},
	{CodeNoSubscription, Suspended, "the account has no subscription to an offering with a price for this meter", "add one to subscriptions of the account; the row is rated on the next run"},
	{CodeUnitMismatch, Suspended, "the usage is in another unit than its meter", "add the factor between them to units of the catalogue"},
	{CodeNegativeUsage, Warning, "the metered quantity of the period is negative", "look for corrections without the records they correct"},
	{CodePeriodNotRun, Warning, "usage of an earlier period came, and that period has no run", "run that period, then this one again"},
	{CodeLateUsage, Note, "usage of an earlier period came after that period was run", "none, if the meter's policy for late usage is meant"},
	{CodeRerateDiffers, Warning, "an earlier period that is rated again comes to other charges, though the book says the same of it", "look at what was renamed in the book, and whether another version of daybook ran it; the correction brings the charges to what they are rated as now"},
	{CodeLateFacts, Note, "the book has learned something of an earlier period, and its charges are corrected", "look whether what the book says of the period is right; what holds from a day on is written with that day"},
	{CodeAccountGone, Note, "an account that was charged is not in the book any more", "put it back, with an end to what it had, if any of it is to be given back"},
	{CodeUsageDecided, Note, "usage is void, or counts as another quantity, by what was decided about a customer's dispute", "none, if the decision in disputes of the book is meant"},
	{CodeDecidedGone, Warning, "a decision about a customer's dispute names records that the account does not have in the month", "correct source, records or rows under usage of the decision; daybook dispute lists what its selector finds"},
	{CodeTooLarge, Suspended, "a charge would come to 10^15 or more, or its quantity to 10^20 or more", "look for a slip in the quantity or the price; it is rated on the next run once that is mended"},
	{CodeToleratedNull, Note, "a declared null token, or an empty value that the format forbids, was read as null", "none, if the tolerance is meant"},
	{CodeToleratedTime, Note, "a time was read in a declared format that is not ISO 8601", "none, if the tolerance is meant"},
	{CodeToleratedCase, Note, "a value was read in spite of its casing", "none, if the tolerance is meant"},
	{CodeToleratedBinary, Note, "decimals were read from binary floating point, as the shortest decimal of each", "have the source write decimals"},
	{CodeRounded, Note, "decimals of more than 18 fraction digits were rounded to these; the residue is shown", "none, if the rounding is meant"},
	{CodeDialect, Note, "an object is CSV in another dialect than RFC 4180, which was told beyond doubt, or lacks its last line break", "none, or have the source write commas and line feeds"},
	{CodeJoinedFiles, Rejected, "the header of a CSV stands again amid its rows", "look whether the rows behind it stand before it, too, and have the source deliver each file by itself"},
	{CodeUnknownColumn, Note, "a column is not in the format; it is kept in x_Extra", "none, or name the column in columns or ignore of the source"},
	{CodeLeftOut, Note, "rows are left out, as take of the source says", "none, if it is meant"},
	{CodeMissingColumn, Blocking, "a column that the format requires is absent from the object", "check that the source's format and version are declared rightly"},
	{CodeUnreadableObject, Blocking, "an object is truncated, damaged or not in its declared format; its delivery is refused whole", "have the source deliver it again"},
	{CodeManifestMismatch, Blocking, "an object differs from its manifest in size, digest or rows; its delivery is refused whole", "have the source deliver it again"},
	{CodeHostileObject, Blocking, "an object or manifest breaks a limit of safety; its delivery is refused whole", "look at who wrote it before raising the limit"},
	{CodeMissingDelivery, Blocking, "an expected delivery is not there; the period is provisional", "wait for it, or add it to waivers of the provider, by name and reason"},
	{CodeLateDelivery, Warning, "a delivery came after it was due", "none; ask the source if it keeps happening"},
	{CodeEmptyObject, Warning, "an object has no rows", "ask the source whether there was nothing to deliver; a snapshot without rows takes the place of one with rows"},
	{CodeSupersededVersion, Note, "a newer complete version of the snapshot replaces this one", "none; the older is kept as evidence"},
	{CodeUnsettled, Warning, "an object is younger than its source's settling time and was not read", "run again once it has settled"},
	{CodeRepeatedObject, Warning, "an object has the bytes of another of its source and period, and counts once", "ask the source whether it sent the same twice"},
	{CodeStrayObject, Warning, "an object lies among the deliveries of a period and belongs to none of them", "correct its name or the source's pattern, have the manifest name it, or remove it"},
	{CodeSequenceGap, Blocking, "numbers are missing in the sequence of a source's objects, so that some of these have not come", "have the source deliver them, or add it to waivers of the provider, by name and reason"},
	{CodeFeedStopped, Warning, "a source that had usage on every day has none any more", "ask the source whether it stopped, or whether nothing was used"},
	{CodeUnusableVersion, Blocking, "more of a version of the snapshot is rejected than its source declares as bearable, and another version is better", "have the source deliver it again, or raise bearable of the source"},
	{CodeTwoExports, Blocking, "two sources of a peer bill the same, as two exports or two views of one bill do; FOCUS counts, or that whose name comes first", "remove one of the two sources, or divide what they deliver; a waiver takes both"},
	{CodeNoPrice, Suspended, "an offering has no price in force for a meter on that day", "add it to prices of the offering"},
	{CodeNoRate, Suspended, "there is no exchange rate for the pair on or before the day", "add the rate to fx.csv"},
	{CodeUnplanned, Warning, "revenue or cost without a line in the plan", "add the line to plan.csv"},
	{CodePlanMissed, Warning, "actual and plan differ by more than the materiality threshold", "see the variance's causes"},
	{CodePlanChanged, Warning, "a version of the plan is not as an earlier run had it", "put it back as it was, and write what is new as a version of its own"},
	{CodePlanAtRisk, Warning, "by its forecast, a month or a year misses its plan by more than the materiality threshold", "see the forecast; decide what to do before its end, or revise the plan by a version"},
	{CodePeerOverbilled, Warning, "a peer bills more than our meter times the contract rate", "dispute the line with the peer"},
	{CodePeerUnderbilled, Warning, "a peer bills less than our meter times the contract rate", "expect the rest on a later bill, or correct the meter or the rate"},
	{CodePeerUnmatched, Warning, "a peer bills a service that no contract line covers", "add the rate to rates of the contract, or dispute it"},
	{CodePeerUnbilled, Warning, "our meter saw use of a contracted service that the peer does not bill", "expect it on a later bill"},
	{CodeTermUnknown, Warning, "a commitment to a peer goes on from a month that has no run, so that what was spent in its term is not known", "run that month, then this one again"},
	{CodePeerRow, Warning, "a row of a peer's bill, or what our meters counted for one, is not as the contract has it", "see its class in the discrepancies; dispute it with the peer, or mend the meter or the contract"},
	{CodePeerTolerated, Warning, "differences that a contract lets pass one by one come to more than it lets pass in sum", "raise the sum with the peer, or raise cap or rolling in detail of the contract"},
	{CodePeerInvoice, Warning, "a peer's invoice comes to another sum than the rows of its bill", "ask the peer which rows the difference is of; pay no more than what is safe to pay"},
	{CodeDisputeDue, Warning, "a dispute with a peer waits for somebody: it is to be raised, answered, credited or given up", "raise it in disputes of the book, remind the peer, or give it up by write_off of the dispute"},
	{CodeDisputeUnknown, Warning, "a peer's answer is about no dispute of the book, or a dispute is about no discrepancy", "correct the dispute in disputes, or ask the peer which it means"},
	{CodeRequestUnmatched, Warning, "the book answers a request that is not delivered, or one is delivered about an account that is not in the book", "correct id and source of the request in requests, or add the account"},
	{CodeUnallocated, Warning, "a peer's cost belongs to no customer", "add the number to accounts of the peer, or to own_use of the peer where it is ours"},
	{CodeBudgetReached, Warning, "a threshold of a budget for a peer's use is reached, by what is billed or by the forecast", "see the dataset of peers' use for whose it is, or raise amount of the budget"},
	{CodeUseAnomaly, Warning, "what a peer bills for a day is unlike the same days of the week before", "see peer_use for whose it is; raise floor in anomalies of the peer where it is borne"},
	{CodeUndivided, Warning, "a shared cost is divided among nobody, as none of those who share it used what it is divided by", "choose another key in shared of the peer, or add customers to among"},
	{CodeGoalMissed, Warning, "a peer's service misses a goal that it is to reach for an offering", "see integration for the days; talk to the peer, or revise goals of the peer"},
	{CodeIdentityUnknown, Warning, "a peer bills use by an identity that the register does not have, or not then", "add it to identities, or have the peer take it away"},
	{CodeIdentityShared, Warning, "an identity acts for two customers", "give each customer an identity of its own"},
	{CodeIdentityOutlives, Warning, "an identity is used though its customer has ended", "have the peer take it away"},
	{CodeIdentityMissing, Warning, "a customer may use a peer's services, and no identity acts for it there", "add one to identities"},
	{CodeIdentityUnowned, Warning, "nobody answers for an identity", "write owner of the identity"},
	{CodeCredentialEnded, Warning, "a peer bills use by a credential that had expired or was revoked", "have the peer end its use, and find out who has it"},
	{CodeCredentialDue, Warning, "a credential is about to expire, or is to be replaced", "have a new one issued"},
	{CodeCredentialUnknown, Warning, "a peer has issued a credential to somebody whom the register does not have", "add an identity with the name of its holder, or have the peer revoke it"},
	{CodeNotEntitled, Warning, "an account uses what no entitlement allows: then, there, of that SKU, or without the subscription that it needs", "add an entitlement, or have the use ended"},
	{CodeNegativeMargin, Warning, "a charge earns less than it costs", "look at the price against the contract rate"},
	{CodeNotSettled, Warning, "what is owed under an agreement with other providers cannot be settled: it has no price, or is in another unit or currency", "add the price to prices of the good, the factor to units of the catalogue, or the currency to currencies of the agreement"},
	{CodeCheaperPeer, Note, "the month's use would have cost less at another peer", "see the dataset of arbitrage; decide whether to move it"},
	{CodeSLABreach, Warning, "a promise about a service was broken", "claim the credit of a peer; ours goes onto the next draft, by itself or when it is claimed"},
	{CodeSLAReview, Warning, "what became of a promise about a service hangs on what a person must decide", "have the evidence completed, or say in the SLA how it counts"},
	{CodeSLAUnmeasured, Note, "a service was not measured all the time", "look why its measurements are not there; measure.unmeasured of the SLA says how that time counts"},
	{CodeClaimDue, Warning, "a peer owes a credit that nobody has claimed", "send its claim, and add it to claims of the promise"},
	{CodeMissingCredit, Warning, "a peer's bill lacks a credit that is due", "remind the peer; its next bill may have it"},
	{CodeStatementUnbalanced, Warning, "the balances and the booked transactions of a bank statement do not agree", "ask the bank for the statement; what is booked is taken as it stands"},
	{CodePaymentNotSplit, Note, "the transactions of a bank's entry do not come to its amount, and the entry is taken as one", "none, or ask the bank for details that add up"},
	{CodeCreditUnbooked, Warning, "a service credit that we owe stands on no draft", "put the account back into the book with its currency, or pay the credit otherwise"},
}

// Info returns the documentation of a code and whether it is known.
func (c Code) Info() (CodeInfo, bool) {
	for _, i := range Codes {
		if i.Code == c {
			return i, true
		}
	}
	return CodeInfo{}, false
}
