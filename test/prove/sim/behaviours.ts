/** What a seller does about a paid POST that it could settle, beyond what the network does to it. */
export const behaviours = {
  honest: { makesJob: true, settles: 'now', answer: 'job' },
  'settles and makes no job': { makesJob: false, settles: 'now', answer: '500' },
  'makes a job and does not settle': { makesJob: true, settles: 'never', answer: 'job' },
  'settles at the last second': { makesJob: true, settles: 'last second', answer: '402' },
  'settles too late': { makesJob: false, settles: 'too late', answer: '500' },
  'asks again after settling': { makesJob: true, settles: 'now', answer: '402' },
  'fails after job and settlement': { makesJob: true, settles: 'now', answer: '500' },
  'hops in its price': { makesJob: true, settles: 'now', answer: 'job' },
  'talks garbage': { makesJob: true, settles: 'now', answer: 'garbage' },
  'makes up its job ids': { makesJob: false, settles: 'now', answer: 'made-up id' },
  'leaks the signature': { makesJob: false, settles: 'by a stranger', answer: '402' },
} as const satisfies Record<
  string,
  {
    readonly makesJob: boolean;
    readonly settles: 'now' | 'never' | 'last second' | 'too late' | 'by a stranger';
    readonly answer: 'job' | '402' | '500' | 'garbage' | 'made-up id';
  }
>;

export type Behaviour = keyof typeof behaviours;
export const everyBehaviour = Object.keys(behaviours) as readonly Behaviour[];
