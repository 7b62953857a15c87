import type { Mutant } from './mutant.ts';

const ledger = 'shared/aws/dynamodb.ts';
const beside = 'shared/aws/dynamodb-authorizations.ts';
const killers = ['test/aws/dynamodb.test.ts'];

/** The conditions of each write. */
export const writingErrors: readonly Mutant[] = [
  {
    name: 'M06',
    error: 'reserve without condition: what is signed is frozen anew',
    edits: [
      {
        file: beside,
        was: "        ConditionExpression: 'attribute_not_exists(pk) OR #state = :held',",
        is: "        ConditionExpression: 'attribute_not_exists(pk) OR #state <> :held OR #state = :held',",
      },
    ],
    killers,
  },
  {
    name: 'M07',
    error: 'authorize without condition: a second signature takes the place of the first',
    edits: [
      {
        file: beside,
        was: "      ConditionExpression: '#state = :was',",
        is: "      ConditionExpression: '#state = :was OR #state <> :was',",
      },
    ],
    killers,
  },
  {
    name: 'M08',
    error: 'permission to send without condition: the job is written over what somebody else wrote',
    edits: [
      {
        file: ledger,
        was: "        ConditionExpression: 'version = :before',",
        is: "        ConditionExpression: 'version = :before OR version <> :before',",
      },
    ],
    killers,
  },
  {
    name: 'M09',
    error: "submit without condition: two jobs of ours take one of the seller's",
    edits: [
      {
        file: beside,
        was: "        ConditionExpression: 'attribute_not_exists(pk) OR jobId = :mine',",
        is: "        ConditionExpression: 'attribute_not_exists(pk) OR jobId = :mine OR jobId <> :mine',",
      },
    ],
    killers,
  },
  {
    name: 'M10',
    error: 'unfenced doubt: a late answer that is no job id is written whatever happened since',
    edits: [{ file: 'functions/record.ts', was: "  'submitted',\n", is: "  'submitted',\n  'unsettled',\n" }],
    killers: ['test/functions/record.test.ts'],
  },
  {
    name: 'M24',
    error: 'the announcement is noted before it is made: a crash between the two loses it',
    instead:
      'there is no event row to leave out of the transaction: the event is a function of the stored end, made until it is noted',
    edits: [
      {
        file: 'functions/announce.ts',
        was: `  if (!isOurOwn(job)) await ports.announcements.put(jobEnded(job, ports.bucketName));
  ports.watch?.(job, 'end');
  return (await record(ports, job, { type: 'announced', at: ports.clock() })).job;`,
        is: `  const noted = (await record(ports, job, { type: 'announced', at: ports.clock() })).job;
  if (!isOurOwn(job)) await ports.announcements.put(jobEnded(job, ports.bucketName));
  return noted;`,
      },
    ],
    killers: ['test/functions/record.test.ts'],
  },
  {
    name: 'M25',
    error: "idempotency key without its caller: one caller's key is another's job",
    edits: [
      { file: 'functions/intake/submit.ts', was: 'hash: hashOf(caller, key),', is: 'hash: hashOf(key),' },
    ],
    killers: ['test/functions/tenants.test.ts'],
  },
];
