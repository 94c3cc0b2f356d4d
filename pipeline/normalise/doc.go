// Package normalise is the stage that turns deliveries into usage: object.go decodes one pinned object, says whose each row is
// (owners.go) and which month it belongs to (month.go, late.go), and sends it to a shard; shard.go gathers a shard, drops
// duplicates and sorts. It prices nothing and changes no quantity. progress.go says how far a month has come by what arrived.
package normalise
