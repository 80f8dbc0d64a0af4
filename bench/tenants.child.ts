// Measures what many tenants cost, in so many rounds, and prints it.

import { tenantFigures } from './tenants.ts';

console.log(JSON.stringify(await tenantFigures(Number(process.argv[2]))));
