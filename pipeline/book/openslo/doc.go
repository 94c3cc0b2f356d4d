// Package openslo reads what OpenSLO (openslo/v1) says of service levels, and makes of an SLO how a promise is measured. What cannot be
// measured by delivered evidence is complained of where it stands, with what would do; objects and keys that say nothing of it are left alone.
//
// Start with Objects.
package openslo
