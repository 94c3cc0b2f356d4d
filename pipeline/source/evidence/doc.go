// Package evidence decodes facts that are no usage, as CSV or JSON lines: about services, by which promises are judged, incidents, probes,
// counters, counts of requests and notices of maintenance; and the credentials that peers have issued.
//
// Every row of an object ends either in the sink or in a finding that says where it stood and what is wrong with it. The package
// never decides what a fact means, whether it concerns a month, or which of two is right; it reads no clock.
//
// Start with formats.go, the table of formats.
package evidence
