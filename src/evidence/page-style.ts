/** How the page looks on a screen, light and dark, and on paper. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --ink: light-dark(#1c2330, #e9ebf0); --quiet: light-dark(#525b6b, #a9b1bf); --line: light-dark(#d9dde4, #383f4c); --sunk: light-dark(#f5f6f8, #1d222b); --warn: light-dark(#7a4b00, #f0c37a); --warn-sunk: light-dark(#fdf5e4, #2d2515); }
* { box-sizing: border-box; }
body { margin: 0; background: light-dark(#fff, #14181f); color: var(--ink); font: 14px/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; overflow-wrap: break-word; }
main { max-width: 70rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { margin: 0; font-size: 1.7rem; line-height: 1.2; }
h1 span { font-weight: 400; }
h2 { margin: 2.25rem 0 .6rem; padding-top: .9rem; border-top: 1px solid var(--line); font-size: 1.1rem; }
h3 { margin: 1.2rem 0 .3rem; font-size: 1rem; }
.kind { margin: 0 0 .3rem; color: var(--quiet); }
.state { margin: .3rem 0 1rem; font-weight: 600; }
pre, code { font-family: ui-monospace, "Cascadia Mono", "DejaVu Sans Mono", monospace; font-size: .86em; overflow-wrap: anywhere; }
pre { padding: .6rem .8rem; background: var(--sunk); border: 1px solid var(--line); border-radius: 6px; white-space: pre-wrap; }
dl { display: grid; gap: .25rem; margin: 0; }
dl > div { display: grid; grid-template-columns: minmax(7rem, 13rem) 1fr; gap: .75rem; }
dt { color: var(--quiet); }
dd { margin: 0; min-width: 0; }
ol { margin: 0; padding-left: 1.2rem; }
article { margin-bottom: 1.5rem; }
details { margin-top: .6rem; padding: .6rem .8rem; background: var(--sunk); border: 1px solid var(--line); border-radius: 6px; }
summary { font-weight: 600; cursor: pointer; }
.table { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .35rem .6rem .35rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
th { color: var(--quiet); font-weight: 500; }
td code { display: inline-block; min-width: 12rem; }
time { white-space: nowrap; }
.unproven { margin-top: 2.25rem; padding: .25rem 1rem 1rem; background: var(--warn-sunk); border: 1px solid var(--warn); border-radius: 6px; }
.unproven h2 { border: 0; margin-top: .5rem; padding-top: 0; color: var(--warn); }
@media (max-width: 34rem) { dl > div { grid-template-columns: 1fr; gap: 0; } main { padding-inline: .9rem; } }
@media print { :root { color-scheme: light; } body { font-size: 9.5pt; } main { max-width: none; padding: 0; } tr, article > p { break-inside: avoid; } h2, h3 { break-after: avoid; } .table { overflow: visible; } details { border: 0; padding: 0; background: none; } }
`;
