"""How a paper looks on screen and on A4 or Letter. Nothing in here comes from a case."""

from __future__ import annotations

from collections.abc import Iterable

_STYLE = """
:root {
  --ink: #1d2530; --soft: #5a6675; --line: #cfd6de; --wash: #f4f7fa; --accent: #1f5a7a;
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: #fff; color: var(--ink);
  font: 16px/1.55 Georgia, Cambria, "Noto Serif", "Times New Roman", serif;
}
main { max-width: 54rem; margin: 0 auto; padding: 3rem 1.5rem 5rem; }
h1, h2, h3, h4, h5, th, dt, caption, small, .marks, .state, .source, .aside, .every-page {
  font-family: system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif;
}
h1 { font-size: 2.1rem; line-height: 1.15; margin: 1.5rem 0 2rem; }
h1 small {
  display: block; margin-top: .5rem; font-size: 1.15rem; font-weight: 400; color: var(--soft);
}
h2 {
  margin: 4rem 0 1rem; padding-bottom: .5rem; font-size: 1.55rem; line-height: 1.25;
  border-bottom: 3px solid var(--accent);
}
h2 span { color: var(--accent); margin-right: .5rem; }
h3 { margin: 0 0 .35rem; font-size: 1.2rem; line-height: 1.3; }
h4 { margin: 1.75rem 0 .6rem; font-size: 1rem; color: var(--accent); }
h5 { margin: 1.5rem 0 .5rem; font-size: .95rem; }
p { margin: 0 0 .75rem; }
a { color: var(--accent); }
small, .source, .aside { font-size: .8rem; color: var(--soft); }
code { font-size: .92em; }
a, code, td, dd { overflow-wrap: anywhere; }
.marks { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; font-size: .85rem; }
.marks strong { padding: .2rem .7rem; border: 1.5px solid var(--accent); color: var(--accent); }
.working .marks strong:first-child { background: var(--accent); color: #fff; }
.facts {
  display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); gap: 1rem 2rem;
  margin: 0 0 2rem;
}
.facts dd { margin: 0; }
dt { font-size: .8rem; font-weight: 600; color: var(--soft); }
.notices {
  margin: 0; padding: 1rem 1.25rem 1rem 2.25rem; background: var(--wash);
  border-left: 4px solid var(--accent);
}
.purpose { font-size: 1.05rem; }
.state {
  display: flex; flex-wrap: wrap; gap: .15rem 1.1rem; font-size: .88rem; margin-bottom: .4rem;
}
.state span:first-child { font-weight: 600; }
.activity { margin-top: 2.5rem; padding-top: 1.5rem; border-top: 1px solid var(--line); }
.activity.off { color: var(--soft); }
.elsewhere { padding: .6rem 1rem; background: var(--wash); }
.answers { margin: 1.25rem 0 0; }
.answers > div {
  display: grid; grid-template-columns: minmax(8rem, 28%) 1fr; gap: 0 1.25rem;
  padding: .45rem 0; border-bottom: 1px solid var(--line);
}
.answers dt { padding-top: .15rem; }
.answers dd { margin: 0; }
dd, td { white-space: pre-line; }
em { color: var(--soft); }
em.open { color: var(--accent); }
table { width: 100%; border-collapse: collapse; font-size: .88rem; line-height: 1.4; }
th, td {
  padding: .45rem .6rem; text-align: left; vertical-align: top;
  border-bottom: 1px solid var(--line);
}
th:first-child, td:first-child { padding-left: 0; }
.group th:first-child, .record th:first-child { padding-left: .6rem; }
.date { white-space: nowrap; }
td.text, td.long-text, td.people, td.reference { min-width: 5.5rem; }
thead th { border-bottom: 2px solid var(--accent); font-size: .8rem; vertical-align: bottom; }
.group th { padding-top: 1rem; background: var(--wash); }
.integer, .number, .percent, .money, .calculated {
  text-align: right; font-variant-numeric: tabular-nums;
}
.record { margin-bottom: 1.5rem; }
.record caption {
  padding: .5rem .6rem; text-align: left; font-weight: 600; background: var(--wash);
  border-bottom: 2px solid var(--accent);
}
.record th { width: 28%; font-weight: 600; color: var(--soft); }
.problems { margin: 0; padding: 0; list-style: none; font-size: .95rem; }
.problems li {
  padding: .5rem 0 .5rem 1rem; border-left: 3px solid var(--line); margin-bottom: .35rem;
}
.problems .error { border-left-color: var(--accent); }
.problems .error strong { color: var(--accent); }
.problems strong { margin-right: .4rem; white-space: nowrap; }
.problems .warning strong, .problems .info strong, .problems .accepted strong {
  font-weight: 500; color: var(--soft);
}
.problems small { display: block; }
.asked { font-size: .85rem; color: var(--soft); overflow-wrap: anywhere; }
.signing { margin-top: 2.75rem; }
.signing h4 { margin-top: 0; }
.sign { table-layout: fixed; }
.sign td.line { height: 3.4rem; vertical-align: bottom; border-bottom: 1.5px solid var(--ink); }
.sign th { width: 30%; vertical-align: bottom; }
.sign th:first-child, td:first-child { padding-left: 0; }
.group th:first-child, .record th:first-child { padding-left: .6rem; }
thead th { width: auto; border-bottom: 0; }
.sign th small { display: block; font-weight: 400; }
.sign thead th:not(:first-child) { padding-left: 1.6rem; }
.sign td { border-left: 1rem solid transparent; background-clip: padding-box; }
.sources li { margin-bottom: .4rem; font-size: .85rem; overflow-wrap: anywhere; }
.count { white-space: nowrap; }
.every-page { display: none; }
@page {
  margin: 22mm 17mm 20mm;
  @bottom-left { content: "MARKS"; font: 8pt sans-serif; color: #5a6675; }
  @bottom-right {
    content: counter(page) " / " counter(pages); font: 8pt sans-serif; color: #5a6675;
  }
}
@media print {
  html { font-size: 10pt; }
  body { font-size: 1rem; line-height: 1.45; }
  main { max-width: none; padding: 0; }
  a { color: inherit; text-decoration: none; }
  section.step, section.sources { break-before: page; }
  section.step > h2:first-child, section.sources > h2:first-child { margin-top: 0; }
  h2, h3, h4, h5, caption, .state, .source { break-after: avoid; }
  tr, li, .answers > div, .signing { break-inside: avoid; }
  thead { display: table-header-group; }
  p, dd, td, li { orphans: 3; widows: 3; }
  .every-page {
    display: flex; flex-direction: column; gap: .2rem; align-items: center; justify-content: center;
    position: fixed; inset: 0; z-index: 1; pointer-events: none; transform: rotate(-32deg);
    color: rgb(31 90 122 / .13); font-size: 26pt; font-weight: 700; line-height: 1.2;
    text-align: center;
  }
  .working .every-page span:first-child { font-size: 46pt; }
}
"""


def style(marks: Iterable[str]) -> str:
    """The style sheet; it puts these words, which are ours, at the foot of every page.

    The foot is printed by browsers that know page margin boxes, the fixed element by all.
    """
    words = " · ".join(marks)
    return _STYLE.replace("MARKS", words.replace("\\", "").replace('"', ""))
