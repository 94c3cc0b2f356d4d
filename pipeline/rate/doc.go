// Package rate is the stage that prices usage: a thin adapter around package rating, which has the arithmetic. rate.go streams
// the sorted usage of a shard account by account, combos.go adds rows up by what meters look at, and late.go takes what
// came after its month had been run: usage, and what the book learned, for which facts.go looks back, strangers.go finds
// usage that was nobody's, and moved.go usage that was another's; claimed.go reads both. setting.go is the one door to rating an account of a run: tasks enter it by their
// inputs, and whoever explains a run by its manifest.
package rate
