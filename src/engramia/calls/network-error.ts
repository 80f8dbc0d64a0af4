/** What the connection's own error codes say about a request: whether it may have been sent. */
const sentByCode: ReadonlyMap<string, boolean> = new Map([
  ['ECONNREFUSED', false],
  ['ENOTFOUND', false],
  ['EAI_AGAIN', false],
  ['UND_ERR_CONNECT_TIMEOUT', false],
  ['CERT_HAS_EXPIRED', false],
  // By a clock of ours that is behind, most often.
  ['CERT_NOT_YET_VALID', false],
  ['CERT_REVOKED', false],
  ['CERT_REJECTED', false],
  ['CERT_UNTRUSTED', false],
  ['CERT_SIGNATURE_FAILURE', false],
  ['INVALID_CA', false],
  ['INVALID_PURPOSE', false],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', false],
  ['SELF_SIGNED_CERT_IN_CHAIN', false],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', false],
  ['UNABLE_TO_GET_ISSUER_CERT', false],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', false],
  ['ERR_TLS_CERT_ALTNAME_INVALID', false],
  // Whoever listens there does not speak TLS: https in the place of http, most often.
  ['ERR_SSL_WRONG_VERSION_NUMBER', true],
  // Of this machine: no more files or ports, or a firewall.
  ['EMFILE', true],
  ['ENFILE', true],
  ['EADDRNOTAVAIL', true],
  ['EACCES', true],
  ['EHOSTUNREACH', true],
  ['ENETUNREACH', true],
  ['ETIMEDOUT', true],
  ['ECONNRESET', true],
  ['EPIPE', true],
  ['UND_ERR_SOCKET', true],
  ['UND_ERR_HEADERS_TIMEOUT', true],
  ['UND_ERR_BODY_TIMEOUT', true],
]);

const connecting: ReadonlySet<unknown> = new Set(['connect', 'getaddrinfo']);

/** What is thrown, as far as it is looked at. */
interface Link {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly syscall?: unknown;
  readonly cause?: unknown;
  /** Of a host with several addresses: an error each. The whole has the code of the first, and no `syscall`. */
  readonly errors?: unknown;
}

/** A network failure without its own words: an HTTP function may put request and headers into them. */
export interface NetworkFailure {
  /** A code of Node or undici; undefined when the failure has none that is known. */
  readonly code: string | undefined;
  /** False when the request certainly was not sent. */
  readonly sent: boolean;
}

/** Looks for a known code in a thrown value and its causes. */
export function networkFailure(thrown: unknown): NetworkFailure {
  let link = thrown;
  for (let depth = 0; depth < 5 && typeof link === 'object' && link !== null; depth += 1) {
    const { code, cause }: Link = link;
    if (typeof code === 'string') {
      const sent = sentByCode.get(code) ?? (isRefusedByProxy(link) ? false : undefined);
      if (sent !== undefined) return { code, sent: sent && !isConnecting(link) };
    }
    link = cause;
  }
  return { code: undefined, sent: true };
}

/** A proxy that gives no way through: undici's code for that is the one for all that was given up. */
const isRefusedByProxy = ({ code, message }: Link): boolean =>
  code === 'UND_ERR_ABORTED' && /when HTTP Tunneling$/.test(String(message));

function isConnecting({ syscall, errors }: Link): boolean {
  if (!Array.isArray(errors) || errors.length === 0) return connecting.has(syscall);
  return errors.every((error: Link | null | undefined) => connecting.has(error?.syscall));
}
