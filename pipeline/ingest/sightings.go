package ingest

import (
	"time"

	"daybook/pipeline/source/delivery"
	"daybook/pipeline/store"
	"daybook/schemas"
)

// sightings remember when each object of a source was first seen, and its digest, so that an as-of means the same
// whenever it is asked for, and so that an unchanged object is not read again to be pinned. Arrival is the landing place's
// own time of the object, taken at the first sight of it and kept from then on.
type sightings struct {
	kept    kept
	objects map[string]sighting
	changed bool
	// listed is what the landing place said of each object in this run.
	listed map[string]store.Info
}

type sighting struct {
	Size     int64         `json:"size"`
	Version  store.Version `json:"version"`
	Identity string        `json:"identity,omitempty"`
	Modified time.Time     `json:"modified"`
	Arrived  time.Time     `json:"arrived"`
	Digest   string        `json:"digest,omitempty"`
	SHA256   string        `json:"sha256,omitempty"`
	// Holds is what the object holds of each month, as it was read by the way that Read names; none where that is not known.
	Holds Held   `json:"holds,omitempty"`
	Read  string `json:"read,omitempty"`
}

// undated stands for the month of sources that file their objects under none.
const undated = schemas.Period("undated")

// arrived returns when an object was first seen as it is now; an object that was replaced has arrived anew.
func (x *sightings) arrived(info store.Info) time.Time {
	x.listed[info.Key] = info
	if have, ok := x.objects[info.Key]; ok && have.same(&info) {
		return have.Arrived
	}
	return info.Modified.UTC()
}

func (s *sighting) same(info *store.Info) bool {
	return s.Size == info.Size && s.Version == info.Version && s.Modified.Equal(info.Modified)
}

// digest returns the digests of an object that has not changed since it was last pinned.
func (x *sightings) digest(info store.Info) delivery.Digests {
	have, ok := x.objects[info.Key]
	if !ok || !have.same(&info) || have.Identity != info.Identity {
		return delivery.Digests{}
	}
	return delivery.Digests{Digest: have.Digest, SHA256: have.SHA256}
}

// pin notes the digests of an object that was pinned.
func (x *sightings) pin(key string, d delivery.Digests) {
	info, ok := x.listed[key]
	if !ok {
		return
	}
	have, known := x.objects[key]
	next := sighting{
		Size: info.Size, Version: info.Version, Identity: info.Identity, Modified: info.Modified.UTC(), Arrived: info.Modified.UTC(),
		Digest: d.Digest, SHA256: d.SHA256,
	}
	if known && (have.same(&info) || have.Digest == d.Digest) {
		next.Arrived = have.Arrived
	}
	if known && have.Digest == d.Digest {
		next.Holds, next.Read = have.Holds, have.Read
	}
	if !known || !have.same(&info) || have.Identity != next.Identity || have.Digest != next.Digest || have.SHA256 != next.SHA256 || !have.Arrived.Equal(next.Arrived) {
		x.objects[key], x.changed = next, true
	}
}

// learn notes what an object of a digest holds of each month.
func (x *sightings) learn(key, digest, read string, holds Held) {
	have, known := x.objects[key]
	if !known || have.Digest != digest || have.Read == read {
		return
	}
	have.Holds, have.Read = holds, read
	x.objects[key], x.changed = have, true
}
