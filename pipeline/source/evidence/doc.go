// Package evidence decodes facts about services, by which promises are judged: incidents, probes, counters, counts of requests and
// notices of maintenance, as CSV or JSON lines.
//
// Every row of an object ends either in the sink or in a finding that says where it stood and what is wrong with it. The package
// never decides what a fact means, whether it concerns a month, or which of two is right; it reads no clock.
//
// Start with formats.go, the table of formats.
package evidence
