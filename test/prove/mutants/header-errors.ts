import type { Mutant } from './mutant.ts';

const authorizations = 'shared/aws/dynamodb-authorizations.ts';

/** Where the signed header lies, and for how long. */
export const headerErrors: readonly Mutant[] = [
  {
    name: 'B01',
    error: 'the signed header lies in the row of its authorization again, which the reconciler may update',
    edits: [
      {
        file: authorizations,
        was: "'SET #state = :next REMOVE challenge'] as const)",
        is: "'SET #state = :next, signedHeader = :header REMOVE challenge'] as const)",
      },
      {
        file: authorizations,
        was: "        ':next': next,",
        is: "        ':next': next,\n        ...('authorize' in also && { ':header': packed(also.authorize) }),",
      },
    ],
    killers: ['test/aws/dynamodb-headers.test.ts'],
  },
  {
    name: 'B02',
    error:
      'the header is stored beside the transaction that grants its send: a crash between has it signed and lost',
    edits: [
      {
        file: 'shared/aws/dynamodb.ts',
        was: "          ...(also && 'authorize' in also ? [headerPut(headersTableName, after, also.authorize)] : []),\n",
        is: '',
      },
      {
        file: 'shared/aws/dynamodb.ts',
        was: '          if (members.length === 1) await client.send(new PutItemCommand(put));',
        is: `          if (also && 'authorize' in also) {
            const { Put } = headerPut(headersTableName, after, also.authorize);
            await client.send(new PutItemCommand({ TableName: Put?.TableName, Item: Put?.Item }));
          }
          if (members.length === 1) await client.send(new PutItemCommand(put));`,
      },
    ],
    killers: ['test/aws/dynamodb-headers.test.ts'],
  },
  {
    name: 'B03',
    error: 'the payer keeps signed headers whose money is known',
    edits: [
      {
        file: 'functions/payer/erase-headers.ts',
        was: '    await headers.erase(job);\n',
        is: '',
      },
    ],
    killers: ['test/functions/headers.test.ts'],
  },
  {
    name: 'B04',
    error: 'the payer erases what it is told to, also a header that may have to be sent again',
    edits: [
      {
        file: 'functions/payer/erase-headers.ts',
        was: '    if (!job?.proof) return false;',
        is: '    if (!job?.purchase) return false;',
      },
    ],
    killers: ['test/functions/headers.test.ts'],
  },
  {
    name: 'B05',
    error: 'headers of before, in the row of their authorization, are taken for lost',
    edits: [
      {
        file: 'functions/signed-header.ts',
        was: '  return stored?.signedHeader ?? headers.read(job);',
        is: '  return stored && headers.read(job);',
      },
    ],
    killers: ['test/functions/headers.test.ts'],
  },
];
