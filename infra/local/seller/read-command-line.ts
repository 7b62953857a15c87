import { parseArgs } from 'node:util';
import { FAULTS, type FaultName, isFaultName } from './faults.ts';

export interface SellerCommand {
  port: number;
  renderSeconds: number;
  faults: { name: FaultName; times?: number }[];
}

export const USAGE = `Usage: npm run seller -- [options]

The sandbox seller: answers 402, takes payment on a local chain of its own, and draws pictures.

  --port NUMBER            where to listen on 127.0.0.1 (default 4020; 0: any free port)
  --render-seconds NUMBER  from payment to picture (default 2.5)
  --fault NAME[=TIMES]     do this wrong, TIMES times or until cleared; may be repeated
  --help                   this text

Faults:
${Object.entries(FAULTS)
  .map(([name, description]) => `  ${name.padEnd(28)} ${description}`)
  .join('\n')}
`;

/**
 * @param args what follows the script's name.
 * @returns what to do, or 'help'.
 * @throws Error with a sentence for the user when an option is unknown or its value cannot be used.
 */
export function readCommandLine(args: string[]): SellerCommand | 'help' {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: 'string', default: '4020' },
      'render-seconds': { type: 'string', default: '2.5' },
      fault: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const port = Number(values.port);
  if (values.port === '' || !Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`--port takes a number from 0 to 65535, not "${values.port}"`);
  }
  const renderSeconds = Number(values['render-seconds']);
  if (values['render-seconds'] === '' || !(renderSeconds >= 0 && renderSeconds <= 3600)) {
    throw new Error(`--render-seconds takes a number from 0 to 3600, not "${values['render-seconds']}"`);
  }
  return { port, renderSeconds, faults: values.fault.map(readFault) };
}

function readFault(text: string): { name: FaultName; times?: number } {
  const [name = '', count] = text.split('=');
  if (!isFaultName(name)) throw new Error(`--fault: there is no "${name}"`);
  if (count === undefined) return { name };
  const times = Number(count);
  if (count === '' || !Number.isSafeInteger(times) || times < 1) {
    throw new Error(`--fault ${name}: TIMES is a whole number above zero, not "${count}"`);
  }
  return { name, times };
}
