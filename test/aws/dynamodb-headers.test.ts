import {
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { expect, test } from 'vitest';
import { ledgerIn } from '../../shared/aws/dynamodb.ts';
import { headersIn } from '../../shared/aws/dynamodb-headers.ts';
import { unpacked } from '../../shared/aws/packed-text.ts';
import { happened, heldFor, jobAfter, newJob } from '../functions/jobs.ts';

/** What is written of a signed header, and into which table: read off the commands themselves. */

const job = newJob();
const reserved = jobAfter(job, happened.reserved(job));
const authorized = jobAfter(reserved, happened.authorized());
const header = Buffer.from('bearer money').toString('base64');

function recorded() {
  const commands: unknown[] = [];
  const client = { send: async (command: unknown) => commands.push(command) && {} };
  return { commands, client: client as unknown as DynamoDBClient };
}

/** Where a text lies in a command, packed or not, by table and attribute. */
function placesOf(members: readonly TransactWriteItem[], text: string): string[] {
  return members.flatMap(({ Put, Update }) => {
    const values = unmarshall(Put?.Item ?? Update?.ExpressionAttributeValues ?? {});
    return Object.entries(values).flatMap(([name, value]) => {
      const shown = value instanceof Uint8Array ? unpacked(value) : JSON.stringify(value);
      return shown.includes(text) ? [`${Put?.TableName ?? Update?.TableName} ${name}`] : [];
    });
  });
}

test('the header is a member of the transaction that grants its send, in its own table, and nowhere else', async () => {
  const { commands, client } = recorded();
  const guard = { running: true };
  expect(await ledgerIn('ledger', client, 'headers').write(authorized, { authorize: header }, guard)).toBe(
    'written',
  );
  expect(commands).toHaveLength(1);
  const [command] = commands;
  if (!(command instanceof TransactWriteItemsCommand)) throw new Error('It was no transaction.');
  const members = command.input.TransactItems ?? [];
  expect(placesOf(members, header)).toEqual(['headers header']);
  const puts = members.flatMap(({ Put }) =>
    Put?.TableName === 'headers' ? [unmarshall(Put.Item ?? {})] : [],
  );
  expect(puts).toMatchObject([
    {
      pk: `PURCHASE#${job.jobId}`,
      sk: 'AUTHORIZATION#1',
      // Nothing can be settled with it from then on.
      expiresAt: authorized.purchase?.validBefore,
    },
  ]);
  expect(
    members.some(
      ({ Put }) => Put?.TableName === 'ledger' && unmarshall(Put.Item ?? {}).pk === `JOB#${job.jobId}`,
    ),
  ).toBe(true);
});

test('no other write touches that table', async () => {
  const { commands, client } = recorded();
  const ledger = ledgerIn('ledger', client, 'headers');
  await ledger.write(reserved, { reserve: heldFor(job) });
  await ledger.write(jobAfter(reserved, happened.refused()), { release: true });
  await ledger.write(jobAfter(authorized, happened.proven('settled')), { prove: 'settled' });
  await ledger.write(jobAfter(authorized, happened.submitted()), { claim: 'cmn1' });
  await ledger.write(jobAfter(authorized, happened.unsettled()));
  expect(JSON.stringify(commands)).not.toContain('"TableName":"headers"');
  expect(commands).toHaveLength(5);
  expect(commands.some((command) => command instanceof PutItemCommand)).toBe(true);
});

test('a header is erased by its key alone', async () => {
  const { commands, client } = recorded();
  await headersIn('headers', client).erase(authorized);
  const [command] = commands;
  expect(command).toBeInstanceOf(DeleteItemCommand);
  expect((command as DeleteItemCommand).input).toEqual({
    TableName: 'headers',
    Key: { pk: { S: `PURCHASE#${job.jobId}` }, sk: { S: 'AUTHORIZATION#1' } },
  });
});
