// Package rating turns usage and a catalogue into charges: it meters, prices, discounts, bounds, credits and taxes one
// account and one period at a time, exactly, and explains every figure that it makes.
//
// It is pure. It reads no clock, file or network, logs nothing, draws nothing at random and keeps no state between
// calls; the same input gives the same output, to the byte. A row that cannot be rated comes back as a finding that
// carries its rows, quantity and cost, so that nothing is lost; a Go error means that the book or the call is wrong.
//
// There is one way to bill: [Compile] turns a book into a [Plan]; [Tally.Resolve] says which meters take a row, [Tally.Add]
// adds an account's rows up, and [Plan.Rate] makes its charges. Quotes, reruns and tests go the same way. The package correct
// turns what was issued into what is right. The price models, and the steps by which a charge can be recomputed, are in
// the package model below.
//
// README.md beside this file shows every model with its formula, its picture and a worked number. Start reading at
// account.go, which holds the order of application.
package rating
