// Package disputed looks at a customer's dispute whole: what is challenged, what else hangs together with it, that what was issued can be
// reproduced, and line by line what the decision changes. It writes the page that may go to the customer. It reads only;
// issuing notes is package issue's.
//
// Start reading at [Open]; scope.go says what shares what, and page.go what the customer reads.
package disputed
