// Package requested looks at customers' requests: all of them by state and age, and one whole, with what it is linked to and what hangs on
// it. It writes the page that answers the customer. It reads only.
//
// Start reading at [Read], which gathers what the book and the newest runs know; view.go follows one request's links, and page.go is what
// the customer reads.
package requested
