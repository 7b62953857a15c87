import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Call } from '../../../../infra/local/aws/call.ts';
import { unpacked } from '../../../../shared/aws/packed-text.ts';
import type { TestBooth } from '../../../flow/test-booth.ts';

/** A place where something can be read later, by somebody who was not meant to. */
export interface Sink {
  readonly name: string;
  readonly text: string;
  /** The caller's own words may be here: the job's row, the request it was. */
  readonly mayHoldPrompt?: boolean;
}

const queues = ['Payments', 'Requests', 'Manifests', 'Arrivals'].flatMap((name) => [
  `${name}`,
  `${name.slice(0, -1)}DeadLetters`,
]);

type Bag = Record<string, unknown>;
const isBag = (value: unknown): value is Bag => typeof value === 'object' && value !== null;

/** The one attribute that may hold a signed header, in a row of the table that is the payer's alone. */
const isHeaderOf = (row: string, name: string): boolean => row.startsWith('PURCHASE#') && name === 'header';
/** Of an upload's job: its leave to put a file, until it is over. */
const isLeaveOf = (row: string, name: string): boolean => row.startsWith('JOB#') && name === 'leave';

const rowOf = (value: Bag): string | undefined => {
  const keyed = (value.Item ?? value.Key) as { pk?: { S?: string } } | undefined;
  return keyed?.pk?.S;
};

/** The same, with what is packed to be read: a secret is one however it is kept. */
export function readable(value: unknown): unknown {
  if (value instanceof Uint8Array) return textIn(value);
  if (Array.isArray(value)) return value.map(readable);
  if (!isBag(value)) return value;
  if (typeof value.B === 'string') return { S: textIn(Buffer.from(value.B, 'base64')) };
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, readable(inner)]));
}

function textIn(bytes: Uint8Array): string {
  try {
    return unpacked(bytes);
  } catch {
    return Buffer.from(bytes).toString('latin1');
  }
}

/** The same, without what may lie in that row. */
function withoutAllowed(value: unknown, row: string): unknown {
  if (Array.isArray(value)) return value.map((entry) => withoutAllowed(entry, row));
  if (!isBag(value)) return value;
  const here = rowOf(value) ?? row;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !isHeaderOf(here, name) && !isLeaveOf(here, name))
      .map(([name, inner]) => [name, withoutAllowed(inner, here)]),
  );
}

/** The signed headers that a call carries to their place. */
export const headersIn = ({ service, input }: Call): string[] =>
  service === 'dynamodb'
    ? [...JSON.stringify(readable(input)).matchAll(/"header":\{"S":"([^"]+)"\}/g)].flatMap(
        ([, header]) => header ?? [],
      )
    : [];

/** One call to an emulated service, as a sink: what was written is there to be read. */
export function sinkOfCall({ service, operation, functionId, input }: Call): Sink {
  const name = `${service} ${operation} by ${functionId ?? 'the operator'}`;
  const text = JSON.stringify(service === 'dynamodb' ? withoutAllowed(readable(input), '') : input);
  return { name, text, mayHoldPrompt: service === 'dynamodb' && text.includes('JOB#') };
}

/** Every row of a table as it is now. */
export async function rowsOf({ world }: TestBooth, table: 'Ledger' | 'Headers'): Promise<Bag[]> {
  const client = new DynamoDBClient(world.sdk('dynamodb'));
  const TableName = world.resource(table, 'AWS::DynamoDB::GlobalTable').ref;
  const rows: Bag[] = [];
  for await (const { Items = [] } of paginateScan({ client }, { TableName }))
    rows.push(...Items.map((item) => readable(unmarshall(item)) as Bag));
  client.destroy();
  return rows;
}

/** Everything that the world keeps or has told: logs, queues, histories, events, rows and the objects' metadata. */
export async function sinksOf(booth: TestBooth): Promise<Sink[]> {
  const { world } = booth;
  const metadata = world.objectKeys('Pictures').map((key) => {
    const { body: _body, ...rest } = world.object('Pictures', key) ?? { body: undefined };
    return rest;
  });
  const rows = await rowsOf(booth, 'Ledger');
  return [
    ...world.logs().map(({ functionId, text }) => ({ name: `log of ${functionId ?? 'the platform'}`, text })),
    ...queues.flatMap((name) =>
      world
        .queue(name)
        .bodies()
        .map((text) => ({ name: `queue ${name}`, text })),
    ),
    ...world
      .executions()
      .map((execution) => ({ name: 'a state machine’s history', text: JSON.stringify(execution) })),
    ...world
      .events()
      .map(({ event }) => ({ name: `event ${event['detail-type']}`, text: JSON.stringify(event) })),
    ...rows.map((row) => {
      const pk = String(row.pk);
      const isJob = pk.startsWith('JOB#');
      return {
        name: `row ${pk.split('#')[0]}`,
        text: JSON.stringify(row),
        mayHoldPrompt: isJob,
      };
    }),
    ...metadata.map((object) => ({ name: 'metadata of an object', text: JSON.stringify(object) })),
  ];
}
