import { it } from 'vitest';
import { type ContractRole, type ContractTarget, keyVariables } from './target.ts';

/** Registers a test that needs a role's key. */
export type RoleTest = (role: ContractRole, name: string, run: () => Promise<void>) => void;

/** Registers only what the given keys allow, and says in a line what they do not. */
export function roleTest(target: ContractTarget): RoleTest {
  return (role, name, run) => {
    if (target.keys[role] !== undefined) {
      it(name, run);
      return;
    }
    process.stdout.write(`Not checked without ${keyVariables[role]}: ${target.name} ${name}\n`);
  };
}
