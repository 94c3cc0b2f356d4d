// Package bank reads what banks and card processors say was paid: camt.052, camt.053 and camt.054 of ISO 20022 in all their versions
// from .01 to .08, MT940 of SWIFT, and CSV whose columns the book names.
//
// Every transaction and every statement ends either in the sink or in a finding that says where it stood. Statements are held against
// their own balances. The package never decides what a payment is for, nor which of two rows is the same as the other; it reads no clock.
//
// Start with [Decode], and camt.go, which says what of the messages is read.
package bank
