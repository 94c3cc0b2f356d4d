package book

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"slices"
)

// Part is a group of files that stages read together.
type Part string

// The parts of a book.
const (
	PartProvider   Part = "provider"
	PartSources    Part = "sources"
	PartCatalogue  Part = "catalogue"
	PartCustomers  Part = "customers"
	PartPeers      Part = "peers"
	PartPlan       Part = "plan"
	PartFX         Part = "fx"
	PartPromises   Part = "promises"
	PartAccess     Part = "access"
	PartAgreements Part = "agreements"
	PartDisputes   Part = "disputes"
	PartRequests   Part = "requests"
	// PartClosings and PartSending are no parts that a run depends on: they say what is done with runs, and with what was issued.
	PartClosings Part = "closings"
	PartSending  Part = "sending"
)

// Parts lists every part that runs depend on, in name order.
func Parts() []Part {
	return []Part{PartAccess, PartAgreements, PartCatalogue, PartCustomers, PartDisputes, PartFX, PartPeers, PartPlan, PartPromises, PartProvider, PartRequests, PartSources}
}

// Digest returns the SHA-256, in hex, of the files of some parts, or of all of them where none is named: names and
// contents in name order, byte for byte. Books whose digests of a part are equal say the same in it, so a stage's key
// needs the digests of the parts that it reads and no others.
func (b *Book) Digest(parts ...Part) string {
	h := sha256.New()
	for _, f := range b.files {
		if len(parts) == 0 || slices.Contains(parts, f.part) {
			writeCounted(h, []byte(f.name))
			h.Write(f.sum[:])
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// digested is a file of a loaded book.
type digested struct {
	name string
	part Part
	sum  [sha256.Size]byte
	text []byte
}

// writeCounted writes a text after its length, so that no two lists of texts look the same.
func writeCounted(h hash.Hash, text []byte) {
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], uint64(len(text)))
	h.Write(n[:])
	h.Write(text)
}

// digestFile digests a file's bytes as they lie, before anything looks at them.
func digestFile(name string, part Part, text []byte) digested {
	return digested{name: name, part: part, sum: sha256.Sum256(text), text: text}
}

// DigestOf is what Digest returns of a part of which these are the files, in name order. The error is a digest of one that is not in
// hex as File has it.
func DigestOf(files []File) (string, error) {
	h := sha256.New()
	for _, f := range files {
		sum, err := hex.DecodeString(f.Sum)
		if err != nil || hex.EncodeToString(sum) != f.Sum {
			return "", fmt.Errorf("%s: %q is no digest as they are written", f.Name, f.Sum)
		}
		writeCounted(h, []byte(f.Name))
		h.Write(sum)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
