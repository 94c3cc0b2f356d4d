// Package delivery finds what others have delivered in the landing place: which objects make a delivery, whether it is
// whole, which version of it counts, and what of the expected is missing or late. It pins what counts, each object by key,
// size and digest.
//
// It never decodes an object, never decides whose a row is, and reads no clock: as-of and times of arrival are given.
//
// Start with [Discover]. A delivery's way: pattern.go (which keys are of the period), manifest.go (what a delivery says of
// itself), discover.go (candidates, and which count), pin.go and digest.go (their bytes), expect.go (what is missing).
package delivery
