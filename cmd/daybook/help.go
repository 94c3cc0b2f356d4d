package main

import (
	"strings"

	"github.com/spf13/cobra"
)

// strictHelp makes help and completion, which cobra brings along, refuse names that are none, where cobra shows something
// else and calls it done.
func strictHelp(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		switch c.Name() {
		case "help":
			c.Run, c.RunE = nil, helpOf
		case "completion":
			c.Args = func(cmd *cobra.Command, args []string) error {
				if len(args) > 0 {
					return noSuch(cmd, args[0])
				}
				return nil
			}
			c.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
			for _, shell := range c.Commands() {
				shell.Args = exactly()
			}
		}
	}
}

// helpOf shows the help of the verb that the arguments name.
func helpOf(cmd *cobra.Command, args []string) error {
	verb, rest, err := cmd.Root().Find(args)
	if err != nil {
		return wrong("%w; see %s --help", err, cmd.Root().CommandPath())
	}
	if len(rest) > 0 {
		return noSuch(verb, rest[0])
	}
	verb.InitDefaultHelpFlag()
	return verb.Help()
}

// noSuch refuses a word that names nothing below a command.
func noSuch(cmd *cobra.Command, word string) error {
	var names []string
	for _, c := range cmd.Commands() {
		names = append(names, c.Name())
	}
	switch {
	case cmd == cmd.Root():
		return wrong("there is no verb %q; %ssee daybook --help", word, meant(word, verbNames()))
	case cmd.Name() != "completion":
		return wrong("help takes no argument %q; see %s --help", word, cmd.CommandPath())
	}
	near := meant(word, names)
	if near == "" {
		near = "the shells are " + strings.Join(names, ", ") + "; "
	}
	return wrong("there is no completion for %q; %ssee %s --help", word, near, cmd.CommandPath())
}
