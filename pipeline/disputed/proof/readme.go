package proof

// readmeText is README.md, with what it is about filled in.
const readmeText = `# Proof of dispute %s

Account %s, month %s, case %s, run %s: %s

This directory holds all that is needed to recompute what the dispute changes, and no program of ours is needed for it. Numbers are exact
decimals; compare and add them as such. CSV files have a header and lines that end in CRLF; a text that begins like a formula has an
apostrophe before it.

| File | Holds |
|---|---|
| dispute.json | the dispute with its decisions, how it stands, the documents, the run's spec with the digests of the delivered objects, and the totals |
| usage.csv | each usage record of the month: where it was delivered, what it says, and what it counts as by decision (void, or another quantity) |
| takes.csv | what each charge takes of each record, stage by stage: what the record says, and that in the meter's unit |
| prices.json | prices and meters as they stood, by stage |
| charges.csv | the charges, stage by stage, with the quantities metered and priced, the exact amount, the amount and what rounding left |
| steps.jsonl | the arithmetic of each charge: operations with their operands and results |
| lines.csv | the lines of the bill, stage by stage, and the difference |
| SHA256SUMS | the digest of each file; sha256sum -c SHA256SUMS checks them |

The stages are: *issued*, what was billed; *again*, the same usage by the prices and the book of then; *book*, by today's book without the
decisions about this dispute; *decision*, with them. What a stage differs from the one before is due to the code, to what the book has
learned, and to the decision. They add up to the difference.

To recompute it:

1. Check the digests.
2. For each charge, take the rows of takes.csv of its stage. Their number is UsageRows, and what they come to is Consumed: by the
   aggregation of the meter, which is the sum where it says none; count is the number of rows, unique that of the values in Distinct, max and min
   the largest and smallest of Metered. Of latest, percentile and time_weighted, and of meters with a window, the records are listed, and the
   quantity stands in the first step.
   Says is the quantity of the record that the meter reads (value of the meter, else ConsumedQuantity); in the stage decision that which
   it counts as. A void record is taken by no charge there.
3. For each charge, compute each step from its operands. The name of an operand that ends in @N is the result of step N. The last step but one
   gives Amount, the last Exact - Amount = Residue. The operations are: given (the number itself), sum, sub, mul, min, max (from left to right), neg, percent
   (amount, percent: a * p / 100), div (n, d, places, mode), round (n, places, mode), round_step (n, step, mode), blocks (n, size, mode: n / size to
   a whole), prorate (amount, from, to, of: amount * to / of - amount * from / of, each rounded to 24 places, half to even, and exactly amount where to = of), tier
   (quantity, from, to, unit_price, flat_fee: the part of the quantity between from and to times the price, and the fee), tier_percent (the same
   by percent), share (total, places, n, weights: the n-th part by largest remainder).
   Of a price of one unit, graduated or volume, the amounts of the tiers follow from prices.json, too.
4. For each line and stage, add up the amounts of its charges: they are what lines.csv says, and the sums of all lines are the total of
   dispute.json.
5. What was claimed is what is accepted, rejected and open.
`
