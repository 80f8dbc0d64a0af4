type NodeCrypto = typeof import('node:crypto');

let loaded: NodeCrypto | undefined;

/** Node's own crypto, loaded when it is first needed: importing it costs half as much as all of this package. */
export function nodeCrypto(): NodeCrypto {
  loaded ??= process.getBuiltinModule('node:crypto');
  return loaded;
}
