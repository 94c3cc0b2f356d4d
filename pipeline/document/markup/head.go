package markup

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
)

// style and script are those of a page of figures, light and dark, on screen and on paper.
var (
	//go:embed page.css
	style string
	//go:embed page.js
	script string
)

// AppendHead appends the beginning of a page with a style, up to its body. It runs no script.
func AppendHead(dst []byte, title, style string) []byte {
	return appendHead(dst, title, style, "")
}

// NewPage begins a page of figures.
func NewPage(title string) *Page { return &Page{Dst: appendHead(nil, title, style, script)} }

// End ends a page that NewPage and Begin began, and returns it.
func (p *Page) End() []byte {
	p.Raw("</main>\n</body>\n</html>\n")
	return p.Dst
}

func appendHead(dst []byte, title, style, script string) []byte {
	dst = append(dst, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"...)
	dst = append(dst, `<meta name="viewport" content="width=device-width,initial-scale=1">`+"\n"...)
	// Nothing is fetched from anywhere and no script runs but ours, whatever a text smuggles in.
	dst = append(dst, `<meta http-equiv="Content-Security-Policy" content="default-src 'none';style-src 'unsafe-inline';img-src data:`...)
	if script != "" {
		sum := sha256.Sum256([]byte(script))
		dst = append(dst, ";base-uri 'none';form-action 'none';script-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'"...)
	}
	dst = append(dst, "\">\n<title>"...)
	dst = AppendEscaped(dst, title)
	dst = append(dst, "</title>\n<style>"+style+"</style>\n"...)
	if script != "" {
		dst = append(dst, "<script>"+script+"</script>\n"...)
	}
	return append(dst, "</head>\n<body>\n"...)
}
