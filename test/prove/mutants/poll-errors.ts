import type { Mutant } from './mutant.ts';

/** What becomes of a job between its payment and its result. */
export const pollErrors: readonly Mutant[] = [
  {
    name: 'P01',
    error: 'two denials half a minute apart end a paid job',
    edits: [
      {
        file: 'functions/poller/poll.ts',
        was: "    if (last.state === 'failed' && now - failedSince >= confirm) return fail(poller, job, last.says);",
        is: `    if (last.state === 'failed' && now - failedSince >= confirm) return fail(poller, job, last.says);
    if (last.state === 'denied' && now - deniedSince >= confirm) return fail(poller, job, undefined);`,
      },
    ],
    killers: ['test/functions/poll.test.ts'],
  },
  {
    name: 'P02',
    error: 'null beside a result hides it',
    edits: [
      {
        file: 'shared/seller/find-result.ts',
        was: '    if (found && isUsable(found)) return found;',
        is: '    return found;',
      },
    ],
    killers: ['test/seller-client/seller.test.ts'],
  },
  {
    name: 'P03',
    error: 'one poll that says "failed" ends a paid job',
    edits: [
      {
        file: 'functions/poller/poll.ts',
        was: "last.state === 'failed' && now - failedSince >= confirm",
        is: "last.state === 'failed' && now >= failedSince",
      },
    ],
    killers: ['test/functions/poll.test.ts'],
  },
  {
    name: 'P04',
    error: 'an IPv4 address translated by SIIT is taken for a public one',
    edits: [
      {
        file: 'shared/seller/public-address.ts',
        was: "  return parsed.match(allocated) && parsed.range() === 'unicast' && !isIsatap(bytes);",
        is: "  return (parsed.match(allocated) && parsed.range() === 'unicast' && !isIsatap(bytes)) || parsed.range() === 'rfc6145';",
      },
    ],
    killers: ['test/seller-client/route-to.test.ts'],
  },
  {
    name: 'P05',
    error: 'a sign-in is sent again by itself after a reset',
    edits: [
      {
        file: 'shared/seller/exchange.ts',
        was: "      if (!input.isRepeatable) return settle({ failed: 'connection', isStale: true });\n",
        is: '',
      },
    ],
    killers: ['test/seller-client/exchange.test.ts'],
  },
  {
    name: 'P06',
    error: 'the end of another job is taken for the end of this one',
    edits: [
      {
        file: 'shared/seller/answers.ts',
        was: 'if (ids.length > 0 && !ids.includes(sellerJobId))',
        is: "if (ids.length > 0 && sellerJobId === '')",
      },
    ],
    killers: ['test/seller-client/seller.test.ts'],
  },
  {
    name: 'P07',
    error: 'a result that was refused is fetched again at once',
    edits: [
      {
        file: 'functions/poller/poll.ts',
        was: 'Math.max(firstSeconds, (waitUntil - poller.clock()) / 1000)',
        is: 'Math.max(firstSeconds, (waitUntil - waitUntil) / 1000)',
      },
    ],
    killers: ['test/functions/poll.test.ts'],
  },
  {
    name: 'P08',
    error: 'a result inside the answer is recorded and not kept',
    edits: [
      {
        file: 'functions/poller/poll.ts',
        was: "      if ('bytes' in last) await poller.inlineResults.put(jobId, last.bytes);\n",
        is: '',
      },
    ],
    killers: ['test/functions/poll.test.ts'],
  },
  {
    name: 'P09',
    error: 'a result that was found in time is given up at the deadline unfetched',
    edits: [
      {
        file: 'shared/core/job.ts',
        was: '(isFetched ? (workflowSeconds + stallSeconds) * 1000 : 0)',
        is: '(isFetched ? workflowSeconds * 0 + stallSeconds * 0 : 0)',
      },
    ],
    killers: ['test/core/job.test.ts'],
  },
  {
    name: 'P10',
    error: 'a marker that a group gives to its paths is counted once',
    edits: [
      {
        file: 'shared/protocol/svg-expansion.ts',
        was: 'Math.max(node.reach, 1)',
        is: 'Math.max(node.corners, 1)',
      },
    ],
    killers: ['test/protocol/svg.test.ts'],
  },
  {
    name: 'P11',
    error: 'a style sheet may have rules within rules',
    edits: [
      {
        file: 'shared/protocol/css-references.ts',
        was: "    if (parent && parent.at === undefined) fault = 'its style has rules within rules';\n",
        is: '',
      },
    ],
    killers: ['test/protocol/svg.test.ts'],
  },
];
