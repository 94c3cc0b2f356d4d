// Package ingest is the first stage: it pins what every source has delivered, and writes that down. Pinning comes before a run
// has a name, because everything else follows from it: see pin.go, and sightings.go for what the store remembers of arrivals.
// It opens no object but to digest it; package normalise decodes.
package ingest
