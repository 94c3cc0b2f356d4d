// Package send brings issued documents to their customers and keeps what became of each, over a store: an attempt is there before anything
// is sent, and how it ended is there after. So whoever is stopped in between leaves an attempt without an end. What it put into a folder is
// put there again, which changes nothing; of a mail nobody knows whether it was taken, and it waits for a decision.
//
//	sent/<entity>/<document>/<recipient>/000001-begun.json    what is sent to whom, with digests
//	sent/<entity>/<document>/<recipient>/000001-sent.json     it was taken, with the answer
//	sent/<entity>/<document>/<recipient>/000001-failed.json   it was not taken, and may be later
//	sent/<entity>/<document>/<recipient>/000001-refused.json  it was not taken, and will not be until something changes
//
// Objects are created and never replaced, so that of two that send at once one does.
//
// Start reading at [Sender.Send].
package send
