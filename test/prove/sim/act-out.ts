import { CoinboothError } from '../../../shared/core/errors.ts';
import { memoryFile } from '../../functions/memory-file.ts';
import type { CallFault } from './faults.ts';

/** What a caller gets in the place of an effect, or of its answer: a value or an error. */
export type Seen = { readonly value: unknown } | { readonly error: Error };

const failure = (name: string, what: string): Seen => ({ error: new Error(`${name} ${what}`) });
const isWeb = (name: string): boolean => name.startsWith('seller.') || name.startsWith('downloads.');

/** What the seller's client makes of a connection that gives no answer. */
export function noAnswer(name: string, failed: string): Seen {
  switch (name) {
    case 'seller.pay':
      return { value: { unknown: `no answer: ${failed}` } };
    case 'seller.quote':
      return { value: { unavailable: `The seller does not answer (${failed}).` } };
    case 'seller.job':
      return { value: { state: 'unavailable', message: `no answer: ${failed}` } };
    case 'seller.jobs':
    case 'seller.hasFile':
      return { value: undefined };
    default:
      return { value: { unavailable: `no answer (${failed})` } };
  }
}

/** A fault that comes in the place of the effect; undefined when the effect happens all the same. */
export function instead(name: string, fault: CallFault | undefined): Seen | undefined {
  switch (fault) {
    case 'throttled':
      return failure(name, 'was throttled');
    case 'conflict':
      return { value: 'conflict' };
    case 'signer throttled':
      return {
        error: new CoinboothError('SignerUnavailable', 'KMS does not sign now (ThrottlingException).'),
      };
    case 'connection failed':
    case 'reset before':
      return noAnswer(name, 'connection');
    case 'bad picture':
      return { value: { file: memoryFile(Buffer.from('<html>a picture, in words</html>')) } };
    // The pin does not list it; the seller's next address leads to a host that it lists.
    case 'result elsewhere':
      return { value: { held: 'https://elsewhere.test' } };
    case 'node down':
      return failure(name, 'got no answer');
    default:
      return undefined;
  }
}

/** A fault that hides or changes the answer to an effect that happened. */
export function afterwards(name: string, fault: CallFault | undefined, value: unknown): Seen {
  switch (fault) {
    case 'answer lost':
      return failure(name, 'took effect, and its answer was lost');
    case 'signer timed out':
      return { error: new CoinboothError('SignerUnavailable', 'KMS does not sign now (TimeoutError).') };
    case 'node lags':
    case 'node lies':
      return { value: untrue(name, fault, value) };
    default:
      return { value };
  }
}

/** Whether the caller gives up before the effect is over. */
export const givesUp = (name: string, fault: CallFault | undefined): boolean =>
  isWeb(name) && (fault === 'slow' || fault === 'reset after');

function untrue(name: string, fault: 'node lags' | 'node lies', value: unknown): unknown {
  const method = name.split('.')[1];
  if (method === 'isNonceUsed') return !value;
  if (method === 'balance') return (value as bigint) + 1n;
  if (method === 'movements') {
    const movements = value as readonly object[];
    const invented = { kind: 'cancelled', transaction: '0x1', blockNumber: 1, logIndex: 9, nonce: '0x1' };
    return movements.length > 0 ? movements.slice(1) : [invented];
  }
  const head = value as { number: number; hash: string; timestamp: number };
  if (method === 'blockAt')
    return { ...head, hash: `${head.hash} of another chain`, timestamp: head.timestamp + 9999 };
  return { ...head, number: head.number + (fault === 'node lags' ? -40 : 40) };
}
