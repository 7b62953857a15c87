import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeRequests } from './describe-requests.ts';

/** `npm run client-types`: writes the requests' types anew after the catalogue changed. */

await writeFile(join(import.meta.dirname, 'requests.ts'), describeRequests());
