// Package schemas is daybook's one vocabulary: the rows that stages exchange, the columns they are stored under, the
// reference facts of the book, and the findings that say what is wrong with any of them.
//
// It holds data and the checks that need nothing but the data. It reads no file, prices nothing, compares nothing
// with a plan, and imports nothing of daybook's but schemas/money, so that every other package can speak it.
//
// Start with usage.go (what came in), charge.go (what it costs) and finding.go (what is wrong).
package schemas
