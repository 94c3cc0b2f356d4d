package money

import (
	"maps"
	"slices"
	"strings"
)

// Currency is an ISO 4217 alphabetic code in capitals, such as EUR.
type Currency string

// CurrencyTableDate is the day on which the table below was the whole of ISO 4217 list one.
const CurrencyTableDate = "2026-01-01"

// noMinorUnit marks the codes for which the standard gives none: metals, units of account and tests.
const noMinorUnit = -1

// currencyTable is ISO 4217 list one (SIX Interbank Clearing, maintenance agency) by number of minor digits, and the
// codes of list three that were withdrawn since 2015, because restatements and old invoices still carry them.
var currencyTable = []struct {
	digits int32
	codes  string
}{
	{0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"},
	{2, "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW " +
		"CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF " +
		"IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK " +
		"MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP " +
		"SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG " +
		"YER ZAR ZMW ZWG"},
	{3, "BHD IQD JOD KWD LYD OMR TND"},
	{4, "CLF UYW"},
	{noMinorUnit, "XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX"},
	{0, "BYR"}, // withdrawn
	{2, "ANG BGN CUC HRK LTL MRO SLL STD VEF ZWL"}, // withdrawn
}

// minorDigits is currencyTable by code.
var minorDigits = func() map[Currency]int32 {
	m := map[Currency]int32{}
	for _, group := range currencyTable {
		for code := range strings.FieldsSeq(group.codes) {
			m[Currency(code)] = group.digits
		}
	}
	return m
}()

// MinorUnits returns the number of decimal places of the currency's minor unit: 2 for EUR, 0 for JPY. It reports false
// for a code that is unknown or, as XAU, has no minor unit; nothing can be invoiced in either.
func MinorUnits(c Currency) (int32, bool) {
	digits, ok := minorDigits[c]
	if !ok || digits == noMinorUnit {
		return 0, false
	}
	return digits, true
}

// ValidCurrency reports whether c is a code of the table, with or without a minor unit.
func ValidCurrency(c Currency) bool {
	_, ok := minorDigits[c]
	return ok
}

// Currencies returns all codes of the table in alphabetical order.
func Currencies() []Currency { return slices.Sorted(maps.Keys(minorDigits)) }
