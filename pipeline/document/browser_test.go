package document_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// browser is one that is driven by the protocol of its developer tools, over pipes: messages of JSON that end with a zero byte.
type browser struct {
	t       *testing.T
	to      io.Writer
	from    *bufio.Reader
	number  int
	session string
}

// openBrowser starts a browser without a window, and skips the test where none is installed.
func openBrowser(t *testing.T) *browser {
	t.Helper()
	var program string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			program = found
			break
		}
	}
	if program == "" {
		t.Skip("no Chromium is installed")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	cmd := exec.CommandContext(ctx, program, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--remote-debugging-pipe", "--user-data-dir="+t.TempDir())
	theirs, to, err := os.Pipe()
	must(t, err)
	from, answers, err := os.Pipe()
	must(t, err)
	cmd.ExtraFiles = []*os.File{theirs, answers} // 3 and 4, as the browser has them
	must(t, cmd.Start())
	t.Cleanup(func() {
		cancel()
		_ = cmd.Wait() // it is killed
		_, _ = to.Close(), from.Close()
	})
	_, _ = theirs.Close(), answers.Close()
	b := &browser{t: t, to: to, from: bufio.NewReader(from)}
	var target struct {
		ID string `json:"targetId"`
	}
	b.call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct {
		Session string `json:"sessionId"`
	}
	b.call("Target.attachToTarget", map[string]any{"targetId": target.ID, "flatten": true}, &attached)
	b.session = attached.Session
	return b
}

// call asks for something and waits for its answer; what else the browser says is passed over.
func (b *browser) call(method string, params map[string]any, result any) {
	b.t.Helper()
	b.number++
	message := map[string]any{"id": b.number, "method": method, "params": params}
	if b.session != "" {
		message["sessionId"] = b.session
	}
	text, err := json.Marshal(message)
	must(b.t, err)
	_, err = b.to.Write(append(text, 0))
	must(b.t, err)
	for {
		text, err := b.from.ReadBytes(0)
		must(b.t, err)
		var answer struct {
			ID     int             `json:"id"`
			Result json.RawMessage `json:"result"`
			Error  *struct {
				Message string `json:"message"`
			} `json:"error"`
		}
		must(b.t, json.Unmarshal(text[:len(text)-1], &answer))
		switch {
		case answer.ID != b.number:
		case answer.Error != nil:
			b.t.Fatalf("%s: %s", method, answer.Error.Message)
		default:
			if result != nil {
				must(b.t, json.Unmarshal(answer.Result, result))
			}
			return
		}
	}
}

// eval returns what an expression comes to, as text.
func (b *browser) eval(expression string) string {
	b.t.Helper()
	var out struct {
		Result struct {
			Value any `json:"value"`
		} `json:"result"`
		Exception *struct {
			Text      string `json:"text"`
			Exception struct {
				Description string `json:"description"`
			} `json:"exception"`
		} `json:"exceptionDetails"`
	}
	b.call("Runtime.evaluate", map[string]any{"expression": "String(" + expression + ")", "awaitPromise": true}, &out)
	if out.Exception != nil {
		b.t.Fatalf("%s: %s %s", expression, out.Exception.Text, out.Exception.Exception.Description)
	}
	return fmt.Sprint(out.Result.Value)
}

// wait waits until an expression comes to a text.
func (b *browser) wait(expression, want string) {
	b.t.Helper()
	var got string
	for range 200 {
		if got = b.eval(expression); got == want {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	b.t.Fatalf("%s is %q, and not %q", expression, got, want)
}

// open shows a page.
func (b *browser) open(page []byte) {
	b.t.Helper()
	file := filepath.Join(b.t.TempDir(), "page.html")
	must(b.t, os.WriteFile(file, page, 0o600))
	b.call("Page.navigate", map[string]any{"url": (&url.URL{Scheme: "file", Path: file}).String()}, nil)
	b.wait(`document.readyState + ' ' + location.protocol`, "complete file:")
}

// key presses a key.
func (b *browser) key(name string, code int, text string) {
	b.t.Helper()
	for _, kind := range []string{"keyDown", "keyUp"} {
		params := map[string]any{"type": kind, "key": name, "code": name, "windowsVirtualKeyCode": code}
		if kind == "keyDown" && text != "" {
			params["text"] = text
		}
		b.call("Input.dispatchKeyEvent", params, nil)
	}
}

// TestInBrowser drives the page as a person does: it searches customers that are not shown, sorts by pointer and by keyboard, filters,
// and looks at it on a telephone.
func TestInBrowser(t *testing.T) {
	b := openBrowser(t)
	r, many := report(), earners(1000)
	r.Earnings, r.Revenue.Actual = many.Earnings, many.Revenue.Actual
	b.open(r.HTML())
	const table = `document.querySelector('[data-block=customers-packed]')`
	const tools = table + `.parentNode.previousElementSibling`
	if got := b.eval(table + `.tBodies[0].rows.length`); got != "301" {
		t.Errorf("%s rows are shown of 1,000 customers, and not 300 and their sum", got)
	}

	// Number 42 is among the least, which only the packed rows have.
	search := func(word string) {
		b.eval(`(i => { i.value = '` + word + `'; i.dispatchEvent(new Event('input')) })(` + tools + `.querySelector('input'))`)
	}
	search("c000042")
	b.wait(tools+`.querySelector('output').textContent`, "1 of 1,000")
	if got := b.eval(table + `.tBodies[0].rows[0].innerText.replace(/\s+/g, ' ')`); got != "=Name c000042 42.00 3.00 39.00 0.00" {
		t.Errorf("a search finds %q", got)
	}
	search("")
	b.eval(`[...` + table + `.querySelectorAll('th button')].find(x => x.textContent === 'Revenue').click()`)
	b.eval(`[...` + table + `.querySelectorAll('th button')].find(x => x.textContent === 'Revenue').click()`)
	b.wait(table+`.tBodies[0].rows[0].cells[2].textContent`, "0.00")
	b.wait(table+`.querySelector('[aria-sort]').textContent`, "Revenue")

	// A column of the plan's table is reached and sorted by keys alone.
	const plan = `[...document.querySelectorAll('#plan ~ .scroll table')][0]`
	b.eval(plan + `.querySelectorAll('th button')[2].focus()`)
	b.key("Tab", 9, "")
	if got := b.eval(`document.activeElement.textContent`); got != "actual" {
		t.Errorf("the key Tab leads to %q", got)
	}
	b.key("Enter", 13, "\r")
	b.wait(plan+`.tBodies[0].rows[0].cells[3].textContent`, "131,220.45")
	b.key("Enter", 13, "\r")
	b.wait(plan+`.tBodies[0].rows[0].cells[3].textContent`, "4,410.00")
	if got := b.eval(plan + `.tBodies[0].lastElementChild.className`); got != "total" {
		t.Errorf("the sum stands within the rows: the last is %q", got)
	}
	if got, want := b.eval(plan+`.querySelector('tr.x .c').title`), "daybook explain . 2024-09/preview/eu-central-1/Revenue --run 3f9a0c1e"; got != want {
		t.Errorf("the row is explained by %q, not by %q", got, want)
	}

	// What needs attention, of one topic.
	const attention = `document.querySelector('#attention table')`
	b.eval(`(s => { s.value = 'Margin'; s.dispatchEvent(new Event('change')) })(document.querySelector('#attention select'))`)
	if got := b.eval(`[...` + attention + `.tBodies[0].rows].map(r => r.cells[0].textContent)`); got != "Margin" {
		t.Errorf("of the topic Margin there are %q", got)
	}

	// Nothing is wider than a telephone, and the page broke none of its own rules.
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": true}, nil)
	if got := b.eval(`document.documentElement.scrollWidth`); got != "390" {
		t.Errorf("the page is %s wide on a telephone of 390", got)
	}
	if got := b.eval(`[...document.querySelectorAll('svg.plot')].filter(s => s.getBoundingClientRect().right > 390).length`); got != "0" {
		t.Errorf("%s pictures are wider than a telephone", got)
	}
}

// TestWithoutScript: what the page shows before its script runs is whole: the histogram, the rows with the most revenue, the links.
func TestWithoutScript(t *testing.T) {
	b := openBrowser(t)
	b.call("Emulation.setScriptExecutionDisabled", map[string]any{"value": true}, nil)
	b.open(earners(1000).HTML())
	if got := b.eval(`document.querySelectorAll('button, input, select').length`); got != "0" {
		t.Errorf("%s controls are there that do nothing", got)
	}
	for selector, want := range map[string]string{
		`#customers-bands rect`: "4", `[data-block] tbody tr`: "301", `#customers a[href="customers.csv"]`: "4",
	} {
		if got := b.eval(`document.querySelectorAll('` + selector + `').length`); got != want {
			t.Errorf("there are %s %s, and not %s", got, selector, want)
		}
	}
	if got := b.eval(`document.body.innerText.includes('` + strings.Repeat("A", 300) + `')`); got != "false" {
		t.Error("the packed rows are in sight")
	}
}
