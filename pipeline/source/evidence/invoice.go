package evidence

import (
	"slices"
	"strings"

	"daybook/schemas"
	"daybook/schemas/dispute"
	"daybook/schemas/money"
	"daybook/schemas/service"
)

// focusInvoice are the columns of the dataset Invoice Detail of FOCUS 1.4. Those that no sum hangs on are known, and not read.
var focusInvoice = append([]column{
	required("BilledCost", setAmount), required("BillingCurrency", setCurrency), required("BillingPeriodStart", setStart), required("BillingPeriodEnd", setEnd),
	required("InvoiceId", setInvoice), required("InvoiceDetailId", setID), optional("InvoiceIssueDate", setKnown), optional("PaymentDueDate", setDue),
}, unread("BillingAccountId", "ChargeCategory", "InvoiceDetailCreated", "InvoiceDetailDescription", "InvoiceDetailGrain", "InvoiceDetailLastUpdated",
	"InvoiceIssueStatus", "InvoiceIssuerName", "PaymentCurrency", "PaymentCurrencyBilledCost", "PaymentCurrencyInvoiceDetailId", "PaymentTerms",
	"PurchaseOrderNumber", "ReferenceInvoiceId")...)

func unread(names ...string) (out []column) {
	for _, name := range names {
		out = append(out, column{name: name})
	}
	return out
}

func setInvoice(_ *decoder, r *service.EvidenceRow, text string) *amiss {
	r.Invoice = text
	return nil
}

func setCurrency(_ *decoder, r *service.EvidenceRow, text string) *amiss {
	r.Currency = money.Currency(text)
	if _, known := money.MinorUnits(r.Currency); !known {
		return &amiss{schemas.CodeBadValue, "it is no currency of ISO 4217"}
	}
	return nil
}

func setAmount(_ *decoder, r *service.EvidenceRow, text string) *amiss {
	amount, err := money.ParseDecimal(text)
	if err != nil {
		return &amiss{schemas.CodeBadDecimal, "it is not a decimal number"}
	}
	if _, err := money.FixedFromDecimal(amount); err != nil {
		return &amiss{schemas.CodeTooPrecise, "it has more than 18 fraction digits, or 20 before the point"}
	}
	r.Amount = &amount
	return nil
}

func setDue(d *decoder, r *service.EvidenceRow, text string) *amiss { return d.time(&r.Due, text) }

func setAnswer(_ *decoder, r *service.EvidenceRow, text string) *amiss {
	if kinds := dispute.AnswerKind("").Values(); !slices.Contains(kinds, text) {
		return &amiss{schemas.CodeBadValue, "it is none of " + strings.Join(kinds, ", ")}
	}
	r.Answer = text
	return nil
}

func setReason(_ *decoder, r *service.EvidenceRow, text string) *amiss {
	r.Reason = text
	return nil
}
