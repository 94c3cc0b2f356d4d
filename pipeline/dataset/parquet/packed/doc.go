// Package packed reads and writes numbers in as few bits as Parquet keeps them: runs and bit-packed groups of levels and
// indices, the differences between integers, and Thrift's compact protocol, in which its headers and footer are. It knows
// neither columns nor files, and what it reads may be damaged: the worst is an error.
//
// Start with hybrid.go.
package packed
