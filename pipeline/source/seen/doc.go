// Package seen says what an object is by what it holds: how it is packed, whether it is text or Parquet, which columns it has, and
// which format has these. It decodes no rows.
//
// Start with [Look].
package seen
