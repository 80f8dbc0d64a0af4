const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;
/** An address that lacks its scheme, most often. Keys have no dots, or capitals as well. */
const addressLike = /^[a-z0-9/:-]{1,40}\.[a-z0-9./:-]{1,40}$/;
const example = 'https://engramia.example.com';

/** The text without anything that may be a secret. */
function shown(value: unknown): string {
  if (typeof value !== 'string' && !(value instanceof URL)) return typeof value;
  const text = String(value);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // A key may have been put in the place of the address.
  if (url?.host) return JSON.stringify(`${url.protocol}//${url.host}${url.pathname}`);
  const isWord = /^[\w./:-]{1,20}$/.test(text) && !text.includes('_sk_');
  return JSON.stringify(isWord || addressLike.test(text) ? text : '…');
}

/** What is wrong with the service's address, and its mend; empty when it can be used. */
export function baseUrlIssues(value: unknown): string[] {
  if (value === undefined) {
    return [`baseUrl is missing: give it or set ENGRAMIA_API_URL, for example to ${example}`];
  }
  const isText = typeof value === 'string' || value instanceof URL;
  if (!isText || !URL.canParse(String(value))) {
    return [`baseUrl must be a URL such as ${example}, not ${shown(value)}`];
  }
  const url = new URL(String(value));
  const name = `baseUrl ${shown(value)}`;
  const rules: readonly [broken: boolean, issue: string][] = [
    [!/^https?:$/.test(url.protocol), 'must begin with https://'],
    [
      url.protocol === 'http:' && !loopback.test(url.hostname),
      'must use https: http would send the key in the clear',
    ],
    [url.username + url.password !== '', 'must hold no user name or password: use apiKey'],
    [url.search + url.hash !== '', 'must have no query and no fragment'],
  ];
  return rules.filter(([broken]) => broken).map(([, issue]) => `${name} ${issue}`);
}
