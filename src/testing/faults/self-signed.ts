import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** A key and the certificate that it has signed for itself, as PEM. */
export interface Identity {
  readonly key: string;
  readonly cert: string;
}

// DER tags.
const tag = {
  integer: 0x02,
  bits: 0x03,
  bytes: 0x04,
  object: 0x06,
  text: 0x0c,
  time: 0x17,
  sequence: 0x30,
  set: 0x31,
  dnsName: 0x82,
  address: 0x87,
  version: 0xa0,
  extensions: 0xa3,
} as const;

function der(type: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  if (body.length < 128) return Buffer.concat([Buffer.from([type, body.length]), body]);
  return Buffer.concat([Buffer.from([type, 0x82, body.length >> 8, body.length & 255]), body]);
}

const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const ecdsaWithSha256 = der(tag.sequence, der(tag.object, hex('2a8648ce3d040302')));
const commonName = hex('550403');
const subjectAltName = hex('551d11');

function certificateBody(publicKey: KeyObject, host: string): Buffer {
  const attribute = [der(tag.object, commonName), der(tag.text, Buffer.from(host))];
  const name = der(tag.sequence, der(tag.set, der(tag.sequence, ...attribute)));
  const hosts = der(
    tag.sequence,
    der(tag.dnsName, Buffer.from(host)),
    der(tag.address, Buffer.from([127, 0, 0, 1])),
  );
  const extension = der(tag.sequence, der(tag.object, subjectAltName), der(tag.bytes, hosts));
  // Two digits of a year go up to 2049.
  const times = ['200101000000Z', '491231235959Z'].map((at) => der(tag.time, Buffer.from(at)));
  return der(
    tag.sequence,
    der(tag.version, der(tag.integer, Buffer.from([2]))),
    der(tag.integer, Buffer.from([1])),
    ecdsaWithSha256,
    name,
    der(tag.sequence, ...times),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(tag.extensions, der(tag.sequence, extension)),
  );
}

/**
 * Makes a new key and a certificate for `localhost` and 127.0.0.1 that is right in all but one thing: nobody vouches for
 * it. Made by hand, since Node has no function for it and a key that is shipped would be a key that is known.
 */
export function selfSigned(): Identity {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const body = certificateBody(publicKey, 'localhost');
  const signature = Buffer.concat([Buffer.from([0]), sign('sha256', body, privateKey)]);
  const bytes = der(tag.sequence, body, ecdsaWithSha256, der(tag.bits, signature));
  const lines = bytes.toString('base64').replace(/.{64}/g, '$&\n');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
  };
}
