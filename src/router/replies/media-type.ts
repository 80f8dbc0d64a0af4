/** A `content-type` header, taken apart. */
export interface MediaType {
  /** In lower case, without parameters. */
  readonly essence: string;
  /** In lower case; undefined when none was declared. */
  readonly charset: string | undefined;
}

let lastRead: string | undefined;
let lastType: MediaType | undefined;

/** Reads a `content-type`; undefined for an absent one. */
export function toMediaType(contentType: string | undefined): MediaType | undefined {
  // Nearly all replies of an app say the same.
  if (contentType !== lastRead) {
    lastType = contentType === undefined ? undefined : parsed(contentType);
    lastRead = contentType;
  }
  return lastType;
}

function parsed(contentType: string): MediaType {
  const [essence = '', ...parameters] = contentType.split(';');
  const charset = parameters
    .map((one) => /^\s*charset\s*=\s*"?([^\s"]+)"?\s*$/i.exec(one)?.[1])
    .find((one) => one !== undefined);
  return { essence: essence.trim().toLowerCase(), charset: charset?.toLowerCase() };
}

/** Whether a type's content is JSON. */
export function isJsonType(essence: string): boolean {
  return essence === 'application/json' || /^[^/]+\/[^/]+\+json$/.test(essence);
}
