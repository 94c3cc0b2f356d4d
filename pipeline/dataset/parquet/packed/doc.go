// Package packed reads and writes numbers in as few bits as Parquet keeps them: runs and bit-packed groups of levels and
// indices, the differences between integers, Thrift's compact protocol, in which its headers and footer are; and it unpacks
// what any codec packed. It knows neither columns nor files, and what it reads may be damaged: the worst is an error.
//
// Start with hybrid.go, and with codec.go.
package packed
