import { parseArgs } from 'node:util';
import { FAULTS, type FaultName, isFaultName } from './faults.ts';

export interface SellerCommand {
  port: number;
  timeScale: number;
  renderSeconds?: number;
  faults: { name: FaultName; times?: number }[];
}

export const USAGE = `Usage: npm run seller -- [options]

The sandbox seller: answers 402, takes payment on a local chain of its own, draws pictures and films.

  --port NUMBER            where to listen on 127.0.0.1 (default 4020; 0: any free port)
  --time-scale NUMBER      1 (default): each model takes as long as the real one; 0.1: a tenth of that
  --render-seconds NUMBER  from payment to result, the same for all models
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
      'time-scale': { type: 'string', default: '1' },
      'render-seconds': { type: 'string' },
      fault: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const port = Number(values.port);
  if (values.port === '' || !Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`--port takes a number from 0 to 65535, not "${values.port}"`);
  }
  const seconds = values['render-seconds'];
  return {
    port,
    timeScale: readNumber('--time-scale', values['time-scale'], 100),
    ...(seconds === undefined ? {} : { renderSeconds: readNumber('--render-seconds', seconds, 3600) }),
    faults: values.fault.map(readFault),
  };
}

function readNumber(option: string, text: string, most: number): number {
  const number = Number(text);
  if (text === '' || !(number >= 0 && number <= most)) {
    throw new Error(`${option} takes a number from 0 to ${most}, not "${text}"`);
  }
  return number;
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
