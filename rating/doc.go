// Package rating turns usage and a catalogue into charges: it meters, prices, discounts, bounds, credits and taxes one
// account and one period at a time, exactly, and explains every figure that it makes.
//
// It is pure. It reads no clock, file or network, logs nothing, draws nothing at random and keeps no state between
// calls; the same input gives the same output, to the byte. It imports schemas and schemas/money and nothing else of
// daybook's. A row that cannot be rated comes back as a finding that carries its rows, quantity and cost, so that nothing
// is lost; a Go error means that the book or the call is wrong.
//
// There are four ways in:
//
//   - [Price] is one price model applied to one quantity, and the functions beside it (Prorate, Discount, Draw, ...) are
//     the other rules, each on its own: what a quote or a test needs.
//   - [Compile] turns a book into a [Plan]; [Plan.Match] says which meters take a row, a [Tally] adds an account's rows
//     up, and [Plan.Rate] makes its charges: what the nightly run needs.
//   - [CompileKernel] turns a model into a kernel that prices 128-bit quantities without allocating: what the hot path needs.
//   - [Recompute] and [Check] recompute a charge from the steps it carries: what explain needs.
//
// README.md beside this file shows every model with its formula, its picture and a worked number. Start reading at
// account.go, which holds the order of application.
package rating
