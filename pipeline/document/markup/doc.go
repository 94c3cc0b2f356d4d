// Package markup writes pages: escaped HTML with tables that can be sorted and searched, numbers for people, and pictures as inline SVG.
//
// It knows nothing of what a page says. A page is one file that fetches nothing: its style and its script (page.css, page.js) are within,
// and its policy allows that script alone, by its digest. Without the script everything is there to read; with it tables sort, filter
// and search, and commands can be copied.
//
// Start with Page; plot.go draws.
package markup
