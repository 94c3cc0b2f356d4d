// Package register keeps what was issued, over a store: closings in their order, and the documents of each, numbered without gaps
// and chained by digest, with what is needed to tell that nothing of it was altered. It only ever creates: it replaces nothing and
// deletes nothing. It knows no run and no charge, and decides nothing about money.
//
//	register/<entity>/_closings/000001/closing.json   what is to be issued, fixed before the first document is
//	register/<entity>/<series>/<year>/000000001.jsonl its documents from that number on, one a line
//	register/<entity>/<series>/<year>/000000001.html  pages that show them from that number on
//	register/<entity>/_closings/000001/done.json      what was issued: digests of all of it
//
// A closing is there before its documents are, and the next one only when all of those are; so whoever finds one that is not done
// finishes it first, from what it says, and of several at once all make the same.
//
// Start reading at [Read] and [Writer].
package register
