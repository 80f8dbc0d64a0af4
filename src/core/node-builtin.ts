/** Modules of Node's own that few calls need, loaded when one does: imported at the top they cost as much as all of this package. */
export const nodeBuiltin = {
  get fs(): typeof import('node:fs') {
    return process.getBuiltinModule('node:fs');
  },
  get net(): typeof import('node:net') {
    return process.getBuiltinModule('node:net');
  },
  get stream(): typeof import('node:stream') {
    return process.getBuiltinModule('node:stream');
  },
  get zlib(): typeof import('node:zlib') {
    return process.getBuiltinModule('node:zlib');
  },
};
