// Sorts, filters and searches the tables of a page, and copies its commands. Without it the page has the same rows, in their order.
(function () {
  'use strict';
  var d = document, most = 300;

  function make(tag, attributes, text) {
    var e = d.createElement(tag);
    for (var k in attributes) e.setAttribute(k, attributes[k]);
    if (text) e.textContent = text;
    return e;
  }

  // A number as it is read: thousands with commas, a true minus; what has none sorts below all.
  function number(s) {
    var n = parseFloat(s.replace(/,/g, '').replace('\u2212', '-').replace('+', ''));
    return isNaN(n) ? -Infinity : n;
  }

  var words = new Intl.Collator('en', { numeric: true }).compare;

  // Pairs of a value and its place: equals keep their order.
  function compare(numbers, down) {
    return function (a, b) {
      var c = a[0] === b[0] ? 0 : numbers ? a[0] - b[0] : words(a[0], b[0]);
      return (down ? -c : c) || a[1] - b[1];
    };
  }

  function copy(text, button) {
    function done() {
      var was = button.textContent;
      button.textContent = 'copied';
      setTimeout(function () { button.textContent = was; }, 1200);
    }
    function select() {
      var area = make('textarea', {}, text);
      d.body.appendChild(area);
      area.select();
      d.execCommand('copy');
      area.remove();
      button.focus();
      done();
    }
    if (navigator.clipboard) navigator.clipboard.writeText(text).then(done, select); else select();
  }

  // The command for an identifier: an anchor is one with all but plain letters written ~ and two digits.
  function command(anchor) {
    var id = decodeURIComponent(anchor.replace(/~/g, '%'));
    var page = d.querySelector('main').dataset, other = id.indexOf(page.period + '/') !== 0;
    if (!/^[\w.\/:%@+,-]+$/.test(id)) id = "'" + id.replace(/'/g, "'\\''") + "'";
    return page.command.replace('{}', function () { return id; }) + (other ? ' --period ' + page.period : '');
  }

  function copier(place, text, label) {
    var b = make('button', { type: 'button', 'class': 'c', title: text, 'aria-label': label + ': ' + text }, label);
    b.onclick = function () { copy(text, b); };
    place.appendChild(b);
  }

  // The packed rows of a table: a line of facts, then a line for each column; amounts are in the least unit.
  function unpack(table) {
    var hold = d.getElementById(table.dataset.block), raw = atob(hold.textContent), bytes = new Uint8Array(raw.length);
    for (var i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
    var stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
    return new Response(stream).text().then(function (text) {
      var lines = text.split('\n'), facts = JSON.parse(lines[0]), columns = lines.slice(1).map(function (l) { return l.split('\t'); });
      var names = columns[0].map(function (name, i) { return (name + ' ' + columns[1][i]).toLowerCase(); });
      return { count: facts.rows, places: facts.places, columns: columns, names: names };
    });
  }

  function amount(minor, places) {
    if (minor === '') return '';
    var below = minor.charAt(0) === '-', s = (below ? minor.slice(1) : minor).padStart(places + 1, '0');
    var whole = s.slice(0, s.length - places).replace(/\B(?=(\d{3})+$)/g, ',');
    return (below ? '\u2212' : '') + whole + (places ? '.' + s.slice(-places) : '');
  }

  // A packed amount by its key: of a column, or of one less another.
  function packedAmount(data, key, i) {
    var of = key.split('-'), s = data.columns[of[0]][i];
    if (of.length < 2 || s === '') return s;
    var less = data.columns[of[1]][i];
    return less === '' ? '' : String(BigInt(s) - BigInt(less));
  }

  // A row of the packed: the name with its identifier, then its amounts in the columns that have a key.
  function packedRow(data, i, heads) {
    var tr = make('tr', {});
    heads.forEach(function (key, k) {
      if (k === 0) {
        var name = make('th', { scope: 'row' }, data.columns[0][i] || data.columns[1][i]);
        if (data.columns[0][i] && data.columns[0][i] !== data.columns[1][i]) {
          name.append(' ', make('span', { 'class': 'soft' }, data.columns[1][i]));
        }
        tr.append(name);
        return;
      }
      var s = key === '' ? '' : amount(packedAmount(data, key, i), data.places);
      tr.append(make('td', { 'class': 'n' }, s));
    });
    return tr;
  }

  function enliven(table) {
    var body = table.tBodies[0], heads = [].slice.call(table.tHead.rows[0].cells);
    var rows = [].slice.call(body.rows).filter(function (r) { return r.className !== 'total'; });
    var totals = [].slice.call(body.rows).filter(function (r) { return r.className === 'total'; });
    var packed = table.dataset.block, data = null, order = null, column = -1, down = false;
    var keys = (table.dataset.keys || '').split(','), search = null, choices = [], said = null, texts = new Map();
    rows.forEach(function (r) { texts.set(r, [].map.call(r.cells, function (c) { return c.textContent; })); });

    function cell(r, k) { return texts.get(r)[k] || ''; }

    function show() {
      var word = search ? search.value.trim().toLowerCase() : '', found, shown;
      var chosen = choices.filter(function (c) { return c.value; });
      if (data && (word || column >= 0)) {
        if (order === null) {
          order = data.names.map(function (name, i) {
            var s = column > 0 ? packedAmount(data, keys[column], i) : name;
            return [column > 0 ? (s === '' ? -Infinity : +s) : s, i];
          });
          if (column >= 0) order.sort(compare(column > 0, down));
        }
        found = word ? order.filter(function (x) { return data.names[x[1]].indexOf(word) >= 0; }) : order;
        shown = found.slice(0, most).map(function (x) { return packedRow(data, x[1], keys); });
      } else {
        found = rows.filter(function (r) {
          return texts.get(r).join(' ').toLowerCase().indexOf(word) >= 0 && chosen.every(function (c) { return cell(r, c.dataset.column) === c.value; });
        });
        if (column >= 0) {
          var isNumber = heads[column].className === 'n';
          found = found.map(function (r, i) {
            var s = cell(r, column);
            return [isNumber ? number(s) : s, i, r];
          }).sort(compare(isNumber, down)).map(function (x) { return x[2]; });
        }
        shown = found;
      }
      body.replaceChildren.apply(body, []);
      shown.concat(word || chosen.length ? [] : totals).forEach(function (r) { body.appendChild(r); });
      if (said) {
        var all = data ? data.count : rows.length, n = found.length;
        said.textContent = word || chosen.length || data && column >= 0 ? n.toLocaleString('en') + ' of ' + all.toLocaleString('en') +
          (n > shown.length ? ', the first ' + shown.length + ' shown' : '') : '';
      }
    }

    function ready() {
      if (!packed || data) { show(); return; }
      if (said) said.textContent = 'reading all rows';
      unpack(table).then(function (x) { data = x; show(); }, function () {
        packed = '';
        show();
        if (said) said.textContent += ' (this browser cannot unpack the others: see the CSV file)';
      });
    }

    heads.forEach(function (th, k) {
      if (packed && k > 0 && keys[k] === '') return;
      var b = make('button', { type: 'button' });
      b.append.apply(b, [].slice.call(th.childNodes));
      th.append(b);
      b.onclick = function () {
        down = column === k ? !down : th.className === 'n';
        column = k;
        order = null;
        heads.forEach(function (h) { h.removeAttribute('aria-sort'); });
        th.setAttribute('aria-sort', down ? 'descending' : 'ascending');
        ready();
      };
    });
    if (rows.length < 12 && !packed) return;
    var tools = make('div', { 'class': 'tools' }), place = table.parentNode;
    search = make('input', { type: 'search', placeholder: 'Search', 'aria-label': 'Search this table' });
    said = make('output', {});
    search.oninput = ready;
    tools.append(search);
    heads.forEach(function (th, k) {
      if (th.className !== 'f') return;
      var values = Array.from(new Set(rows.map(function (r) { return cell(r, k); }))).filter(Boolean).sort();
      if (values.length < 2 || values.length > 40) return;
      var label = th.textContent, choice = make('select', { 'aria-label': label, 'data-column': k });
      choice.append(make('option', { value: '' }, label + ': all'));
      values.forEach(function (v) { choice.append(make('option', { value: v }, v)); });
      choice.onchange = ready;
      choices.push(choice);
      tools.append(choice);
    });
    tools.append(said);
    place.parentNode.insertBefore(tools, place);
  }

  d.addEventListener('DOMContentLoaded', function () {
    [].forEach.call(d.querySelectorAll('code.cmd'), function (code) { copier(code.parentNode, code.textContent, 'copy'); });
    [].forEach.call(d.querySelectorAll('table.t'), enliven); // which reads the cells before there are buttons in them
    [].forEach.call(d.querySelectorAll('tr.x'), function (tr) { copier(tr.cells[0], command(tr.id), 'explain'); });
    [].forEach.call(d.querySelectorAll('.scroll'), function (e) { if (e.scrollWidth > e.clientWidth) e.tabIndex = 0; });
  });
})();
