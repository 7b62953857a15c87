import type { Suite } from './suite.ts';

/** Where a suite is, by its name: loaded only by the process that runs it. */
export type Registry = Readonly<Record<string, () => Promise<Suite>>>;

/** Every suite of `npm run prove`, in the order they begin: the longest first. */
export const suites: Registry = {
  mutants: async () => (await import('./mutants/suite.ts')).mutants,
  sim: async () => (await import('./sim/sim.ts')).sim,
  crash: async () => (await import('./sim/crash.ts')).crash,
  budget: async () => (await import('./edge/budget/prove-budget.ts')).budget,
  kms: async () => (await import('./edge/kms/prove-kms.ts')).kms,
  fuzz: async () => (await import('./edge/fuzz/prove-fuzz.ts')).fuzz,
  load: async () => (await import('./sim/load.ts')).load,
  model: async () => (await import('./model/suite.ts')).model,
  leak: async () => (await import('./edge/leak/prove-leak.ts')).leak,
  ledger: async () => (await import('./edge/ledger/prove-ledger.ts')).ledger,
  determinism: async () => (await import('./sim/determinism.ts')).determinism,
  race: async () => (await import('./sim/race.ts')).race,
  chain: async () => (await import('./edge/chain/prove-chain.ts')).chain,
  peer: async () => (await import('./sim/peer.ts')).peer,
};
