package schemas

// Positions of the columns of Deliveries.
const (
	DeliverySourceId = iota
	DeliveryDeliveryId
	DeliveryVersion
	DeliveryObjectKey
	DeliverySize
	DeliveryDigest
	DeliveryPromisedRows
	DeliveryColumns
)

// Deliveries is the dataset of what had arrived when a run began: one row per pinned object, sorted by source and key.
var Deliveries = Table{Name: "deliveries", Version: "1", Columns: []Column{
	DeliverySourceId:   {Name: "SourceId", Type: Label, Required: true},
	DeliveryDeliveryId: {Name: "DeliveryId", Type: Label, Required: true},
	DeliveryVersion:    {Name: "Version", Type: Label},
	DeliveryObjectKey:  {Name: "ObjectKey", Type: Text, Required: true},
	DeliverySize:       {Name: "SizeBytes", Type: Integer, Required: true},
	// Digest is the BLAKE3 of the object, 256 bits in hex.
	DeliveryDigest: {Name: "Digest", Type: Text, Required: true},
	// PromisedRows is what the delivery's manifest says, where it has one.
	DeliveryPromisedRows: {Name: "PromisedRows", Type: Integer},
}}
