import { Transform } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import * as z from 'zod';
import { misplaced } from '../../functions/intake/misplaced.ts';
import { parseCallerJson } from '../../shared/protocol/caller-json.ts';

/** One message: a prompt of 10,000 characters, of six bytes each when escaped, and what a client writes around it. */
const bounds = { bytes: 1024 * 1024, depth: 32 } as const;

/** Codes of JSON-RPC 2.0 §5.1. */
const [parseError, invalidRequest, invalidParams] = [-32_700, -32_600, -32_602];
const partsOfMessage = new Set(['jsonrpc', 'id', 'method', 'params', 'result', 'error']);

/** What stands in a call (MCP 2025-11-25, `tools/call`); its arguments are the tool's own. */
const partsOfCall = new Set(['name', 'arguments', 'task']);
const callSchema = z.object({ method: z.literal('tools/call'), params: z.record(z.string(), z.unknown()) });

/**
 * Filters an agent's messages, one a line. The SDK's reader drops parts of some messages, and a limit of the agent's could
 * be among them: a key that is given twice, `__proto__`, and fields beside a call's arguments. Such messages and batches
 * are refused.
 * @param answer told the JSON-RPC error for each message that is left out
 */
export function agentInput(answer: (error: object) => void): Transform {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const refuse = (line: string, code: number, message: string): void =>
    answer({ jsonrpc: '2.0', id: idOf(line), error: { code, message } });
  const taken = (line: string): boolean => {
    const read = parseCallerJson(line, bounds);
    if ('fault' in read) {
      refuse(line, parseError, `The message ${read.fault}.`);
      return false;
    }
    if (Array.isArray(read.value)) {
      refuse(line, invalidRequest, 'Messages are taken one by one, not in a batch.');
      return false;
    }
    const outside = Object.keys(read.value ?? {}).filter((name) => !partsOfMessage.has(name));
    if (outside.length > 0) {
      refuse(line, invalidRequest, `Put ${outside.join(', ')} into the params of the message.`);
      return false;
    }
    const call = callSchema.safeParse(read.value).data;
    const { _meta: meta, ...params } = call?.params ?? {};
    const beside = [
      ...Object.keys(params).filter((name) => !partsOfCall.has(name)),
      ...misplaced(typeof meta === 'object' ? Object.keys(meta ?? {}) : []),
    ];
    if (beside.length === 0) return true;
    refuse(line, invalidParams, `Put ${beside.join(', ')} into the arguments of the tool.`);
    return false;
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const lines = (rest + decoder.write(chunk)).split('\n');
      rest = lines.pop() ?? '';
      const kept = lines.filter((line) => line.trim() !== '' && taken(line));
      // Of a line without an end the beginning is enough to refuse it.
      if (rest.length > 2 * bounds.bytes) rest = rest.slice(0, bounds.bytes + 1);
      done(null, kept.map((line) => `${line}\n`).join(''));
    },
  });
}

/** The id of a message that may be none. */
function idOf(line: string): string | number | null {
  try {
    const { id } = JSON.parse(line.slice(0, bounds.bytes)) as { id?: unknown };
    return typeof id === 'string' || typeof id === 'number' ? id : null;
  } catch {
    return null;
  }
}
