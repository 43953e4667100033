// Put into a page before its own scripts: presses Segment as soon as it can be pressed, and
// notes when what happened (ms since the page was opened). Observes, and polls nothing.
(() => {
  const marks = {};
  let longest = 0;
  const bench = { marks, awaits: "file", presses: true, longestTask: () => longest };
  window.lacunaBench = bench;
  const mark = (name) => (marks[name] ??= performance.now());
  const at = (id) => document.querySelector(`[data-testid="${id}"]`);
  const shows = () => bench.awaits === "sample" || (marks.dropped !== undefined && !at("sample-badge"));

  function look() {
    const button = at("segment");
    if (bench.presses && marks.clicked === undefined && button && !button.disabled && shows()) {
      mark("clicked");
      button.click();
    }
    if (marks.dropped === undefined && marks.clicked === undefined) return;
    const coverage = at("coverage")?.textContent ?? "";
    const measured = /^(all )?(\d+)(?: of \d+)? B-scans? measured/.exec(coverage);
    if (!measured || Number(measured[2]) === 0) return;
    if (marks.first === undefined) {
      mark("first");
      requestAnimationFrame(() => requestAnimationFrame(() => mark("firstDrawn")));
    }
    if (measured[1] && marks.all === undefined) {
      mark("all");
      requestAnimationFrame(() => requestAnimationFrame(() => mark("drawn")));
    }
  }

  document.addEventListener(
    "change",
    (event) => {
      if (event.target.dataset?.testid === "file-input") mark("dropped");
    },
    true,
  );
  new MutationObserver(look).observe(document, {
    subtree: true,
    childList: true,
    characterData: true,
    attributeFilter: ["disabled"],
  });
  new PerformanceObserver((list) => {
    // The one in which the page starts is none of a run.
    if (marks.dropped === undefined && marks.clicked === undefined) return;
    for (const task of list.getEntries()) longest = Math.max(longest, task.duration);
  }).observe({ type: "longtask" });
})();
