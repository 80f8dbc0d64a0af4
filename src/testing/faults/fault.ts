/**
 * What is wrong with a fault server.
 *
 * - `none`: it answers 200 with JSON.
 * - `refuse`: connections are refused, and those there are break.
 * - `hang`: requests are taken and never answered.
 * - `reset-before-head`: the request is taken, then the connection is reset.
 * - `reset-mid-body`: the connection is reset after half of the body.
 * - `drip`: the answer comes a byte at a time, one every `dripMs`.
 * - `retry-after-huge`, `retry-after-negative`, `retry-after-far-date`, `retry-after-garbage`: 429 with a `Retry-After`
 *   that nobody can mean.
 * - `html`: 200 with a page instead of JSON, as from a portal.
 * - `truncated-json`: 200 with the first half of the JSON, as if that were all.
 * - `huge-body`: 200 with valid JSON of `bodyBytes`.
 * - `endless-chunks`: 200 with a body that never ends.
 * - `redirect`: 307 to `redirectTo`; `redirect-insecure`: the same over plain http.
 * - `tls-self-signed`: https with a certificate that nobody vouches for.
 * - `tls-plain-text`: whatever is said is answered in plain HTTP, also a TLS greeting.
 * - `error-after-storing`: the work is done, the answer is 500 as plain text.
 * - `late`: the work is done at once, the answer comes after `lateMs`.
 */
export type Fault =
  | 'none'
  | 'refuse'
  | 'hang'
  | 'reset-before-head'
  | 'reset-mid-body'
  | 'drip'
  | 'retry-after-huge'
  | 'retry-after-negative'
  | 'retry-after-far-date'
  | 'retry-after-garbage'
  | 'html'
  | 'truncated-json'
  | 'huge-body'
  | 'endless-chunks'
  | 'redirect'
  | 'redirect-insecure'
  | 'tls-self-signed'
  | 'tls-plain-text'
  | 'error-after-storing'
  | 'late';
