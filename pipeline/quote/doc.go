// Package quote prices use without a run: a hypothetical quantity, a usage file, a new subscription, or one book against
// another. It rates as a bill run does and keeps nothing. Start with quote.go.
package quote
