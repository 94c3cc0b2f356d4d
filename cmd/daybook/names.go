package main

import (
	"cmp"

	"daybook/pipeline/book"
	"daybook/schemas"
)

// accountMeant finds the account of the book that a text names: its identifier, or a beginning that only one has. What names none,
// or something else, comes back as it is, for whoever asked to say so; one that several begin with is an error that lists them.
func accountMeant(b *book.Book, text string) (schemas.AccountID, error) {
	if _, alias := b.Alias(text); alias || accountsOf(b, text) != "" {
		return schemas.AccountID(text), nil
	}
	begins := schemas.Beginning{Text: text}
	for account := range b.Accounts {
		begins.Offer(string(account.ID))
	}
	id, err := begins.Meant(func(id string) string {
		if account, customer, ok := b.Account(schemas.AccountID(id)); ok {
			return id + "  " + cmp.Or(account.Name, customer.Name)
		}
		return id
	})
	switch {
	case err != nil:
		return "", &exitError{exitWrong, err}
	case id == "":
		return schemas.AccountID(text), nil
	}
	return schemas.AccountID(id), nil
}
