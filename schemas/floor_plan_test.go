package schemas_test

// room is what a package may import, by import path separated by blanks. A path ending in /... covers all below it.
type room struct {
	ours    string // packages of this module, named from its root
	friends string // packages of other modules
}

// floorPlan is the architecture: every package there is, and all that each may import beside the standard library.
// Arrows point down only. The pure packages, rating and reconcile, never meet but through rows. The Go project's own
// errgroup and term, klauspost/compress, snappy, brotli and lz4 where a format asks for them, and BLAKE3 by which objects are pinned, count
// as the standard library's missing parts rather than as second friends.
var floorPlan = map[string]room{
	"schemas/money":      {friends: "github.com/shopspring/decimal"},
	"schemas/intake":     {ours: "schemas/money"},
	"schemas/einvoice":   {ours: "schemas/money"},
	"schemas":            {ours: "schemas/einvoice schemas/intake schemas/money"},
	"schemas/access":     {ours: "schemas schemas/money"},
	"schemas/agreed":     {ours: "schemas schemas/money"},
	"schemas/peeruse":    {ours: "schemas schemas/money"},
	"schemas/dispute":    {ours: "schemas schemas/money"},
	"schemas/sending":    {ours: "schemas"},
	"schemas/feed":       {ours: "schemas"},
	"schemas/intercloud": {ours: "schemas schemas/agreed schemas/money"},
	"schemas/peerbill":   {ours: "schemas schemas/money"},
	"schemas/payment":    {ours: "schemas schemas/money"},
	"schemas/receivable": {ours: "schemas schemas/money"},
	"schemas/planned":    {ours: "schemas schemas/money"},
	"schemas/service":    {ours: "schemas schemas/money"},
	"rating/model":       {ours: "schemas schemas/money"},
	"rating/facts":       {ours: "schemas schemas/money"},
	"rating/correct":     {ours: "rating/model schemas schemas/money"},
	"rating/taxes":       {ours: "schemas"},
	"rating/decided":     {ours: "rating/facts schemas schemas/dispute schemas/money"},
	"rating":             {ours: "rating/decided rating/facts rating/model rating/taxes schemas schemas/money"},
	"rating/invoice":     {ours: "rating rating/model rating/taxes schemas schemas/einvoice schemas/money"},
	"reconcile/sheet":    {ours: "schemas schemas/money"},
	"reconcile/tally":    {ours: "schemas schemas/money"},
	"reconcile/bills":    {ours: "reconcile/sheet reconcile/tally schemas schemas/agreed schemas/money schemas/peerbill"},
	"reconcile/sla":      {ours: "reconcile/sheet schemas schemas/money schemas/service"},
	"reconcile/standing": {ours: "schemas schemas/agreed schemas/dispute schemas/money"},
	"schemas/closing":    {ours: "schemas"},
	"schemas/request":    {ours: "schemas"},
	"schemas/correction": {ours: "schemas schemas/money"},
	// Rooms that stand by themselves: a rule each, over rows that its caller has.
	"reconcile/access":      {ours: "schemas schemas/access schemas/money"},
	"reconcile/anomaly":     {ours: "schemas schemas/money schemas/peeruse"},
	"reconcile/budget":      {ours: "schemas schemas/money schemas/peeruse"},
	"reconcile/feeds":       {ours: "schemas schemas/feed"},
	"reconcile/forecast":    {ours: "schemas schemas/money"},
	"reconcile/integration": {ours: "schemas schemas/money schemas/peeruse"},
	"reconcile/journal":     {ours: "reconcile/receivables schemas schemas/money schemas/payment schemas/receivable"},
	"reconcile/ledger":      {ours: "schemas schemas/money"},
	"reconcile/requests":    {ours: "schemas schemas/dispute schemas/money schemas/request"},
	"reconcile/shared":      {ours: "reconcile/sheet schemas schemas/money schemas/peeruse"},
	"reconcile/receivables": {ours: "schemas schemas/money schemas/payment schemas/receivable"},
	"reconcile/settlement":  {ours: "reconcile/sheet schemas schemas/intercloud schemas/money"},
	"reconcile/chain":       {ours: "reconcile/sheet schemas schemas/intercloud schemas/money"},
	"reconcile/goods":       {ours: "reconcile/bills reconcile/settlement reconcile/sheet reconcile/tally schemas schemas/agreed schemas/intercloud schemas/money"},
	"reconcile":             {ours: "reconcile/bills reconcile/forecast reconcile/sheet reconcile/tally schemas schemas/agreed schemas/money schemas/peerbill schemas/planned schemas/service"},
	"pipeline/store":        {friends: "github.com/aws/aws-sdk-go-v2/... github.com/aws/smithy-go/..."},
	"pipeline/dataset":      {ours: "schemas schemas/money"},
	"pipeline/dataset/parquet/packed": {
		ours:    "pipeline/dataset",
		friends: "github.com/parquet-go/parquet-go/... github.com/klauspost/compress/... github.com/golang/snappy github.com/andybalholm/brotli github.com/pierrec/lz4/v4",
	},
	"pipeline/dataset/parquet": {
		ours: "pipeline/dataset pipeline/dataset/parquet/packed schemas schemas/money", friends: "github.com/parquet-go/parquet-go/... github.com/klauspost/compress/... github.com/golang/snappy",
	},
	"pipeline/dataset/shuffle":     {ours: "pipeline/dataset schemas schemas/money", friends: "github.com/apache/arrow/go/v15/..."},
	"pipeline/source/wire":         {ours: "schemas", friends: "github.com/klauspost/compress/..."},
	"pipeline/source/times":        {ours: "pipeline/source/wire schemas/intake"},
	"pipeline/source/native":       {ours: "pipeline/source/wire schemas schemas/intake schemas/money"},
	"pipeline/source/evidence":     {ours: "pipeline/source/wire schemas schemas/dispute schemas/money schemas/request schemas/service"},
	"pipeline/source/remark":       {ours: "schemas"},
	"pipeline/source/bank":         {ours: "pipeline/source/wire schemas schemas/intake schemas/money schemas/payment"},
	"pipeline/source/seen":         {ours: "pipeline/dataset/parquet pipeline/source/native pipeline/source/wire schemas"},
	"pipeline/source/delivery":     {ours: "pipeline/source/wire pipeline/store schemas schemas/feed", friends: "github.com/zeebo/blake3"},
	"pipeline/source":              {ours: "pipeline/dataset pipeline/dataset/parquet pipeline/source/... schemas schemas/intake schemas/money", friends: "github.com/klauspost/compress/..."},
	"pipeline/book/parse":          {ours: "schemas schemas/money", friends: "go.yaml.in/yaml/v3"},
	"pipeline/book/check/asked":    {ours: "pipeline/book/parse schemas schemas/request"},
	"pipeline/book/check/closed":   {ours: "pipeline/book/parse schemas schemas/closing"},
	"pipeline/book/check/disputed": {ours: "pipeline/book/parse schemas schemas/dispute schemas/money"},
	"pipeline/book/check/sent":     {ours: "pipeline/book/parse schemas schemas/sending"},
	"pipeline/book/check/paid":     {ours: "pipeline/book/parse schemas schemas/payment"},
	"pipeline/book/check":          {ours: "pipeline/book/check/asked pipeline/book/check/closed pipeline/book/check/disputed pipeline/book/check/sent pipeline/book/parse rating/taxes reconcile/sla schemas schemas/access schemas/agreed schemas/closing schemas/dispute schemas/einvoice schemas/intake schemas/intercloud schemas/money pipeline/book/check/paid schemas/request schemas/sending schemas/service"},
	"pipeline/book/openslo":        {ours: "pipeline/book/parse schemas/money schemas/service"},
	"pipeline/book":                {ours: "pipeline/book/check pipeline/book/openslo pipeline/book/parse schemas schemas/access schemas/agreed schemas/closing schemas/dispute schemas/intercloud schemas/money schemas/request schemas/sending schemas/service", friends: "go.yaml.in/yaml/v3"},
	"pipeline/document/markup":     {ours: "schemas schemas/money"},
	"pipeline/document/screen":     {ours: "schemas/money"},
	"pipeline/document/feeds":      {ours: "pipeline/document/markup schemas schemas/feed"},
	"pipeline/document/peers":      {ours: "pipeline/document/markup schemas schemas/agreed schemas/dispute schemas/intercloud schemas/money schemas/peerbill schemas/peeruse schemas/service"},
	"pipeline/document/periods":    {ours: "pipeline/document/markup schemas schemas/money"},
	"pipeline/document/since":      {ours: "pipeline/document/markup schemas schemas/money"},
	"pipeline/document/electronic": {
		ours: "pipeline/document/markup schemas/einvoice",
	},
	"pipeline/document/catalogue": {
		ours: "pipeline/document/markup schemas schemas/money",
	},
	"pipeline/document/xlsx":    {ours: "schemas schemas/money"},
	"pipeline/document":         {ours: "pipeline/document/electronic pipeline/document/markup pipeline/document/xlsx schemas schemas/agreed schemas/einvoice schemas/money schemas/peerbill schemas/planned schemas/service pipeline/document/feeds schemas/feed", friends: "github.com/xuri/excelize/v2"}, // by its tests, which read what it wrote
	"pipeline/document/issued":  {ours: "pipeline/document schemas schemas/einvoice schemas/money"},
	"pipeline/document/en16931": {ours: "pipeline/document schemas schemas/einvoice schemas/money"},
	"pipeline/document/ubl":     {ours: "pipeline/document/markup schemas/einvoice schemas/money"},
	"pipeline/document/cii":     {ours: "pipeline/document/markup schemas/einvoice schemas/money"},
	"pipeline/document/pdf":     {friends: "github.com/carlos7ags/folio/... golang.org/x/image/font/..."}, // the layout, and the letters that it embeds
	"pipeline/document/form":    {ours: "pipeline/document pipeline/document/cii pipeline/document/en16931 pipeline/document/issued pipeline/document/pdf pipeline/document/ubl schemas/einvoice"},
	// A run: its engine, which knows no stage, and a room a stage, each of which may know what those before it leave.
	"pipeline/rows": {ours: "pipeline/dataset pipeline/dataset/parquet pipeline/store schemas schemas/access schemas/correction schemas/dispute schemas/intercloud schemas/money schemas/payment schemas/peerbill schemas/planned schemas/peeruse schemas/request schemas/service schemas/feed"},
	"pipeline/run": {
		ours:    "pipeline/book pipeline/dataset/... pipeline/rows pipeline/store schemas schemas/access schemas/agreed schemas/dispute schemas/intercloud schemas/money schemas/request schemas/service schemas/feed",
		friends: "golang.org/x/sync/errgroup",
	},
	"pipeline/ingest":       {ours: "pipeline/book pipeline/dataset pipeline/rows pipeline/run pipeline/source pipeline/source/delivery pipeline/store schemas schemas/feed"},
	"pipeline/normalise":    {ours: "pipeline/dataset/... pipeline/ingest pipeline/rows pipeline/run pipeline/source pipeline/source/delivery pipeline/source/evidence pipeline/store schemas schemas/access schemas/money schemas/payment pipeline/source/bank schemas/service"},
	"pipeline/rate/charged": {ours: "schemas schemas/money"},
	"pipeline/rate":         {ours: "pipeline/dataset/... pipeline/normalise pipeline/rate/charged pipeline/rows pipeline/run pipeline/store rating rating/correct rating/decided schemas schemas/money schemas/service"},
	"pipeline/correct":      {ours: "pipeline/book pipeline/dataset pipeline/rate pipeline/rows pipeline/run rating/correct schemas schemas/correction schemas/dispute schemas/money"},
	"pipeline/compare":      {ours: "pipeline/dataset pipeline/normalise pipeline/rate pipeline/rows pipeline/run pipeline/store rating reconcile/... schemas schemas/agreed schemas/dispute schemas/money schemas/peerbill schemas/peeruse schemas/planned schemas/service"},
	"pipeline/access":       {ours: "pipeline/dataset pipeline/normalise pipeline/rows pipeline/run reconcile/access schemas schemas/access schemas/money"},
	"pipeline/feeds":        {ours: "pipeline/dataset pipeline/ingest pipeline/normalise pipeline/rows pipeline/run reconcile/feeds schemas schemas/feed"},
	"pipeline/challenges":   {ours: "pipeline/dataset pipeline/rows pipeline/run reconcile/standing schemas schemas/dispute schemas/money"},
	"pipeline/requests":     {ours: "pipeline/dataset pipeline/normalise pipeline/rows pipeline/run pipeline/store reconcile/requests schemas schemas/request schemas/service"},
	"pipeline/promise":      {ours: "pipeline/dataset pipeline/normalise pipeline/rate pipeline/rows pipeline/run pipeline/store reconcile/sheet reconcile/sla schemas schemas/money schemas/service"},
	"pipeline/settle":       {ours: "pipeline/compare pipeline/dataset pipeline/rows pipeline/run reconcile/bills reconcile/chain reconcile/goods reconcile/settlement schemas schemas/intercloud schemas/money schemas/peerbill"},
	"pipeline/emit":         {ours: "pipeline/compare pipeline/promise pipeline/settle pipeline/dataset pipeline/document pipeline/document/peers pipeline/ingest pipeline/normalise pipeline/rows pipeline/run pipeline/store rating/invoice rating/taxes schemas schemas/dispute schemas/einvoice schemas/intercloud schemas/money schemas/peerbill schemas/peeruse schemas/planned schemas/service schemas/access schemas/feed"},
	"pipeline/diff":         {ours: "pipeline/dataset/... pipeline/run pipeline/store schemas schemas/money"}, // this and the next two only read
	"pipeline/explain/use": {
		ours: "pipeline/access pipeline/book pipeline/compare pipeline/dataset pipeline/normalise pipeline/rows pipeline/run pipeline/store reconcile/... schemas schemas/access schemas/money schemas/peeruse schemas/service",
	},
	"pipeline/explain/causes":   {ours: "pipeline/dataset pipeline/rows pipeline/run pipeline/store rating/correct schemas schemas/correction schemas/money"},
	"pipeline/explain/formula":  {ours: "rating/model reconcile/sheet schemas"},
	"pipeline/explain/problems": {ours: "schemas"},
	"pipeline/explain": {
		ours: "pipeline/book pipeline/compare pipeline/dataset/... pipeline/document pipeline/explain/causes pipeline/explain/formula pipeline/explain/problems pipeline/explain/use pipeline/emit pipeline/normalise pipeline/promise pipeline/rate pipeline/rows " +
			"pipeline/run pipeline/settle pipeline/source/... pipeline/store rating/... reconcile/... schemas schemas/access schemas/correction schemas/dispute schemas/feed schemas/intercloud schemas/money schemas/payment schemas/peerbill schemas/peeruse schemas/planned schemas/request schemas/service",
	},
	"pipeline/overview": {ours: "pipeline/diff pipeline/document pipeline/document/periods pipeline/document/since pipeline/emit pipeline/rows pipeline/run pipeline/store schemas schemas/money"},
	"pipeline/quote":    {ours: "pipeline pipeline/document/screen pipeline/store rating/correct rating/model pipeline/book pipeline/dataset pipeline/explain pipeline/normalise pipeline/rate pipeline/run pipeline/source rating schemas schemas/money"},
	"pipeline/register": {ours: "pipeline/run pipeline/store schemas schemas/money"},
	"pipeline": {
		ours: "pipeline/access pipeline/book pipeline/challenges pipeline/compare pipeline/correct pipeline/dataset pipeline/emit pipeline/feeds pipeline/ingest pipeline/normalise pipeline/promise pipeline/rate pipeline/register pipeline/requests pipeline/run pipeline/settle " +
			"pipeline/source/delivery pipeline/store schemas",
		friends: "github.com/robfig/cron/v3",
	},
	"pipeline/again": {
		ours:    "pipeline pipeline/book pipeline/diff pipeline/explain pipeline/run pipeline/source/delivery pipeline/store schemas",
		friends: "golang.org/x/sync/errgroup",
	},
	"pipeline/whatif": {ours: "pipeline pipeline/book pipeline/diff pipeline/document pipeline/document/markup pipeline/document/screen pipeline/run pipeline/store schemas schemas/money"},
	"pipeline/disputed/proof": {
		ours: "pipeline/book pipeline/dataset pipeline/disputed pipeline/document pipeline/document/screen pipeline/explain pipeline/rows pipeline/run rating/correct rating/decided rating/model schemas schemas/dispute schemas/money",
	},
	"pipeline/disputed": {
		ours: "pipeline pipeline/book pipeline/dataset pipeline/document/issued pipeline/document/markup pipeline/document/screen pipeline/explain pipeline/rate pipeline/register pipeline/rows pipeline/run pipeline/store rating rating/correct rating/decided reconcile/standing schemas schemas/dispute schemas/money",
	},
	"pipeline/requested": {
		ours: "pipeline pipeline/book pipeline/dataset pipeline/disputed pipeline/document/markup pipeline/document/screen pipeline/requests pipeline/rows pipeline/run pipeline/store reconcile/requests schemas schemas/money schemas/request schemas/service",
	},
	"pipeline/issue":         {ours: "pipeline pipeline/book pipeline/dataset pipeline/document pipeline/document/issued pipeline/emit pipeline/register pipeline/rows pipeline/run pipeline/store rating/invoice schemas schemas/closing schemas/money"},
	"pipeline/send/mail":     {ours: "schemas/sending", friends: "github.com/emersion/go-sasl github.com/emersion/go-smtp"},
	"pipeline/send/envelope": {},
	"pipeline/send/detail":   {ours: "pipeline/dataset pipeline/dataset/parquet pipeline/document pipeline/rows pipeline/run pipeline/store schemas"},
	"pipeline/send": {
		ours: "pipeline/book pipeline/document pipeline/document/form pipeline/document/issued pipeline/document/markup pipeline/register pipeline/run pipeline/send/detail pipeline/send/envelope pipeline/send/mail pipeline/store schemas schemas/sending",
	},
	"pipeline/temporal":   {ours: "pipeline", friends: "go.temporal.io/sdk/..."},
	"cmd/daybook/scratch": {},
	"cmd/daybook": {
		ours:    "cmd/daybook/scratch fixtures/... pipeline/... rating/... reconcile/... schemas/...",
		friends: "github.com/spf13/cobra golang.org/x/term",
	},
	"fixtures/...": { // writes with libraries of its own, so that nothing is checked against itself alone
		ours:    "fixtures/... pipeline/... rating/... reconcile/... schemas/...",
		friends: "github.com/emersion/go-sasl github.com/emersion/go-smtp github.com/klauspost/compress/... github.com/parquet-go/parquet-go/... golang.org/x/sync/errgroup",
	},
}
