// The links of a mail, in the order in which they stand, and the same mail with links that are counted. Only attributes are
// touched: every other byte of the template's HTML stays as it is.
import { Tokenizer } from 'htmlparser2';

/** One `href` of an `a` or `area`: its address with entities decoded, and where it stands, from behind the name to its end. */
interface Link {
  href: string;
  start: number;
  end: number;
}

export interface Tracking {
  /** The address that stands for the n-th link of the mail and leads to it. */
  link?: (n: number) => string;
  /** Where the links that are counted lead: the shop's own site. Data from outside may have made others. */
  site: string;
  /** The address of an image that nobody sees. */
  pixel?: string;
  /** Beginnings of our own addresses, which are not counted: unsubscribing is nobody's interest in the goods. */
  own: string[];
}

/** The addresses of all links; the position in this list is a link's number. */
export function linksIn(html: string): string[] {
  return find(html).map(({ href }) => href);
}

/** Where the link of this number leads; null where there is none, or it is no page of the web. */
export function targetOf(html: string, n: number): string | null {
  const href = linksIn(html)[n];
  return href === undefined ? null : webAddress(href);
}

export function withTracking(html: string, { link, pixel, own, site }: Tracking): string {
  const parts: string[] = [];
  let from = 0;
  for (const [n, { href, start, end }] of find(html).entries()) {
    const address = webAddress(href);
    if (!link || address === null || !isOnSite(address, site) || own.some((beginning) => address.startsWith(beginning)))
      continue;
    parts.push(html.slice(from, start), `="${escaped(link(n))}"`);
    from = end;
  }
  const linked = parts.join('') + html.slice(from);
  if (pixel === undefined) return linked;
  const image = `<img src="${escaped(pixel)}" width="1" height="1" alt="" style="border:0">`;
  const end = linked.toLowerCase().lastIndexOf('</body');
  return end < 0 ? linked + image : linked.slice(0, end) + image + linked.slice(end);
}

/** True for pages of this site (`https://shop.example`) and of its subdomains. */
export function isOnSite(address: string, site: string): boolean {
  if (!URL.canParse(site) || !URL.canParse(address)) return false;
  const [host, home] = [new URL(address).hostname, new URL(site).hostname.replace(/^www\./, '')];
  return host === home || host.endsWith(`.${home}`);
}

function webAddress(href: string): string | null {
  if (!URL.canParse(href.trim())) return null;
  const { protocol, href: address } = new URL(href.trim());
  return protocol === 'https:' || protocol === 'http:' ? address : null;
}

function find(html: string): Link[] {
  const links: Link[] = [];
  let tag = '';
  let name = '';
  let start = 0;
  let href = '';
  const nothing = () => {};
  const tokenizer = new Tokenizer(
    { xmlMode: false, decodeEntities: true },
    {
      onopentagname(from, to) {
        tag = html.slice(from, to).toLowerCase();
      },
      onattribname(from, to) {
        name = html.slice(from, to).toLowerCase();
        start = to;
        href = '';
      },
      onattribdata(from, to) {
        href += html.slice(from, to);
      },
      onattribentity(codepoint) {
        href += String.fromCodePoint(codepoint);
      },
      onattribend(_quote, end) {
        if ((tag === 'a' || tag === 'area') && name === 'href') links.push({ href, start, end });
      },
      ...{ oncdata: nothing, onclosetag: nothing, oncomment: nothing, ondeclaration: nothing, onend: nothing },
      ...{ onopentagend: nothing, onprocessinginstruction: nothing, onselfclosingtag: nothing },
      ...{ ontext: nothing, ontextentity: nothing },
    },
  );
  tokenizer.write(html);
  tokenizer.end();
  return links;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
}
