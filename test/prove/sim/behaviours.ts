interface Conduct {
  readonly makesJob: boolean;
  readonly settles: 'now' | 'never' | 'later' | 'last second' | 'too late' | 'by a stranger';
  readonly answer: 'job' | '402' | '500' | 'garbage' | 'made-up id' | 'pending';
  /** It does nothing about the first POST but to ask for this pause. */
  readonly pauseSeconds?: number;
}

/** What a seller does about a paid POST that it could settle, beyond what the network does to it. */
const behaviours = {
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
  'asks for a minute': { makesJob: true, settles: 'now', answer: 'job', pauseSeconds: 60 },
  'asks for more than the window': { makesJob: true, settles: 'now', answer: 'job', pauseSeconds: 3_600 },
  'settles while it says pending': { makesJob: true, settles: 'later', answer: 'pending' },
  'says pending and never settles': { makesJob: false, settles: 'never', answer: 'pending' },
} as const satisfies Record<string, Conduct>;

export type Behaviour = keyof typeof behaviours;
/** What it does, with what most do not. */
export const conductOf = (behaviour: Behaviour): Conduct => behaviours[behaviour];
export const everyBehaviour = Object.keys(behaviours) as readonly Behaviour[];
