// The frame of the mailbox's pages: everything escaped, light and dark, readable on a phone.
// Plain HTML without scripts; the policy in the header keeps a mail from loading or running anything here.

/** Text that HTML takes as text, also inside an attribute in double quotes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** What a mail may do inside its page: show styles and pictures, and nothing else. */
export const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src https: http: data:; frame-src 'self'; form-action 'none'; base-uri 'none'";

const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#ddd, #444); --quiet: light-dark(#555, #aaa); }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.3rem; overflow-wrap: anywhere; }
ul { list-style: none; padding: 0; }
li a { display: block; padding: .6rem 0; border-bottom: 1px solid var(--line); text-decoration: none; color: inherit; }
li a:hover b, li a:focus b { text-decoration: underline; }
li, dd, pre, p { overflow-wrap: anywhere; }
li span { display: block; color: var(--quiet); font-size: .9rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; }
dt { color: var(--quiet); }
dd { margin: 0; }
iframe { width: 100%; height: 70vh; border: 1px solid var(--line); background: #fff; color-scheme: light; }
pre { white-space: pre-wrap; border: 1px solid var(--line); padding: 1rem; }
@media (max-width: 30rem) { dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .4rem; } }`;

/** A whole page; `title` is text, `body` is HTML. */
export function htmlPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
${body}
</body>
</html>
`;
}
