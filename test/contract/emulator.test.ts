import { emulatedTarget } from './emulated-target.ts';
import { contractSuite } from './suite.ts';

contractSuite(await emulatedTarget('database'));
contractSuite(await emulatedTarget('database', true));
contractSuite(await emulatedTarget('json'));
