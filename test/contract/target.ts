/** Roles that the contract knows by a key of their own. */
export type ContractRole = 'editor' | 'reader' | 'admin';

/** A running service that is held to the contract. */
export interface ContractTarget {
  readonly name: string;
  readonly url: string;
  readonly mode: 'json' | 'database';
  /** Whether nobody else writes to the project, so that counts can be compared exactly. */
  readonly alone: boolean;
  /** The editor's key may be one of a stronger role. */
  readonly keys: { readonly editor: string } & Readonly<Partial<Record<ContractRole, string>>>;
}

/** The variables that give the keys of a real service. */
export const keyVariables: Readonly<Record<ContractRole, string>> = {
  editor: 'ENGRAMIA_API_KEY',
  reader: 'ENGRAMIA_READER_KEY',
  admin: 'ENGRAMIA_ADMIN_KEY',
};
