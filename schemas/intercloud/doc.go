// Package intercloud is the vocabulary of the inter-cloud patterns of Y.3502, 8.3.2.16: what the book says of agreements with other
// providers, and the datasets of what follows from them: cost chains, settlements, net statements and arbitrage.
//
// It holds no rule, and reads and writes no file. Start with Agreement in agreement.go.
package intercloud
