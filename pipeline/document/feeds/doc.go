// Package feeds draws how complete deliveries are, for the page of variances. Start with Draw.
package feeds
