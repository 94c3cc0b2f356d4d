// Package money holds exact amounts, prices and quantities, and the few ways in which they may be rounded or divided.
//
// There are three kinds of number, all of them decimal and none of them a float:
//
//   - [Decimal], of any size, for prices, policies and whatever happens once per charge: it allocates beyond 128 bits only;
//   - [Fixed], 128 bits at 18 decimal places, for whatever happens once per usage row: it never allocates;
//   - [Wide], 256 bits, for the products of two Fixed and their sums.
//
// Adding and multiplying are exact or an error. A digit is given up only in a function with Round in its name, which
// takes a [Mode], and in [Allocate], whose parts add up to the whole. Overflow is [ErrOverflow], never a wrap; a
// number with more places than its type holds is [ErrPrecision], never cut.
//
// The package knows currencies ([MinorUnits]) but no exchange rates, reads no clock, and imports nothing of daybook.
// Start reading at [Fixed] for the hot path and at [RoundTo] for the rest.
package money
