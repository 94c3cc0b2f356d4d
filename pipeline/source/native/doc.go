// Package native says where peers' own formats have each usage column from: a format is a [Format] and a file of its own. It
// holds what the formats mean, and nothing of how objects are read, which is package source's.
//
// Peers' own formats hold what a usage column means, but often not as one field: a cost that is the sum of two, a day that has
// no end, labels in a list. Such a column is made of the fields, as the text that a FOCUS export would have for it, and package
// source then reads it as any other, so that what is wrong with it is found, rounded, tolerated and counted in the one place.
//
// Start with format.go, and gcp.go for an example.
package native
