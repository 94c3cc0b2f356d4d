// Package bills holds the bills of peers against what our own meters counted and what our contracts with them say: what each
// row of a bill should have cost, and what the difference is one of, quantity or price. What it needs of usage is an
// accumulator, [Use], whose partial sums merge in any order to the same totals.
//
// It is pure: it reads no clock, file or network. It never judges what we earn; the plan and the margins are in the room
// above.
//
// Start with match.go, and with contracts.go for which rate applies on a day.
package bills
