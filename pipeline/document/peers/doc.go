// Package peers writes the page about one peer's bill: what to pay and what to dispute, and what that rests on.
//
// It decides nothing about money: its rows are final, and it adds and orders them. The page is a function of them to the byte.
//
// Start with Page.HTML; sections lists the parts of the page.
package peers
