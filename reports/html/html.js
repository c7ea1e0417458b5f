/*
 * What scripts add to the page, which is whole without them: a filter of the matrix, arrow keys in
 * it, and a cell's story beside it. The state stands in the fragment:
 * #cell=ROW/CLASS&outcome=reject&family=staple&class=gnutls&unexpected&exposed
 * Text from the page is only ever moved as nodes or textContent, never parsed again.
 */
(function () {
	"use strict";
	var table = document.getElementById("cells");
	var form = document.getElementById("filter");
	var panel = document.getElementById("panel");
	if (!table || !form || !panel)
		return;
	var title = document.getElementById("panel-title");
	var body = document.getElementById("panel-body");
	var shown = document.getElementById("shown");
	var pageTitle = document.title;

	/* The matrix as arrays, by the indices that ids have: r3, k17, c3-17. */
	var heads = Array.from(table.tHead.rows[1].cells);
	var groups = Array.from(table.tHead.rows[0].cells).slice(1);
	var classIds = heads.map(function (head) { return head.dataset.id; });
	var rows = [], families = [];
	var gaps = heads.map(function () { return false; }); /* columns that begin a group */
	Array.from(table.tBodies).forEach(function (part) {
		var family = { element: part, name: part.dataset.family || "", rows: [] };
		Array.from(part.rows).forEach(function (line) {
			if (line.className === "family") {
				family.heading = line.cells[0];
				return;
			}
			var cells = Array.from(line.cells);
			var row = { element: line, head: cells[0], id: cells[0].textContent.trim(),
				cells: cells.slice(1), family: family };
			row.styles = row.cells.map(function (cell) { return " " + cell.className + " "; });
			family.rows.push(row);
			rows.push(row);
		});
		families.push(family);
	});

	/* The fragment */
	var fields = ["outcome", "family", "class"], checks = ["unexpected", "exposed"];
	var state = { cell: "" };

	function encode(text) {
		return encodeURIComponent(text).replace(/%2F/g, "/").replace(/%40/g, "@")
			.replace(/%3A/g, ":").replace(/%2C/g, ",");
	}

	function stateToFragment() {
		var parts = [];
		if (state.cell)
			parts.push("cell=" + encode(state.cell));
		fields.forEach(function (name) {
			if (state[name])
				parts.push(name + "=" + encode(state[name]));
		});
		checks.forEach(function (name) {
			if (state[name])
				parts.push(name + "=1");
		});
		return parts.length > 0 ? "#" + parts.join("&") : "#matrix";
	}

	function isState(fragment) {
		return /^#(cell|outcome|family|class|unexpected|exposed)=/.test(fragment);
	}

	function stateFromFragment() {
		var read = new URLSearchParams(location.hash.slice(1));
		state = { cell: read.get("cell") || "" };
		fields.forEach(function (name) { state[name] = read.get(name) || ""; });
		checks.forEach(function (name) { state[name] = read.get(name) === "1"; });
	}

	function keepState(push) {
		var fragment = stateToFragment();
		if (fragment === location.hash)
			return;
		if (push)
			history.pushState(null, "", fragment);
		else
			history.replaceState(null, "", fragment);
	}

	/* The filter */
	function classFilter(words) {
		var patterns = words.split(/[\s,]+/).filter(Boolean).map(function (word) {
			var pattern = word.toLowerCase().replace(/[.+^${}()|[\]\\]/g, "\\$&")
				.replace(/\*/g, ".*").replace(/\?/g, ".");
			return new RegExp(/[*?]/.test(word) ? "^" + pattern + "$" : pattern);
		});
		return classIds.map(function (id) {
			return patterns.length === 0 ||
				patterns.some(function (pattern) { return pattern.test(id.toLowerCase()); });
		});
	}

	function cellFilter() {
		var wanted = [];
		if (state.outcome === "connect")
			wanted.push(/ (connect|blind) /);
		else if (state.outcome)
			wanted.push(new RegExp(" " + state.outcome.replace(/\W/g, "") + " "));
		checks.forEach(function (name) {
			if (state[name])
				wanted.push(new RegExp(" " + name + " "));
		});
		return wanted.length === 0 ? null : function (style) {
			return wanted.every(function (pattern) { return pattern.test(style); });
		};
	}

	var widths = groups.map(function (group) { return group.colSpan; });

	/* A group's heading spans what is left of it; its first column keeps the distance. */
	function showGroups(columns) {
		var at = 0, num = 0;
		groups.forEach(function (group, i) {
			var left = [];
			for (var c = at; c < at + widths[i]; c++)
				if (columns[c])
					left.push(c);
			group.hidden = left.length === 0;
			group.colSpan = left.length || 1;
			group.classList.toggle("g", num > 0);
			left.forEach(function (c, k) { gaps[c] = k === 0 && num > 0; });
			at += widths[i];
			num += left.length;
		});
		families.forEach(function (family) {
			if (family.heading)
				family.heading.colSpan = num + 1;
		});
		return num;
	}

	var isFiltered = false;

	function applyFilter() {
		var columns = classFilter(state["class"] || "");
		var matches = cellFilter();
		var numRows = 0, numCells = 0, numClasses;
		var wanted = Boolean(matches || state.family || state["class"]);
		if (!wanted && !isFiltered) { /* as the page came: nothing to touch in many thousand cells */
			tellShown(rows.length, heads.length, rows.length * heads.length);
			return;
		}
		isFiltered = wanted;
		if (matches) {
			var hits = columns.map(function () { return false; });
			rows.forEach(function (row) {
				if (state.family && row.family.name !== state.family)
					return;
				row.styles.forEach(function (style, c) { hits[c] = hits[c] || matches(style); });
			});
			columns = columns.map(function (column, c) { return column && hits[c]; });
		}
		numClasses = showGroups(columns);
		rows.forEach(function (row) {
			var num = 0;
			row.styles.forEach(function (style, c) {
				var hit = columns[c] && (!matches || matches(style));
				num += hit;
				row.cells[c].hidden = !columns[c];
				row.cells[c].classList.toggle("off", !hit);
				row.cells[c].classList.toggle("g", gaps[c]);
			});
			row.element.hidden = num === 0 ||
				Boolean(state.family && row.family.name !== state.family);
			if (!row.element.hidden) {
				numRows++;
				numCells += num;
			}
		});
		families.forEach(function (family) {
			family.element.hidden = family.rows.every(function (row) { return row.element.hidden; });
		});
		heads.forEach(function (head, c) {
			head.hidden = !columns[c];
			head.classList.toggle("g", gaps[c]);
		});
		tellShown(numRows, numClasses, numCells);
	}

	function tellShown(numRows, numClasses, numCells) {
		shown.textContent = numRows + " of " + rows.length + " " + (families[0].name ? "scenarios" : "endpoints") +
			", " + numClasses + " of " + heads.length + " client classes, " + numCells + " cells";
		moveStop(currentStop());
	}

	function fillForm() {
		fields.forEach(function (name) {
			if (form.elements[name])
				form.elements[name].value = state[name] || "";
		});
		checks.forEach(function (name) { form.elements[name].checked = Boolean(state[name]); });
	}

	function readForm() {
		fields.forEach(function (name) {
			state[name] = form.elements[name] ? form.elements[name].value : "";
		});
		checks.forEach(function (name) { state[name] = form.elements[name].checked; });
		applyFilter();
		keepState(false);
	}

	/* Arrow keys: one stop for Tab in the whole grid, which the keys move (ARIA grid pattern) */
	var stop = null;

	function gridLines() {
		var lines = [[null].concat(heads)];
		rows.forEach(function (row) { lines.push([row.head].concat(row.cells)); });
		return lines.filter(function (line) { return !line[1].parentNode.hidden; }).map(function (line) {
			return line.filter(function (cell, i) { return i === 0 || !cell.hidden; });
		});
	}

	function linkOf(cell) {
		return cell && cell.querySelector("a");
	}

	function currentStop() {
		if (stop && stop.offsetParent !== null)
			return stop;
		var line = gridLines()[1];
		return linkOf(line ? line[1] || line[0] : heads[0]);
	}

	function moveStop(link) {
		if (stop)
			stop.tabIndex = -1;
		stop = link;
		if (stop)
			stop.tabIndex = 0;
	}

	function onKey(event) {
		var link = event.target.closest("td > a, th > a");
		if (!link || event.altKey || event.metaKey || event.shiftKey)
			return;
		var lines = gridLines(), y = -1, x = -1;
		lines.forEach(function (line, i) {
			var at = line.indexOf(link.parentNode);
			if (at >= 0) {
				y = i;
				x = at;
			}
		});
		if (y < 0)
			return;
		var last = lines.length - 1, end = lines[y].length - 1;
		switch (event.key) {
		case "ArrowLeft": x--; break;
		case "ArrowRight": x++; break;
		case "ArrowUp": y--; break;
		case "ArrowDown": y++; break;
		case "PageUp": y = Math.max(y - 10, 0); break;
		case "PageDown": y = Math.min(y + 10, last); break;
		case "Home": x = event.ctrlKey ? 1 : 0; y = event.ctrlKey ? Math.min(1, last) : y; break;
		case "End": x = end; y = event.ctrlKey ? last : y; break;
		default: return;
		}
		event.preventDefault();
		var next = lines[y] && linkOf(lines[y][Math.max(x, 0)]);
		if (!next)
			return;
		moveStop(next);
		next.focus();
		if (panel.open && /^#c\d/.test(next.getAttribute("href")))
			openCell(next, false);
	}

	/* The story beside the matrix */
	function element(name, text) {
		var made = document.createElement(name);
		if (text !== undefined)
			made.textContent = text;
		return made;
	}

	/* A copy without ids, which must stay unique. */
	function copy(node) {
		var made = node.cloneNode(true);
		made.removeAttribute("id");
		made.querySelectorAll("[id]").forEach(function (one) { one.removeAttribute("id"); });
		return made;
	}

	function pointer(words, target) {
		var line = element("p"), link = element("a", words);
		link.href = "#" + target;
		line.append(link);
		return line;
	}

	function fillPanel(r, c) {
		var entry = document.getElementById("c" + r + "-" + c);
		var story = entry.closest("article"), about = document.getElementById("r" + r);
		var column = document.getElementById("k" + c);
		var article = copy(story);
		var took = entry.textContent.slice(entry.querySelector("a").textContent.length).trim();
		var command = article.querySelector(".repeat code");
		var first = story.querySelector("li a").textContent;
		var sharing = story.querySelectorAll("li").length - 1;
		article.querySelector("ul").remove();
		command.textContent = command.textContent.replace("--class " + first, "--class " + classIds[c]);
		if (took)
			command.parentNode.before(element("p", "It took " + took + "."));
		title.replaceChildren(element("code", classIds[c]), " in ", element("code", rows[r].id));
		body.replaceChildren(article);
		if (sharing > 0)
			body.append(pointer(sharing === 1 ? "One other class has the same story"
				: sharing + " other classes have the same story", "c" + r + "-" + c));
		body.append(element("h3", about.querySelector("h3").firstChild.textContent.trim()));
		about.querySelectorAll(":scope > p, :scope > dl").forEach(function (one) { body.append(copy(one)); });
		body.append(pointer("All of " + rows[r].id, "r" + r));
		body.append(element("h3", column.querySelector("h3").firstChild.textContent.trim()));
		column.querySelectorAll(":scope > p, :scope > dl").forEach(function (one) { body.append(copy(one)); });
		body.append(pointer("All of " + classIds[c], "k" + c));
		panel.scrollTop = 0;
	}

	function placeOf(link) {
		var found = /^#c(\d+)-(\d+)$/.exec(link.getAttribute("href"));
		return found && { r: Number(found[1]), c: Number(found[2]) };
	}

	function markCurrent(cell) {
		var old = table.querySelector("[aria-current]");
		if (old)
			old.removeAttribute("aria-current");
		if (cell)
			cell.setAttribute("aria-current", "true");
	}

	function openCell(link, moveFocus, keepHistory) {
		var place = placeOf(link);
		var cell = linkOf(rows[place.r].cells[place.c]);
		var wasOpen = panel.open;
		fillPanel(place.r, place.c);
		markCurrent(cell);
		if (!wasOpen)
			panel.show();
		document.body.classList.add("beside");
		document.title = rows[place.r].id + ", " + classIds[place.c] + " - " + pageTitle;
		if (cell.offsetParent !== null)
			moveStop(cell);
		state.cell = rows[place.r].id + "/" + classIds[place.c];
		if (!keepHistory)
			keepState(!wasOpen);
		cell.scrollIntoView({ block: "nearest", inline: "nearest" });
		if (moveFocus)
			title.focus();
	}

	function closePanel(keepHistory) {
		if (!panel.open)
			return;
		var within = panel.contains(document.activeElement);
		panel.close();
		document.body.classList.remove("beside");
		document.title = pageTitle;
		markCurrent(null);
		state.cell = "";
		if (!keepHistory)
			keepState(false);
		if (within && stop)
			stop.focus({ preventScroll: true });
	}

	/* Both ids may contain a slash: the row is what leaves a class that there is. */
	function findCell(name) {
		for (var r = 0; r < rows.length; r++) {
			if (name.slice(0, rows[r].id.length + 1) !== rows[r].id + "/")
				continue;
			var c = classIds.indexOf(name.slice(rows[r].id.length + 1));
			if (c >= 0)
				return linkOf(rows[r].cells[c]);
		}
		return null;
	}

	function readFragment() {
		if (!isState(location.hash)) {
			closePanel(true);
			return;
		}
		var wanted;
		stateFromFragment();
		wanted = state.cell;
		fillForm();
		applyFilter();
		var link = wanted ? findCell(wanted) : null;
		if (link)
			openCell(link, true, true);
		else
			closePanel(true);
		if (wanted && !link)
			shown.textContent = "This report has no cell " + wanted + ". " + shown.textContent;
	}

	/* Now the page takes scripts. */
	table.setAttribute("role", "grid");
	table.parentNode.removeAttribute("tabindex");
	table.querySelectorAll("a").forEach(function (link) { link.tabIndex = -1; });
	form.hidden = false;
	form.addEventListener("submit", function (event) { event.preventDefault(); });
	form.addEventListener("input", readForm);
	form.addEventListener("reset", function () { setTimeout(readForm, 0); });
	table.addEventListener("keydown", onKey);
	table.addEventListener("focusin", function (event) {
		if (event.target.matches("a"))
			moveStop(event.target);
	});
	document.addEventListener("click", function (event) {
		var link = event.target.closest("a[href^='#c']");
		if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || !link ||
		    !placeOf(link) || panel.contains(link))
			return;
		event.preventDefault();
		openCell(link, true);
	});
	document.addEventListener("keydown", function (event) {
		if (event.key === "Escape" && panel.open) {
			event.preventDefault();
			closePanel();
		}
	});
	document.getElementById("panel-close").addEventListener("click", function () { closePanel(); });
	window.addEventListener("hashchange", readFragment);
	window.addEventListener("popstate", readFragment);
	applyFilter();
	readFragment();
})();
